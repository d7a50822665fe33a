package import JSONView
package import Ports

package enum NetworkStatus: String, Sendable { case connected, disconnected, connecting, disconnecting }

package enum AnalystVerdict: String, Sendable {
    case undefined, suspicious
    case truePositive = "true_positive"
    case falsePositive = "false_positive"
}

package enum IncidentStatus: String, Sendable {
    case unresolved, resolved
    case inProgress = "in_progress"
}

package enum MitigationStatus: String, Sendable {
    case mitigated
    case notMitigated = "not_mitigated"
    case markedAsBenign = "marked_as_benign"
}

package enum ConfidenceLevel: String, Sendable {
    case malicious, suspicious
    case notAvailable = "n/a"
}

package enum AlertSeverity: String, Sendable {
    case low, medium, high, critical

    /// As filters and answers write it.
    var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// An endpoint as its row says. Only the id must be readable: what else is nil is not known, and whoever depends on
/// it has to close, not to assume.
package struct AgentState: Sendable, Equatable {
    package let id: AgentID
    package let uuid: String?
    package let computerName: String?
    package let siteID: String?
    package let accountID: String?
    package let isDecommissioned: Bool?
    package let isUninstalled: Bool?
    package let isActive: Bool?
    package let networkStatus: VendorValue<NetworkStatus>?
    package let osType: String?
    package let machineType: String?
    package let updatedAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].objectID()
        uuid = row["uuid"].readableID
        computerName = row["computerName"].readableText
        siteID = row["siteId"].readableID
        accountID = row["accountId"].readableID
        isDecommissioned = row["isDecommissioned"].readableBool
        isUninstalled = row["isUninstalled"].readableBool
        isActive = row["isActive"].readableBool
        networkStatus = row["networkStatus"].readableText.map { VendorValue($0) }
        osType = row["osType"].readableText
        machineType = row["machineType"].readableText
        updatedAt = row["updatedAt"].readableTime
    }
}

/// Something that the console says happened. For a proof of absence, every row of every page has to be readable and
/// to have a type and a time.
package struct ActivityFact: Sendable, Equatable {
    package let id: String
    package let type: Int?
    package let createdAt: Timestamp?
    package let agentID: String?
    package let threatID: String?
    package let userID: String?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].id
        type = row["activityType"].readableInteger
        createdAt = row["createdAt"].readableTime
        agentID = row["agentId"].readableID
        threatID = row["threatId"].readableID
        userID = row["userId"].readableID
    }
}

extension JSONView {
    fileprivate func objectID<Of>() throws(JSONProblem) -> ObjectID<Of> {
        guard let id = ObjectID<Of>(try id) else { throw problem(expected: "an id of up to twenty digits") }
        return id
    }
}
