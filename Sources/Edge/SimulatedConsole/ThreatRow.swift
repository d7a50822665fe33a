import Ports

extension Threat {
    var fileHash: String {
        // One file, one hash: the same story told on another endpoint shows the same bytes.
        var dice = Dice(seed, place.file.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
        return dice.hex(64)
    }
    var mitigationStatus: String { story.isMitigated ? "mitigated" : "not_mitigated" }

    /// As `GET /threats` shows it, with its endpoint as that is now.
    func row(on agent: Agent, _ numbering: Numbering) -> JSON {
        [
            "id": .id(id), "agentDetectionInfo": detection(agent), "agentRealtimeInfo": realtime(agent, numbering),
            "threatInfo": info(agent, numbering), "indicators": indicators, "mitigationStatus": mitigations(numbering),
            "containerInfo": .empty("id", "image", "isContainerQuarantine", "labels", "name"),
            "ecsInfo": .empty(
                "clusterName", "serviceArn", "serviceName", "taskArn", "taskAvailabilityZone", "taskDefinitionArn",
                "taskDefinitionFamily", "taskDefinitionRevision", "type", "version"),
            "kubernetesInfo": .empty(
                "cluster", "controllerKind", "controllerLabels", "controllerName", "isContainerQuarantine", "namespace",
                "namespaceLabels", "node", "nodeLabels", "pod", "podLabels"),
            "whiteningOptions": story.publisher.isEmpty ? ["hash", "path"] : ["hash", "path", "certificate"],
        ]
    }

    private func detection(_ agent: Agent) -> JSON {
        [
            "accountId": .id(agent.account.id), "accountName": .text(agent.account.name),
            "agentDetectionState": "full_mode", "agentDomain": .text(agent.domain), "agentIpV4": .text(agent.address),
            "agentIpV6": "", "agentLastLoggedInUpn": nil, "agentLastLoggedInUserMail": nil,
            "agentLastLoggedInUserName": .text(agent.user), "agentMitigationMode": "protect",
            "agentOsName": .text(agent.platform.name), "agentOsRevision": .text(agent.platform.revision),
            "agentRegisteredAt": .time(agent.registeredAt), "agentUuid": .text(agent.uuid),
            "agentVersion": .text(agent.agentVersion), "assetVersion": "0", "cloudProviders": [:],
            "externalIp": .text(agent.externalAddress), "groupId": .id(agent.group.id),
            "groupName": .text(agent.group.name), "siteId": .id(agent.site.id), "siteName": .text(agent.site.name),
        ]
    }

    private func realtime(_ agent: Agent, _ numbering: Numbering) -> JSON {
        let scan = agent.registeredAt + .seconds(86_400 * 20)
        return [
            "accountId": .id(agent.account.id), "accountName": .text(agent.account.name),
            "activeThreats": .number(Int64(agent.activeThreats)), "agentComputerName": .text(agent.name),
            "agentDecommissionedAt": .time(agent.decommissionedAt), "agentDomain": .text(agent.domain),
            "agentId": .id(agent.id), "agentInfected": .bool(agent.activeThreats > 0),
            "agentIsActive": .bool(!agent.isDecommissioned), "agentIsDecommissioned": .bool(agent.isDecommissioned),
            "agentMachineType": .text(agent.machineType), "agentMitigationMode": "protect",
            "agentNetworkStatus": .text(agent.networkStatus.rawValue), "agentOsName": .text(agent.platform.name),
            "agentOsRevision": .text(agent.platform.revision), "agentOsType": .text(agent.platform.type),
            "agentUuid": .text(agent.uuid), "agentVersion": .text(agent.agentVersion), "groupId": .id(agent.group.id),
            "groupName": .text(agent.group.name), "networkInterfaces": agent.interfaces(numbering, gateway: false),
            "operationalState": "na", "rebootRequired": false, "scanAbortedAt": nil, "scanFinishedAt": .time(scan),
            "scanStartedAt": .time(scan - .seconds(4_200)), "scanStatus": "finished", "siteId": .id(agent.site.id),
            "siteName": .text(agent.site.name), "storageName": nil, "storageType": nil, "userActionsNeeded": [],
        ]
    }

    private func info(_ agent: Agent, _ numbering: Numbering) -> JSON {
        var dice = Dice(seed, ordinal)
        let isSigned = !story.publisher.isEmpty
        let isWindows = agent.platform.type == "windows"
        let storyline = isWindows ? dice.hex(16).uppercased() : dice.uuid()
        let file: [String: JSON] = [
            "browserType": nil, "certificateId": .text(isSigned ? story.publisher : ""),
            "fileExtension": .text(isWindows ? "EXE" : ""),
            "fileExtensionType": "Executable", "filePath": .text(place.path),
            "fileSize": .number(Int64(40_000 + dice.below(900_000))),
            "fileVerificationType": isSigned ? "SignedVerified" : "NotSigned", "isFileless": false,
            "isValidCertificate": .bool(isSigned), "macroModules": nil, "md5": nil,
            "publisherName": .text(story.publisher),
            "sha1": .text(String(fileHash.prefix(40))), "sha256": .text(fileHash),
            "storyline": .text(storyline), "threatName": .text(place.file),
            "maliciousProcessArguments": place.arguments.map { .text($0) } ?? .null,
            "originatorProcess": .text(place.originator),
            "processUser": .text(isWindows ? "\(agent.domain)\\\(agent.user)" : agent.user),
            "rootProcessUpn": nil, "reachedEventsLimit": false,
        ]
        let verdicts: JSON = [
            "threatId": .id(id),
            "collectionId": .id(numbering.id(.part, 2_000_000 + (Int(fileHash.prefix(6), radix: 16) ?? 0))),
            "analystVerdict": .text(analystVerdict), "analystVerdictDescription": .label(analystVerdict),
            "automaticallyResolved": false, "classification": .text(story.classification),
            "classificationSource": story.detectionType == "static" ? "Static" : "Behavioral",
            "cloudFilesHashVerdict": .text(story.confidence == "malicious" ? "black" : isSigned ? "white" : "gray"),
            "confidenceLevel": .text(story.confidence), "createdAt": .time(createdAt), "updatedAt": .time(updatedAt),
            "identifiedAt": .time(createdAt - .milliseconds(640)),
            "detectionEngines": [["key": .text(story.engine.key), "title": .text(story.engine.title)]],
            "detectionType": .text(story.detectionType), "engines": [.text(story.engine.title)],
            "externalTicketExists": false, "externalTicketId": nil, "failedActions": false,
            "incidentStatus": .text(incidentStatus), "incidentStatusDescription": .label(incidentStatus),
            "initiatedBy": "agent_policy", "initiatedByDescription": "Agent Policy", "initiatingUserId": nil,
            "initiatingUsername": nil, "mitigatedPreemptively": false, "mitigationStatus": .text(mitigationStatus),
            "mitigationStatusDescription": .label(mitigationStatus), "pendingActions": false, "rebootRequired": false,
        ]
        return verdicts.with(file)
    }

    private var indicators: JSON {
        .list(
            story.indicators.enumerated().map { number, indicator in
                [
                    "category": .text(indicator.category), "description": .text(indicator.description),
                    "ids": [.number(Int64(400 + number))],
                    "tactics": [
                        [
                            "name": .text(indicator.tactic), "source": "MITRE",
                            "techniques": [
                                [
                                    "name": .text(indicator.technique),
                                    "link": .text("https://attack.mitre.org/techniques/\(indicator.technique)/"),
                                ]
                            ],
                        ]
                    ],
                ]
            })
    }

    private func mitigations(_ numbering: Numbering) -> JSON {
        guard story.isMitigated else { return [] }
        return .list(
            ["quarantine", "kill"].enumerated().map { number, action in
                let report = numbering.id(.part, 1_000_000 + ordinal * 2 + number)
                let ended = createdAt + .milliseconds(900 - 300 * number)
                return [
                    "action": .text(action), "status": "success", "agentSupportsReport": true, "groupNotFound": false,
                    "actionsCounters": action == "kill"
                        ? nil : ["failed": 0, "notFound": 0, "pendingReboot": 0, "success": 1, "total": 1],
                    "lastUpdate": .time(ended + .milliseconds(40)), "mitigationEndedAt": .time(ended),
                    "mitigationStartedAt": .time(ended - .milliseconds(120)), "reportId": .id(report),
                    "latestReport": action == "kill" ? nil : .text("/threats/mitigation-report/\(report)"),
                ]
            })
    }
}

extension JSON {
    /// An object that applies to something else: every member is null.
    static func empty(_ names: String...) -> JSON { .object(Dictionary(names.map { ($0, .null) }) { $1 }) }

    /// `not_mitigated` as people read it: `Not mitigated`.
    static func label(_ value: String) -> JSON {
        let words = value.split(separator: "_").joined(separator: " ")
        return .text(words.prefix(1).uppercased() + words.dropFirst())
    }
}
