import JSONView

/// A file as a threat, an alert or an event tells of it. All of it may be unknown.
package struct FileMention: Sendable, Equatable {
    package let path: String?
    package let size: Int?
    package let md5: FileHash?
    package let sha1: FileHash?
    package let sha256: FileHash?
    package let signer: String?
    /// In the console's words: `SignedVerified`, `NotSigned`, `signed`…
    package let signature: String?

    /// Of a threat's `threatInfo`.
    init(threat info: JSONView) {
        path = info["filePath"].readableWords
        size = info["fileSize"].readableInteger
        md5 = info["md5"].readableHash
        sha1 = info["sha1"].readableHash
        sha256 = info["sha256"].readableHash
        signer = info["publisherName"].readableWords
        signature = info["fileVerificationType"].readableWords
    }

    /// Of an alert's `targetProcessInfo`.
    init(alert info: JSONView) {
        path = info["tgtFilePath"].readableWords
        size = nil
        md5 = nil
        sha1 = info["tgtFileHashSha1"].readableHash
        sha256 = info["tgtFileHashSha256"].readableHash
        signer = nil
        signature = info["tgtFileIsSigned"].readableWords
    }

    /// Of an event of a threat.
    init(event row: JSONView) {
        path = row["fileFullName"].readableWords
        size = row["fileSize"].readableInteger
        md5 = row["fileMd5"].readableHash ?? row["md5"].readableHash
        sha1 = row["fileSha1"].readableHash ?? row["sha1"].readableHash
        sha256 = row["fileSha256"].readableHash ?? row["sha256"].readableHash
        signer = nil
        signature = nil
    }
}

extension JSONView {
    var readableHash: FileHash? { readableText.flatMap { FileHash($0) } }
}
