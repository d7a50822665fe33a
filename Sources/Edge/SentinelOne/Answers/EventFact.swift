package import JSONView
package import Ports

/// Something that an endpoint did around a threat. Only the id must be readable.
package struct EventFact: Sendable, Equatable {
    /// The process above the one that acted.
    package struct Parent: Sendable, Equatable {
        package let name: String?
        package let pid: Int?
        package let uniqueID: String?
    }

    package let id: String
    /// What happened: PROCESSCREATION, DNS, FILERENAME…
    package let type: String?
    /// What it happened to: process, file, dns…
    package let objectType: String?
    package let agentID: AgentID?
    package let isRelatedToThreat: Bool?
    package let process: ProcessMention
    package let parent: Parent
    package let file: FileMention
    /// Of a file that was renamed.
    package let oldPath: String?
    package let connection: ConnectionMention
    package let registryPath: String?
    package let taskName: String?
    package let taskPath: String?
    package let loginUser: String?
    package let indicator: String?
    package let indicatorCategory: String?
    package let createdAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].id
        type = row["eventType"].readableWords
        objectType = row["objectType"].readableWords
        agentID = row["agentId"].readableObjectID()
        isRelatedToThreat = row["relatedToThreat"].readableBool
        process = ProcessMention(event: row)
        parent = Parent(
            name: row["parentProcessName"].readableWords, pid: row["parentPid"].readableInteger,
            uniqueID: row["parentProcessUniqueKey"].readableWords)
        file = FileMention(event: row)
        oldPath = row["oldFileName"].readableWords
        connection = ConnectionMention(event: row)
        registryPath = row["registryPath"].readableWords
        taskName = row["taskName"].readableWords
        taskPath = row["taskPath"].readableWords
        loginUser = row["loginsUserName"].readableWords
        indicator = row["indicatorName"].readableWords
        indicatorCategory = row["indicatorCategory"].readableWords
        createdAt = row["createdAt"].readableTime
    }
}

/// The events around a threat, or that the console does not keep them any more: that is a fact, and no error.
package enum Telemetry: Sendable {
    case page(Page)
    case expired

    /// Reads the answer to `Console.events(of:from:)`.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        do {
            self = .page(try Page(result, of: .events, from: console))
        } catch {
            guard case .success(let answer) = result, answer.saysNoSuchObject else { throw error }
            self = .expired
        }
    }
}
