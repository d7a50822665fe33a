package import JSONView
package import Ports

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
