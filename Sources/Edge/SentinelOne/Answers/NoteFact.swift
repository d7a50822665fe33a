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
