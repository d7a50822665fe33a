package import JSONView
package import Ports

/// Something that the console says happened. For a proof of absence, every row of every page has to be readable and
/// to have a type and a time. A row of a threat's timeline is one too.
package struct ActivityFact: Sendable, Equatable {
    package let id: String
    package let type: Int?
    package let createdAt: Timestamp?
    package let agentID: String?
    package let threatID: String?
    package let userID: String?
    package let siteID: String?
    package let accountID: String?
    /// In the console's words, for people.
    package let description: String?
    /// What more there is to say where a description does not suffice: why a log-in failed.
    package let comments: String?
    package let data: ActivityData

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].id
        type = row["activityType"].readableInteger
        createdAt = row["createdAt"].readableTime
        agentID = row["agentId"].readableID
        threatID = row["threatId"].readableID
        userID = row["userId"].readableID
        siteID = row["siteId"].readableID
        accountID = row["accountId"].readableID
        description = row["primaryDescription"].readableWords
        comments = row["comments"].readableWords
        data = ActivityData(row["data"])
    }
}

/// What belongs to an activity, by name. Which names there are depends on its type, and how they are written on the
/// console: a name is found as it is written, else in any case of letters.
package struct ActivityData: Sendable, Equatable {
    private let object: JSONView

    init(_ object: JSONView) { self.object = object }

    package func text(_ name: String) -> String? { member(name)?.readableText }
    /// Also where it is a number, however long.
    package func id(_ name: String) -> String? { member(name)?.readableID }
    package func bool(_ name: String) -> Bool? { member(name)?.readableBool }
    package func integer(_ name: String) -> Int? { member(name)?.readableInteger }
    package func time(_ name: String) -> Timestamp? { member(name)?.readableTime }

    private func member(_ name: String) -> JSONView? {
        if let found = object[name].ifPresent { return found }
        guard let members = try? object.members else { return nil }
        let wanted = name.lowercased()
        return members.first { $0.name?.lowercased() == wanted && $0.value.ifPresent != nil }?.value
    }

    package static func == (left: ActivityData, right: ActivityData) -> Bool {
        (try? left.object.raw) == (try? right.object.raw)
    }
}

/// The kinds of activity that a console knows: asking for another is refused.
package struct ActivityTypes: Sendable, Equatable {
    /// What each is called.
    package let names: [Int: String]

    /// Reads the answer to `Console.activityTypes()`. What has no number is left out.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let data = try ReadProblem.document(in: answer, from: console)["data"]
        guard let rows = try? data.elements else {
            throw .unintelligible(data.problem(expected: "an array"), answer, from: console)
        }
        let named = rows.compactMap { row in row["id"].readableInteger.map { ($0, row["action"].readableText ?? "") } }
        names = Dictionary(named) { first, _ in first }
    }
}
