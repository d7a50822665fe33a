package import JSONView
package import Ports

/// An endpoint as its row says. Only the id must be readable: what else is nil is not known, and whoever depends on
/// it has to close, not to assume.
package struct AgentState: Sendable, Equatable {
    package let id: AgentID
    package let uuid: String?
    package let computerName: String?
    package let domain: String?
    package let siteID: String?
    package let siteName: String?
    package let groupID: String?
    package let groupName: String?
    package let accountID: String?
    package let isDecommissioned: Bool?
    package let isUninstalled: Bool?
    package let isActive: Bool?
    package let isInfected: Bool?
    package let isUpToDate: Bool?
    package let activeThreats: Int?
    package let networkStatus: VendorValue<NetworkStatus>?
    package let operationalState: String?
    package let agentVersion: String?
    package let mitigationMode: String?
    package let osType: String?
    package let osName: String?
    package let osRevision: String?
    package let machineType: String?
    package let externalIP: String?
    package let interfaces: [NetworkInterface]
    package let lastUser: String?
    package let tags: [AgentTag]
    package let lastActiveAt: Timestamp?
    package let createdAt: Timestamp?
    package let updatedAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        id = try row["id"].objectID()
        uuid = row["uuid"].readableID
        computerName = row["computerName"].readableText
        domain = row["domain"].readableWords
        siteID = row["siteId"].readableID
        siteName = row["siteName"].readableWords
        groupID = row["groupId"].readableID
        groupName = row["groupName"].readableWords
        accountID = row["accountId"].readableID
        isDecommissioned = row["isDecommissioned"].readableBool
        isUninstalled = row["isUninstalled"].readableBool
        isActive = row["isActive"].readableBool
        isInfected = row["infected"].readableBool
        isUpToDate = row["isUpToDate"].readableBool
        activeThreats = row["activeThreats"].readableInteger
        networkStatus = row["networkStatus"].readableText.map { VendorValue($0) }
        operationalState = row["operationalState"].readableWords
        agentVersion = row["agentVersion"].readableWords
        mitigationMode = row["mitigationMode"].readableWords
        osType = row["osType"].readableText
        osName = row["osName"].readableWords
        osRevision = row["osRevision"].readableWords
        machineType = row["machineType"].readableText
        externalIP = row["externalIp"].readableWords
        interfaces = row["networkInterfaces"].readableElements.map { NetworkInterface($0) }
        lastUser = row["lastLoggedInUserName"].readableWords
        tags = row["tags"]["sentinelone"].readableElements.compactMap { AgentTag($0) }
        lastActiveAt = row["lastActiveDate"].readableTime
        createdAt = row["createdAt"].readableTime
        updatedAt = row["updatedAt"].readableTime
    }
}

/// An interface of an endpoint, with all its addresses.
package struct NetworkInterface: Hashable, Sendable {
    package let name: String?
    package let mac: String?
    package let addresses: [String]
    package let gateway: String?

    init(_ row: JSONView) {
        name = row["name"].readableWords
        mac = row["physical"].readableWords
        addresses = row["inet"].readableTexts + row["inet6"].readableTexts
        gateway = row["gatewayIp"].readableWords
    }
}

/// A tag that an endpoint carries.
package struct AgentTag: Hashable, Sendable {
    package let id: TagID?
    package let key: String
    package let value: String?

    /// nil for what has no key.
    init?(_ row: JSONView) {
        guard let key = row["key"].readableWords else { return nil }
        id = row["id"].readableObjectID()
        self.key = key
        value = row["value"].readableText
    }
}
