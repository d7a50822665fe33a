package import JSONView
package import Ports

/// What somebody wrote on a threat.
package struct NoteFact: Sendable, Equatable {
    package let id: String
    package let text: String?
    package let creator: String?
    package let creatorID: String?
    package let isEdited: Bool?
    package let createdAt: Timestamp?
    package let updatedAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].id
        text = row["text"].readableText
        creator = row["creator"].readableWords
        creatorID = row["creatorId"].readableID
        isEdited = row["edited"].readableBool
        createdAt = row["createdAt"].readableTime
        updatedAt = row["updatedAt"].readableTime
    }
}

/// What the vendor's cloud says of a file's content, or that it does not know the file: that is a fact, and no error.
package enum HashVerdict: Hashable, Sendable {
    /// In the console's words, lower case: `black`, `white`, `undefined`…
    case says(String)
    case unknown

    /// Reads the answer to `Console.verdict(on:)`.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer: HTTPAnswer
        do {
            answer = try ReadProblem.answer(in: result, from: console)
        } catch {
            guard case .success(let answer) = result, answer.saysNoSuchObject else { throw error }
            self = .unknown
            return
        }
        let verdict = try ReadProblem.document(in: answer, from: console)["data"]["verdict"]
        guard !verdict.isMissing, verdict.isNull || verdict.readableText != nil else {
            throw .unintelligible(verdict.problem(expected: "a verdict"), answer, from: console)
        }
        self = verdict.readableWords.map { .says($0.lowercased()) } ?? .unknown
    }
}

/// A tag that endpoints can carry.
package struct TagFact: Sendable, Equatable {
    package let id: TagID
    package let key: String?
    package let value: String?
    package let description: String?
    package let scopePath: String?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].objectID()
        key = row["key"].readableWords
        value = row["value"].readableText
        description = row["description"].readableWords
        scopePath = row["scopePath"].readableWords
    }
}

/// A custom detection rule as it is now.
package struct RuleFact: Sendable, Equatable {
    package let id: RuleID
    package let name: String?
    package let description: String?
    package let severity: VendorValue<AlertSeverity>?
    package let status: String?
    package let query: String?
    package let scope: String?
    package let treatAsThreat: String?
    package let isolates: Bool?
    /// Whether it has stopped because it fired too often.
    package let hasReachedLimit: Bool?
    package let updatedAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].objectID()
        name = row["name"].readableWords
        description = row["description"].readableWords
        severity = row["severity"].readableWords.map { VendorValue($0) }
        status = row["status"].readableWords
        query = row["s1ql"].readableWords
        scope = row["scope"].readableWords
        treatAsThreat = row["treatAsThreat"].readableWords
        isolates = row["networkQuarantine"].readableBool
        hasReachedLimit = row["reachedLimit"].readableBool
        updatedAt = row["updatedAt"].readableTime
    }
}
