import Ports

extension List {
    typealias OfAgents = Parameters<AgentRow>

    static let agents = Listing<AgentRow>(
        stream: "agents", id: { $0.id }, updatedAt: { $0.agent.updatedAt }, sorts: agentSorts,
        parameters: OfAgents.table(
            agentPlace + agentNames + agentTimes + agentState + agentMachine + agentHosting + agentThreats),
        write: { $0.write(to: &$1) })

    private static let agentPlace: [OfAgents] = [
        .scopes,
        .own("ids"),
        .ids("filteredSiteIds") { $0.site.id },
        .ids("filteredGroupIds") { $0.group.id },
        .anyOfIDs("locationIds") { $0.locationID },
        .any("uuids") { [$0.uuid] },
        .exactly("uuid") { $0.uuid },
        .contains("uuid") { [$0.uuid] },
        .anyAndNone("agentVersions") { [$0.identity.agentVersion] },
        .versions("agentVersion") { $0.identity.agentVersion },
        .contains("externalIp") { [$0.identity.externalAddress] },
        .contains("networkInterfaceInet") { $0.identity.addresses },
        .contains("networkInterfacePhysical") { row in
            [
                row.identity.hardwareAddress,
                row.identity.secondAddress == nil ? nil : row.identity.secondHardwareAddress,
            ]
        },
        .contains("networkInterfaceGatewayMacAddress") { _ in ["02:00:00:00:00:01"] },
        .exactly("gatewayIp") { $0.identity.gateway },
    ]

    private static let agentNames: [OfAgents] = [
        .exactly("computerName") { $0.name },
        .contains("computerName") { [$0.name] },
        .search("computerName__like") { [$0.name] },
        .contains("lastLoggedInUserName") { [$0.identity.user] },
        .contains("serialNumber", upTo: 255) { [$0.serialNumber] },
        .contains("externalId", upTo: 255) { [$0.externalID] },
        .contains("cpuId", upTo: 255) { [$0.cpu] },
        .contains("osVersion") { [$0.identity.platform.name, $0.identity.platform.revision] },
        .anyAndNone("domains") { [$0.identity.domain] },
        .search("query") { [$0.name, $0.uuid, $0.identity.address, $0.identity.externalAddress, $0.identity.user] },
        .contains("adComputerName") { [$0.distinguishedName] },
        .contains("adComputerMember") { $0.identity.groupsInDirectory },
        .contains("adComputerQuery") { [$0.distinguishedName] + $0.identity.groupsInDirectory },
        .contains("adUserName") { [$0.userDistinguishedName] },
        .contains("adUserMember") { $0.userGroups },
        .contains("adUserQuery") { [$0.userDistinguishedName] + $0.userGroups },
        .search("adQuery") { $0.directory },
        .contains("adQuery") { $0.directory },
        .flag("hasTags") { !$0.identity.tags.isEmpty },
        .tags("tagsData") { $0.tags },
    ]

    private static let agentTimes: [OfAgents] = [
        .times("updatedAt"),
        .timesBetween("updatedAt"),
        .times("createdAt") { $0.createdAt },
        .times("registeredAt") { $0.identity.registeredAt },
        .times("lastActiveDate") { $0.lastActiveAt },
        .times("lastSuccessfulScanDate") { $0.scanFinishedAt },
        .times("decommissionedAt") { $0.agent.decommissionedAt },
    ]

    private static let agentState: [OfAgents] = [
        .anyAndNone("networkStatuses", of: Choices.networkStatuses) { [$0.agent.networkStatus.rawValue] },
        .flags("networkQuarantineEnabled") { _ in false },
        .flag("isActive") { $0.agent.isActive },
        .flags("isDecommissioned") { $0.agent.isDecommissioned },
        .flags("isUninstalled") { _ in false },
        .flag("isPendingUninstall") { _ in false },
        .flag("isUpToDate") { !$0.identity.isOld },
        .flag("infected") { $0.isInfected },
        .number("activeThreats") { Int($0.agent.activeThreats) },
        .moreThan("activeThreats") { Int($0.agent.activeThreats) },
        .flags("threatRebootRequired") { $0.isRebootRequired },
        .anyAndNone("userActionsNeeded", of: Choices.userActions) {
            $0.identity.userActions.isEmpty ? ["none"] : $0.identity.userActions
        },
        .anyAndNone("missingPermissions", of: Choices.missingPermissions) { $0.identity.missingPermissions },
        .anyAndNone("operationalStates") { _ in ["na"] },
        .exactly("scanStatus", of: Choices.scanStatuses) { $0.identity.scanStatus },
        .anyAndNone("scanStatuses", of: Choices.scanStatuses) { [$0.identity.scanStatus] },
        .exactly("mitigationMode", of: Choices.modes) { $0.mitigationMode },
        .exactly("mitigationModeSuspicious", of: Choices.modes) { _ in "detect" },
        .anyAndNone("remoteProfilingStates") { _ in ["disabled"] },
        .exactly("migrationStatus", of: Choices.migrations) { _ in "N/A" },
        .anyAndNone("consoleMigrationStatuses", of: Choices.migrations) { _ in ["N/A"] },
        .anyAndNone("appsVulnerabilityStatuses", of: Choices.vulnerabilities) { [$0.vulnerability] },
        .exactly("rangerStatus", of: Choices.rangerStatuses) { $0.rangerStatus },
        .anyAndNone("rangerStatuses", of: Choices.rangerStatuses) { [$0.rangerStatus] },
        .anyAndNone("rangerVersions") { $0.rangerVersion.map { [$0] } ?? [] },
        .flags("firewallEnabled") { $0.identity.isWindows },
        .flags("locationEnabled") { !$0.identity.isOld },
        .flag("encryptedApplications") { $0.identity.isEncrypted },
        .flag("hasLocalConfiguration") { _ in false },
        .flag("remoteOpsForensicsSupported") { !$0.identity.isOld },
        .exactly("rsoLevel", of: Choices.forensics) { $0.identity.isOld ? "none" : "pro" },
        .contains("liveUpdateId", upTo: 255) { _ in [] },
    ]

    private static let agentMachine: [OfAgents] = [
        .anyAndNone("machineTypes", of: Choices.machineTypes) { [$0.identity.machineType] },
        .exactly("osArch", of: Choices.osArchs) { $0.identity.osArch },
        .anyAndNone("osTypes", of: Choices.osTypes) { [$0.identity.platform.type] },
        .anyAndNone("installerTypes", of: Choices.installers) { [$0.installer] },
        .numbers("coreCount") { $0.coreCount },
        .numbers("cpuCount") { $0.cpuCount },
        .numbers("totalMemory") { $0.totalMemory },
    ]

    private static let agentHosting: [OfAgents] = [
        .clouds { $0.identity.hosting },
        .contains("cloudTags", upTo: 255) { $0.identity.hosting?.tags ?? [] },
        .contains("clusterName", upTo: 255) { [$0.identity.cluster?.name] },
        .contains("k8sType", upTo: 255) { [$0.identity.cluster?.kind] },
        .contains("k8sVersion", upTo: 255) { [$0.identity.cluster?.version] },
        .contains("k8sNodeName", upTo: 255) { [$0.identity.cluster?.node] },
        .contains("k8sNodeLabels", upTo: 255) { $0.identity.cluster?.nodeLabels ?? [] },
        .contains("agentNamespace", upTo: 255) { [$0.identity.cluster?.namespace] },
        .contains("agentPodName", upTo: 255) { [$0.identity.cluster?.pod] },
    ]

    /// Endpoints that have a threat for which all of these hold.
    private static let agentThreats: [OfAgents] = [
        .ofThreats(.times("threatCreatedAt") { $0.threat.createdAt }),
        .ofThreats(.exactly("threatContentHash") { $0.detection.file.sha1 }),
        .ofThreats(.flag("threatHidden") { _ in false }),
        .ofThreats(.flag("threatResolved") { $0.threat.incidentStatus == .resolved }),
        .ofThreats(.exactly("threatMitigationStatus", of: Choices.threatStatuses) { $0.olderStatus }),
    ]
}

extension AgentRow {
    fileprivate var directory: [String?] {
        [distinguishedName, userDistinguishedName] + identity.groupsInDirectory + userGroups
    }
}

extension ThreatRow {
    /// What became of it, in the words of an older API.
    fileprivate var olderStatus: String {
        if hasPendingActions { return "pending" }
        if threat.mitigationStatus == .mitigated { return "mitigated" }
        if detection.confidence == .malicious { return "active" }
        return threat.incidentStatus == .resolved ? "suspicious_resolved" : "suspicious"
    }
}

extension List {
    private static let agentSorts: [String: @Sendable (AgentRow) -> SortKey] = agentSortsByState.merging(
        agentSortsByNature
    ) { $1 }

    private static let agentSortsByState: [String: @Sendable (AgentRow) -> SortKey] = [
        "id": { SortKey($0.id) },
        "createdAt": { SortKey($0.createdAt) },
        "updatedAt": { SortKey($0.agent.updatedAt) },
        "registeredAt": { SortKey($0.identity.registeredAt) },
        "lastActiveDate": { SortKey($0.lastActiveAt) },
        "decommissionedAt": { SortKey($0.agent.decommissionedAt) },
        "fullDiskScanLastUpdatedAt": { SortKey($0.lastScan) },
        "lastSuccessfulScanDate": { SortKey($0.scanFinishedAt) },
        "scanStatus": { SortKey($0.identity.scanStatus) },
        "networkStatus": { SortKey($0.agent.networkStatus.rawValue) },
        "networkQuarantineEnabled": { _ in SortKey(false) },
        "isActive": { SortKey($0.agent.isActive) },
        "isDecommissioned": { SortKey($0.agent.isDecommissioned) },
        "isUninstalled": { _ in SortKey(false) },
        "isPendingUninstall": { _ in SortKey(false) },
        "isUpToDate": { SortKey(!$0.identity.isOld) },
        "infected": { SortKey($0.isInfected) },
        "activeThreats": { SortKey(Int($0.agent.activeThreats)) },
        "threatRebootRequired": { SortKey($0.isRebootRequired) },
        "mitigationMode": { SortKey($0.mitigationMode) },
        "mitigationModeSuspicious": { _ in SortKey("detect") },
        "operationalState": { _ in SortKey("na") },
        "remoteProfilingState": { _ in SortKey("disabled") },
        "consoleMigrationStatus": { _ in SortKey("N/A") },
        "appsVulnerabilityStatus": { SortKey($0.vulnerability) },
        "encryptedApplications": { SortKey($0.identity.isEncrypted) },
        "firewallEnabled": { SortKey($0.identity.isWindows) },
        "locationEnabled": { SortKey(!$0.identity.isOld) },
    ]

    private static let agentSortsByNature: [String: @Sendable (AgentRow) -> SortKey] = [
        "computerName": { SortKey($0.name) },
        "uuid": { SortKey($0.uuid) },
        "domain": { SortKey($0.identity.domain) },
        "accountName": { SortKey($0.account.name) },
        "siteId": { SortKey($0.site.id) },
        "siteName": { SortKey($0.site.name) },
        "groupId": { SortKey($0.group.id) },
        "groupName": { SortKey($0.group.name) },
        "externalId": { SortKey($0.externalID) },
        "externalIp": { SortKey($0.identity.externalAddress) },
        "lastLoggedInUserName": { SortKey($0.identity.user) },
        "networkInterfacePhysical": { SortKey($0.identity.hardwareAddress) },
        "serialNumber": { SortKey($0.serialNumber) },
        "osType": { SortKey($0.identity.platform.type) },
        "osName": { SortKey($0.identity.platform.name) },
        "osArch": { SortKey($0.identity.osArch) },
        "machineType": { SortKey($0.identity.machineType) },
        "agentVersion": { SortKey($0.identity.agentVersion) },
        "installerType": { SortKey($0.installer) },
        "rangerVersion": { SortKey($0.rangerVersion) },
        "cpuId": { SortKey($0.cpu) },
        "cpuCount": { SortKey($0.cpuCount) },
        "coreCount": { SortKey($0.coreCount) },
        "totalMemory": { SortKey($0.totalMemory) },
        "cloudProvider": { SortKey($0.identity.hosting?.provider) },
        "cloudAccount": { SortKey($0.identity.hosting?.account) },
        "cloudImage": { SortKey($0.identity.hosting?.image) },
        "cloudInstanceId": { SortKey($0.identity.hosting?.instance) },
        "cloudInstanceSize": { SortKey($0.identity.hosting?.size) },
        "cloudLocation": { SortKey($0.identity.hosting?.location) },
        "cloudNetwork": { SortKey($0.identity.hosting?.network) },
        "clusterName": { SortKey($0.identity.cluster?.name) },
        "kubernetesType": { SortKey($0.identity.cluster?.kind) },
        "kubernetesVersion": { SortKey($0.identity.cluster?.version) },
        "agentNamespace": { SortKey($0.identity.cluster?.namespace) },
        "agentPodName": { SortKey($0.identity.cluster?.pod) },
    ]
}
