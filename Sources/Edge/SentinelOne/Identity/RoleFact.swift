package import JSONView
package import Ports

/// A role without what it permits.
package struct RoleFact: Sendable, Equatable {
    package let id: RoleID
    package let name: String?
    package let scope: String?
    /// Whether the vendor made it.
    package let isPredefined: Bool?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].objectID()
        name = row["name"].readableWords
        scope = row["scope"].readableWords
        isPredefined = row["predefinedRole"].readableBool
    }
}
