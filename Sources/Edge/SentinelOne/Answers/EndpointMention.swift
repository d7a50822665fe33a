import JSONView

/// An endpoint as a threat or an alert tells of it, at one moment. All of it may be unknown.
package struct EndpointMention: Sendable, Equatable {
    package let id: AgentID?
    package let uuid: String?
    package let computerName: String?
    package let domain: String?
    package let siteID: String?
    package let siteName: String?
    package let groupID: String?
    package let groupName: String?
    package let accountID: String?
    package let osType: String?
    package let osName: String?
    package let osRevision: String?
    package let machineType: String?
    package let agentVersion: String?
    package let addresses: [String]
    package let externalIP: String?
    package let lastUser: String?
    package let networkStatus: VendorValue<NetworkStatus>?
    package let isActive: Bool?
    package let isDecommissioned: Bool?
    package let isInfected: Bool?

    /// A threat writes `agentUuid` where an alert writes `uuid`.
    init(_ block: JSONView) {
        func words(_ names: String...) -> String? { names.lazy.compactMap { block[$0].readableWords }.first }
        func flag(_ names: String...) -> Bool? { names.lazy.compactMap { block[$0].readableBool }.first }
        id = block["agentId"].readableObjectID() ?? block["id"].readableObjectID()
        uuid = words("agentUuid", "uuid")
        computerName = words("agentComputerName", "name")
        domain = words("agentDomain")
        siteID = block["siteId"].readableID
        siteName = words("siteName")
        groupID = block["groupId"].readableID
        groupName = words("groupName")
        accountID = block["accountId"].readableID
        osType = words("agentOsType", "osFamily", "os")
        osName = words("agentOsName", "osName")
        osRevision = words("agentOsRevision", "osRevision")
        machineType = words("agentMachineType", "machineType")
        agentVersion = words("agentVersion", "version")
        let interfaces = block["networkInterfaces"].readableElements.map { NetworkInterface($0) }
        addresses =
            block["agentIpV4"].readableTexts + block["agentIpV6"].readableTexts + interfaces.flatMap(\.addresses)
        externalIP = words("externalIp")
        lastUser = words("agentLastLoggedInUserName")
        networkStatus = words("agentNetworkStatus").map { VendorValue($0) }
        isActive = flag("agentIsActive", "isActive")
        isDecommissioned = flag("agentIsDecommissioned", "isDecommissioned")
        isInfected = flag("agentInfected", "infected")
    }
}
