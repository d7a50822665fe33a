package import JSONView
package import Ports

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
