import Ports

/// The tables of the streams: parameter → field × operator.
enum List {
    typealias OfThreats = Parameters<ThreatRow>

    static let threats = Listing<ThreatRow>(
        stream: "threats", id: { $0.id }, updatedAt: { $0.threat.updatedAt }, sorts: threatSorts,
        parameters: OfThreats.table(threatState + threatFindings + threatEndpoint + threatHosting),
        write: { $0.write(to: &$1) })

    private static let threatState: [OfThreats] = [
        .scopes,
        .tenant,
        .own("ids"),
        .ids("agentIds") { $0.agent.id },
        .ids("collectionIds") { $0.collection },
        .times("createdAt"),
        .times("updatedAt"),
        .anyAndNone("analystVerdicts", of: AnalystVerdict.allCases.map(\.rawValue)) {
            [$0.threat.analystVerdict.rawValue]
        },
        .anyAndNone("incidentStatuses", of: IncidentStatus.allCases.map(\.rawValue)) {
            [$0.threat.incidentStatus.rawValue]
        },
        .anyAndNone("mitigationStatuses", of: MitigationStatus.allCases.map(\.rawValue)) {
            [$0.threat.mitigationStatus.rawValue]
        },
        .flag("resolved") { $0.threat.incidentStatus == .resolved },
        .flag("failedActions") { $0.hasFailedActions },
        .flag("pendingActions") { $0.hasPendingActions },
        .flag("rebootRequired") { $0.needsReboot },
        .flag("mitigatedPreemptively") { $0.detection.isPreempted },
        .flag("noteExists") { $0.threat.hasNotes },
        .flag("externalTicketExists") { $0.threat.ticket != nil },
        .any("externalTicketIds") { $0.threat.ticket.map { [$0] } ?? [] },
        .contains("externalTicketId") { [$0.threat.ticket] },
    ]

    private static let threatFindings: [OfThreats] = [
        .anyAndNone("confidenceLevels", of: Detection.Confidence.allCases.map(\.rawValue)) {
            [$0.detection.confidence.rawValue]
        },
        .anyAndNone("classifications") { [$0.detection.classification] },
        .anyAndNone("classificationSources", of: Choices.classificationSources) {
            $0.detection.classificationSource.map { [$0] } ?? []
        },
        .anyAndNone("detectionEngines", of: Choices.engines) { $0.detection.engines.map(\.key) },
        .anyAndNone("engines", of: Choices.engines) { $0.detection.engines.map(\.key) },
        .anyAndNone("initiatedBy", of: Choices.initiators) { [$0.detection.initiatedBy.rawValue] },
        .contains("initiatedByUsername") { _ in [] },
        .any("contentHashes") { [$0.detection.file.sha1] },
        .contains("contentHash") { [$0.detection.file.sha1] },
        .contains("filePath") { [$0.detection.file.path] },
        .contains("threatDetails") { [$0.detection.file.name, $0.detection.file.path] },
        .contains("publisherName") { [$0.detection.file.publisher] },
        .contains("originatedProcess") { [$0.detection.originator] },
        .contains("commandLineArguments") { [$0.detection.arguments] },
        .any("storylines") { [$0.detection.storyline] },
        .contains("storyline") { [$0.detection.storyline] },
        .search("query") {
            [
                $0.detection.file.name, $0.detection.file.path, $0.detection.file.sha1, $0.agent.name,
                $0.detection.storyline,
            ]
        },
    ]

    private static let threatEndpoint: [OfThreats] = [
        .flag("agentIsActive") { $0.agent.agent.isActive },
        .anyAndNone("agentMachineTypes", of: Choices.machineTypes) { [$0.agent.identity.machineType] },
        .anyAndNone("agentVersions") { [$0.agent.identity.agentVersion] },
        .contains("realtimeAgentVersion") { [$0.agent.identity.agentVersion] },
        .contains("detectionAgentVersion") { [$0.agent.identity.agentVersion] },
        .contains("detectionAgentDomain") { [$0.agent.identity.domain] },
        .contains("computerName") { [$0.agent.name] },
        .contains("uuid") { [$0.agent.uuid] },
        .any("osArchs", of: Choices.osArchs) { [$0.agent.identity.osArch] },
        .anyAndNone("osNames", upTo: 10) { [$0.agent.identity.platform.name] },
        .anyAndNone("osTypes", of: Choices.osTypes) { [$0.agent.identity.platform.type] },
        .flag("hasAgentTags") { !$0.agent.identity.tags.isEmpty },
        .tags("agentTagsData") { $0.agent.tags },
    ]

    private static let threatHosting: [OfThreats] = [
        .clouds { $0.agent.identity.hosting },
        .contains("containerName") { [$0.agent.identity.container?.name] },
        .contains("containerImageName") { [$0.agent.identity.container?.image] },
        .contains("containerLabels") { $0.agent.identity.container?.labels ?? [] },
        .contains("k8sClusterName") { [$0.agent.identity.cluster?.name] },
        .contains("k8sControllerName") { [$0.agent.identity.cluster?.controller] },
        .contains("k8sControllerLabels") { $0.agent.identity.cluster?.controllerLabels ?? [] },
        .contains("k8sNamespaceName") { [$0.agent.identity.cluster?.namespace] },
        .contains("k8sNamespaceLabels") { $0.agent.identity.cluster?.namespaceLabels ?? [] },
        .contains("k8sNodeName") { [$0.agent.identity.cluster?.node] },
        .contains("k8sNodeLabels") { $0.agent.identity.cluster?.nodeLabels ?? [] },
        .contains("k8sPodName") { [$0.agent.identity.cluster?.pod] },
        .contains("k8sPodLabels") { $0.agent.identity.cluster?.podLabels ?? [] },
    ]

    private static let threatSorts: [String: @Sendable (ThreatRow) -> SortKey] = [
        "id": { SortKey($0.id) },
        "createdAt": { SortKey($0.threat.createdAt) },
        "createdDate": { SortKey($0.threat.createdAt) },
        "updatedAt": { SortKey($0.threat.updatedAt) },
        "mitigationStatus": { SortKey($0.threat.mitigationStatus.rawValue) },
        "fileDisplayName": { SortKey($0.detection.file.name) },
        "filePath": { SortKey($0.detection.file.path) },
        "contentHash": { SortKey($0.detection.file.sha1) },
        "collectionId": { SortKey($0.collection) },
        "classification": { SortKey($0.detection.classification) },
        "agentVersion": { SortKey($0.agent.identity.agentVersion) },
        "agentMachineType": { SortKey($0.agent.identity.machineType) },
        "agentComputerName": { SortKey($0.agent.name) },
        "siteId": { SortKey($0.agent.site.id) },
        "siteName": { SortKey($0.agent.site.name) },
        "cloudAccount": { SortKey($0.agent.identity.hosting?.account) },
        "cloudImage": { SortKey($0.agent.identity.hosting?.image) },
        "cloudInstanceId": { SortKey($0.agent.identity.hosting?.instance) },
        "cloudInstanceSize": { SortKey($0.agent.identity.hosting?.size) },
        "cloudLocation": { SortKey($0.agent.identity.hosting?.location) },
        "cloudNetwork": { SortKey($0.agent.identity.hosting?.network) },
    ]
}

extension Parameters {
    /// What a provider of clouds tells of a machine.
    static func clouds(_ cloud: @escaping @Sendable (Row) -> Cloud?) -> Parameters {
        let texts: [(String, @Sendable (Cloud) -> [String?])] = [
            ("cloudAccount", { [$0.account] }), ("cloudImage", { [$0.image] }),
            ("cloudInstanceId", { [$0.instance] }), ("cloudInstanceSize", { [$0.size] }),
            ("cloudLocation", { [$0.location] }), ("cloudNetwork", { [$0.network] }), ("awsRole", { [$0.role] }),
            ("awsSecurityGroups", { $0.securityGroups }), ("awsSubnetIds", { $0.subnets }),
            ("azureResourceGroup", { [$0.resourceGroup] }), ("gcpServiceAccount", { [$0.serviceAccount] }),
        ]
        let lines = texts.map { name, values in
            contains(name, upTo: 255) { row in cloud(row).map(values) ?? [] }
        }
        return lines.reduce(anyAndNone("cloudProvider") { row in cloud(row).map { [$0.provider] } ?? [] }, +)
    }

    /// `{"key": ["value", …]}`: for every key one of the values; any value where none is told.
    static func tags(_ name: String, _ tags: @escaping @Sendable (Row) -> [Tag]) -> Parameters {
        one(name) { (name, text, selection) throws(Refusal) in
            guard case .object(let members)? = JSON(Bytes(text)), !members.isEmpty else {
                throw .invalid("\(name): Not a valid object.")
            }
            var wanted: [String: [String]] = [:]
            for (key, value) in members {
                guard case .list(let values) = value else { throw .invalid("\(name): \(key): Not a valid list.") }
                wanted[key] = values.compactMap(\.string)
            }
            selection.tests.append { [wanted] row in
                let tags = tags(row)
                return wanted.allSatisfy { key, values in
                    tags.contains { $0.key == key && (values.isEmpty || values.contains($0.value)) }
                }
            }
        }
    }
}
