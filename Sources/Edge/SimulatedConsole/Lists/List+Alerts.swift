import Ports

extension List {
    typealias OfAlerts = Parameters<AlertRow>
    typealias AlertSorts = [String: @Sendable (AlertRow) -> SortKey]

    static let alerts = Listing<AlertRow>(
        stream: "cloud-detection/alerts", id: { $0.id }, updatedAt: { $0.alert.updatedAt },
        sorts: [alertSorts, alertSortsByEndpoint, sourceSorts, parentSorts].reduce([:]) { $0.merging($1) { $1 } },
        parameters: OfAlerts.table(alertState + alertEndpoint + alertSource), write: { $0.write(to: &$1) })

    /// In answers `In progress`, in questions `IN_PROGRESS`.
    private static let alertState: [OfAlerts] = [
        .scopes,
        .tenant,
        .own("ids"),
        .times("createdAt"),
        .times("reportedAt"),
        .any("analystVerdict", of: AnalystVerdict.allCases.map { $0.rawValue.uppercased() }) {
            [$0.alert.analystVerdict.rawValue.uppercased()]
        },
        .any("incidentStatus", of: IncidentStatus.allCases.map { $0.rawValue.uppercased() }) {
            [$0.alert.incidentStatus.rawValue.uppercased()]
        },
        .any("severity", of: Choices.severities) { [$0.rule.severity.rawValue] },
        .any("scopes", of: Choices.levels) { [$0.scopeLevel] },
        .contains("ruleName", upTo: 5_000) { [$0.rule.name] },
        .search("query") { [$0.rule.name, $0.agent.name, $0.facts.source.name, $0.facts.source.commandLine] },
    ]

    private static let alertEndpoint: [OfAlerts] = [
        .any("machineType") { [$0.agent.identity.machineType] },
        .any("osType", of: Choices.osTypes) { [$0.agent.identity.platform.type] },
        .contains("origAgentName", upTo: 5_000) { [$0.agent.name] },
        .contains("origAgentUuid", upTo: 5_000) { [$0.agent.uuid] },
        .contains("origAgentVersion") { [$0.agent.identity.agentVersion] },
        .contains("origAgentOsRevision") { [$0.agent.identity.platform.revision] },
        .contains("containerName", upTo: 5_000) { [$0.agent.identity.container?.name] },
        .contains("containerImageName", upTo: 5_000) { [$0.agent.identity.container?.image] },
        .contains("containerLabels", upTo: 5_000) { $0.agent.identity.container?.labels ?? [] },
        .contains("k8sCluster", upTo: 5_000) { [$0.agent.identity.cluster?.name] },
        .contains("k8sControllerName", upTo: 5_000) { [$0.agent.identity.cluster?.controller] },
        .contains("k8sControllerLabels", upTo: 5_000) { $0.agent.identity.cluster?.controllerLabels ?? [] },
        .contains("k8sNamespaceName", upTo: 5_000) { [$0.agent.identity.cluster?.namespace] },
        .contains("k8sNamespaceLabels", upTo: 5_000) { $0.agent.identity.cluster?.namespaceLabels ?? [] },
        .contains("k8sNode", upTo: 5_000) { [$0.agent.identity.cluster?.node] },
        .contains("k8sPod", upTo: 5_000) { [$0.agent.identity.cluster?.pod] },
        .contains("k8sPodLabels", upTo: 5_000) { $0.agent.identity.cluster?.podLabels ?? [] },
    ]

    private static let alertSource: [OfAlerts] = [
        .contains("sourceProcessName", upTo: 5_000) { [$0.facts.source.name] },
        .contains("sourceProcessFilePath", upTo: 5_000) { [$0.facts.source.path] },
        .contains("sourceProcessCommandline", upTo: 5_000) { [$0.facts.source.commandLine] },
        .contains("sourceProcessFileHashMd5", upTo: 5_000) { [$0.facts.source.md5] },
        .contains("sourceProcessFileHashSha1", upTo: 5_000) { [$0.facts.source.sha1] },
        .contains("sourceProcessFileHashSha256", upTo: 5_000) { [$0.facts.source.sha256] },
        .contains("sourceProcessStoryline", upTo: 5_000) { [$0.facts.source.storyline] },
    ]

    private static let alertSorts: AlertSorts = [
        "id": { SortKey($0.id) },
        "alertInfoAlertId": { SortKey($0.id) },
        "alertInfoCreatedAt": { SortKey($0.alert.createdAt) },
        "alertInfoReportedAt": { SortKey($0.alert.reportedAt) },
        "analystVerdict": { SortKey($0.verdict) },
        "alertInfoAnalystVerdict": { SortKey($0.verdict) },
        "incidentStatus": { SortKey($0.status) },
        "alertInfoIncidentStatus": { SortKey($0.status) },
        "alertInfoDvEventId": { SortKey($0.facts.eventID) },
        "alertInfoEventType": { SortKey($0.facts.eventType) },
        "alertInfoHitType": { SortKey($0.hitType) },
        "alertInfoSource": { _ in SortKey("STAR") },
        "severity": { SortKey($0.rule.severity.rawValue) },
        "ruleInfoSeverity": { SortKey($0.rule.severity.rawValue) },
        "ruleInfoId": { SortKey($0.ruleID) },
        "ruleInfoName": { SortKey($0.rule.name) },
        "ruleInfoDescription": { SortKey($0.rule.description) },
        "ruleInfoScopeLevel": { SortKey($0.scopeLevel) },
        "ruleInfoTreatAsThreat": { SortKey($0.rule.treatAsThreat) },
    ]

    private static let alertSortsByEndpoint: AlertSorts = [
        "machineType": { SortKey($0.agent.identity.machineType) },
        "osName": { SortKey($0.agent.identity.platform.name) },
        "agentDetectionInfoMachineType": { SortKey($0.agent.identity.machineType) },
        "agentDetectionInfoName": { SortKey($0.agent.name) },
        "agentDetectionInfoOsFamily": { SortKey($0.agent.identity.platform.type) },
        "agentDetectionInfoOsName": { SortKey($0.agent.identity.platform.name) },
        "agentDetectionInfoOsRevision": { SortKey($0.agent.identity.platform.revision) },
        "agentDetectionInfoSiteId": { SortKey($0.agent.site.id) },
        "agentDetectionInfoUuid": { SortKey($0.agent.uuid) },
        "agentDetectionInfoVersion": { SortKey($0.agent.identity.agentVersion) },
        "containerInfoId": { SortKey($0.agent.identity.container?.id) },
        "containerInfoImage": { SortKey($0.agent.identity.container?.image) },
        "containerInfoLabels": { SortKey($0.agent.identity.container?.labels.joined(separator: ",")) },
        "containerInfoName": { SortKey($0.agent.identity.container?.name) },
        "kubernetesInfoCluster": { SortKey($0.agent.identity.cluster?.name) },
        "kubernetesInfoControllerKind": { SortKey($0.agent.identity.cluster?.controllerKind) },
        "kubernetesInfoControllerLabels": {
            SortKey($0.agent.identity.cluster?.controllerLabels.joined(separator: ","))
        },
        "kubernetesInfoControllerName": { SortKey($0.agent.identity.cluster?.controller) },
        "kubernetesInfoNamespace": { SortKey($0.agent.identity.cluster?.namespace) },
        "kubernetesInfoNamespaceLabels": {
            SortKey($0.agent.identity.cluster?.namespaceLabels.joined(separator: ","))
        },
        "kubernetesInfoNode": { SortKey($0.agent.identity.cluster?.node) },
        "kubernetesInfoPod": { SortKey($0.agent.identity.cluster?.pod) },
        "kubernetesInfoPodLabels": { SortKey($0.agent.identity.cluster?.podLabels.joined(separator: ",")) },
    ]

    private static let sourceSorts = processSorts("sourceProcessInfo") { $0.facts.source }
    private static let parentSorts = processSorts("sourceParentProcessInfo") { $0.facts.parent }

    private static func processSorts(
        _ name: String, _ process: @escaping @Sendable (AlertRow) -> AlertFacts.Process
    ) -> AlertSorts {
        [
            "\(name)Commandline": { SortKey(process($0).commandLine) },
            "\(name)FileHashMd5": { SortKey(process($0).md5) },
            "\(name)FileHashSha1": { SortKey(process($0).sha1) },
            "\(name)FileHashSha256": { SortKey(process($0).sha256) },
            "\(name)FilePath": { SortKey(process($0).path) },
            "\(name)FileSignerIdentity": { SortKey(process($0).signer) },
            "\(name)IntegrityLevel": { SortKey(process($0).integrity) },
            "\(name)Name": { SortKey(process($0).name) },
            "\(name)Pid": { SortKey(process($0).pid) },
            "\(name)PidStarttime": { SortKey(process($0).startedAt) },
            "\(name)Storyline": { SortKey(process($0).storyline) },
            "\(name)Subsystem": { SortKey($0.agent.identity.isWindows ? "sys_win32" : "unknown") },
            "\(name)User": { SortKey(process($0).user) },
        ]
    }
}
