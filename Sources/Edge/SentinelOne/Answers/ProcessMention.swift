import JSONView
package import Ports

/// A process as an alert or an event tells of it. All of it may be unknown.
package struct ProcessMention: Sendable, Equatable {
    package let name: String?
    package let path: String?
    package let commandLine: String?
    package let pid: Int?
    /// Unique on all endpoints, where a pid is reused.
    package let uniqueID: String?
    package let storyline: String?
    package let startedAt: Timestamp?
    package let md5: FileHash?
    package let sha1: FileHash?
    package let sha256: FileHash?
    package let signer: String?
    package let signature: String?
    package let integrity: String?
    package let user: String?

    /// Of an alert's `sourceProcessInfo` or `sourceParentProcessInfo`.
    init(source info: JSONView) {
        name = info["name"].readableWords
        path = info["filePath"].readableWords
        commandLine = info["commandline"].readableWords
        pid = info["pid"].readableInteger
        uniqueID = info["uniqueId"].readableWords
        storyline = info["storyline"].readableWords
        startedAt = info["pidStarttime"].readableTime
        md5 = info["fileHashMd5"].readableHash
        sha1 = info["fileHashSha1"].readableHash
        sha256 = info["fileHashSha256"].readableHash
        signer = info["fileSignerIdentity"].readableWords
        signature = nil
        integrity = info["integrityLevel"].readableWords
        user = info["user"].readableWords
    }

    /// Of an alert's `targetProcessInfo`.
    init(target info: JSONView) {
        name = info["tgtProcName"].readableWords
        path = info["tgtProcImagePath"].readableWords
        commandLine = info["tgtProcCmdLine"].readableWords
        pid = info["tgtProcPid"].readableInteger
        uniqueID = info["tgtProcUid"].readableWords
        storyline = info["tgtProcStorylineId"].readableWords
        startedAt = info["tgtProcessStartTime"].readableTime
        md5 = nil
        sha1 = nil
        sha256 = nil
        signer = nil
        signature = info["tgtProcSignedStatus"].readableWords
        integrity = info["tgtProcIntegrityLevel"].readableWords
        user = nil
    }

    /// Of an event of a threat.
    init(event row: JSONView) {
        name = row["processName"].readableWords
        path = row["processImagePath"].readableWords
        commandLine = row["processCmd"].readableWords
        pid = row["pid"].readableInteger
        uniqueID = row["processUniqueKey"].readableWords
        storyline = row["storyline"].readableWords
        startedAt = row["processStartTime"].readableTime
        md5 = nil
        sha1 = row["processImageSha1Hash"].readableHash
        sha256 = nil
        signer = row["publisher"].readableWords
        signature = row["signedStatus"].readableWords
        integrity = row["processIntegrityLevel"].readableWords
        user = row["processUserName"].readableWords ?? row["user"].readableWords
    }
}
