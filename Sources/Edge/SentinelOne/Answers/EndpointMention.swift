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
        id = block["agentId"].readableObjectID() ?? block["id"].readableObjectID()
        uuid = block["agentUuid"].readableWords ?? block["uuid"].readableWords
        computerName = block["agentComputerName"].readableWords ?? block["name"].readableWords
        domain = block["agentDomain"].readableWords
        siteID = block["siteId"].readableID
        siteName = block["siteName"].readableWords
        groupID = block["groupId"].readableID
        groupName = block["groupName"].readableWords
        accountID = block["accountId"].readableID
        osType = block["agentOsType"].readableWords ?? block["osFamily"].readableWords ?? block["os"].readableWords
        osName = block["agentOsName"].readableWords ?? block["osName"].readableWords
        osRevision = block["agentOsRevision"].readableWords ?? block["osRevision"].readableWords
        machineType = block["agentMachineType"].readableWords ?? block["machineType"].readableWords
        agentVersion = block["agentVersion"].readableWords ?? block["version"].readableWords
        let interfaces = block["networkInterfaces"].readableElements.map { NetworkInterface($0) }
        addresses =
            block["agentIpV4"].readableTexts + block["agentIpV6"].readableTexts + interfaces.flatMap(\.addresses)
        externalIP = block["externalIp"].readableWords
        lastUser = block["agentLastLoggedInUserName"].readableWords
        networkStatus = block["agentNetworkStatus"].readableWords.map { VendorValue($0) }
        isActive = block["agentIsActive"].readableBool ?? block["isActive"].readableBool
        isDecommissioned = block["agentIsDecommissioned"].readableBool ?? block["isDecommissioned"].readableBool
        isInfected = block["agentInfected"].readableBool ?? block["infected"].readableBool
    }
}
