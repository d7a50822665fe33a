import Ports

/// A threat with its endpoint and what it looks like: what lists filter and show.
struct ThreatRow: Sendable {
    let threat: Threat
    let agent: AgentRow
    let detection: Detection

    init(_ threat: Threat, _ agent: AgentRow, _ detection: Detection? = nil) {
        self.threat = threat
        self.agent = agent
        self.detection = detection ?? threat.incident.detection(on: agent.identity)
    }

    init(_ ordinal: Int, _ threats: Threats, _ fleet: Fleet, _ cast: Cast) {
        if let (threat, detection) = threats.untouched(ordinal) {
            self.init(threat, AgentRow(fleet.agents[threat.agent], cast), detection)
        } else {
            let threat = threats[ordinal]
            self.init(threat, AgentRow(fleet.agents[threat.agent], cast))
        }
    }

    var id: Int64 { agent.cast.numbering.id(.threat, threat.ordinal) }
    /// The same for every threat with the same file.
    var collection: Int64 {
        agent.cast.numbering.id(.part, 2_000_000_000 + (Int(detection.file.sha1.prefix(6), radix: 16) ?? 0))
    }

    /// Older agents tell fewer hashes.
    var sha256: String? { agent.identity.isOld ? nil : detection.file.sha256 }
    var md5: String? { agent.identity.isOld ? nil : detection.file.md5 }
    var hasFailedActions: Bool { threat.mitigations.contains { $0.status == .failed } }
    var hasPendingActions: Bool { threat.mitigations.contains { $0.status == .pending || $0.status == .sent } }
    var needsReboot: Bool { threat.mitigations.contains { $0.status == .pendingReboot } }

    /// As `GET /threats` shows it, with its endpoint as that is now.
    func write(to out: inout JSONWriter) {
        out.object { out in
            out.id("id", id)
            out.object("agentDetectionInfo", writeDetectionInfo)
            out.object("agentRealtimeInfo", writeRealtimeInfo)
            out.object("threatInfo") { out in
                writeState(&out)
                writeFile(&out)
                writeFindings(&out)
            }
            out.list("indicators", of: detection.indicators.enumerated()) { write($1, to: &$0) }
            out.list("mitigationStatus", of: threat.mitigations) { write($1, to: &$0) }
            writeHosting(&out)
            out.texts(
                "whiteningOptions", detection.file.isSigned ? ["hash", "path", "certificate"] : ["hash", "path"])
        }
    }
}

extension ThreatRow {
    private func writeDetectionInfo(to out: inout JSONWriter) {
        let identity = agent.identity
        out.id("accountId", agent.account.id)
        out.text("accountName", agent.account.name)
        out.text("agentDetectionState", "full_mode")
        out.text("agentDomain", identity.domain)
        out.text("agentIpV4", identity.addresses.joined(separator: ","))
        out.text("agentIpV6", identity.addressesV6.joined(separator: ","))
        out.text("agentLastLoggedInUpn", identity.isOld ? nil : identity.mail)
        out.text("agentLastLoggedInUserMail", identity.isOld ? nil : identity.mail)
        out.text("agentLastLoggedInUserName", identity.user)
        out.text("agentMitigationMode", agent.mitigationMode)
        out.text("agentOsName", identity.platform.name)
        out.text("agentOsRevision", identity.platform.revision)
        out.time("agentRegisteredAt", identity.registeredAt)
        out.text("agentUuid", agent.uuid)
        out.text("agentVersion", identity.agentVersion)
        out.text("assetVersion", "0")
        agent.writeCloud(to: &out)
        out.text("externalIp", identity.externalAddress)
        out.id("groupId", agent.group.id)
        out.text("groupName", agent.group.name)
        out.id("siteId", agent.site.id)
        out.text("siteName", agent.site.name)
    }

    private func writeRealtimeInfo(to out: inout JSONWriter) {
        let identity = agent.identity
        out.id("accountId", agent.account.id)
        out.text("accountName", agent.account.name)
        out.number("activeThreats", agent.agent.activeThreats)
        out.text("agentComputerName", agent.name)
        out.time("agentDecommissionedAt", agent.agent.decommissionedAt)
        out.text("agentDomain", identity.domain)
        out.id("agentId", agent.id)
        out.flag("agentInfected", agent.isInfected)
        out.flag("agentIsActive", agent.agent.isActive)
        out.flag("agentIsDecommissioned", agent.agent.isDecommissioned)
        out.text("agentMachineType", identity.machineType)
        out.text("agentMitigationMode", agent.mitigationMode)
        out.text("agentNetworkStatus", agent.agent.networkStatus.rawValue)
        out.text("agentOsName", identity.platform.name)
        out.text("agentOsRevision", identity.platform.revision)
        out.text("agentOsType", identity.platform.type)
        out.text("agentUuid", agent.uuid)
        out.text("agentVersion", identity.agentVersion)
        out.id("groupId", agent.group.id)
        out.text("groupName", agent.group.name)
        agent.writeInterfaces(gateway: false, to: &out)
        out.text("operationalState", "na")
        out.flag("rebootRequired", agent.isRebootRequired)
        out.time("scanAbortedAt", agent.scanAbortedAt)
        out.time("scanFinishedAt", agent.scanFinishedAt)
        out.time("scanStartedAt", agent.scanStartedAt)
        out.text("scanStatus", identity.scanStatus)
        out.id("siteId", agent.site.id)
        out.text("siteName", agent.site.name)
        out.null("storageName", "storageType")
        out.texts("userActionsNeeded", identity.userActions)
    }

    /// Of the host, where it runs the work of others; objects full of nulls everywhere else.
    private func writeHosting(_ out: inout JSONWriter) {
        let (container, cluster, task) = (agent.identity.container, agent.identity.cluster, agent.identity.task)
        out.object("containerInfo") { out in
            out.text("id", container?.id)
            out.text("image", container?.image)
            out.null("isContainerQuarantine")
            out.texts("labels", container?.labels)
            out.text("name", container?.name)
        }
        out.object("ecsInfo") { out in
            out.text("clusterName", task?.cluster)
            out.text("serviceArn", task?.service)
            out.text("serviceName", task?.family)
            out.text("taskArn", task?.arn)
            out.text("taskAvailabilityZone", task?.zone)
            out.text("taskDefinitionArn", task?.arn)
            out.text("taskDefinitionFamily", task?.family)
            out.text("taskDefinitionRevision", task == nil ? nil : "3")
            out.text("type", task == nil ? nil : "FARGATE")
            out.text("version", task == nil ? nil : "1.4.0")
        }
        out.object("kubernetesInfo") { out in
            out.text("cluster", cluster?.name)
            out.text("controllerKind", cluster?.controllerKind)
            out.texts("controllerLabels", cluster?.controllerLabels)
            out.text("controllerName", cluster?.controller)
            out.null("isContainerQuarantine")
            out.text("namespace", cluster?.namespace)
            out.texts("namespaceLabels", cluster?.namespaceLabels)
            out.text("node", cluster?.node)
            out.texts("nodeLabels", cluster?.nodeLabels)
            out.text("pod", cluster?.pod)
            out.texts("podLabels", cluster?.podLabels)
        }
    }

    /// What people and policy made of it.
    private func writeState(_ out: inout JSONWriter) {
        out.id("threatId", id)
        out.id("collectionId", collection)
        out.text("analystVerdict", threat.analystVerdict.rawValue)
        out.text("analystVerdictDescription", label(threat.analystVerdict.rawValue))
        out.text("incidentStatus", threat.incidentStatus.rawValue)
        out.text("incidentStatusDescription", label(threat.incidentStatus.rawValue))
        out.text("mitigationStatus", threat.mitigationStatus.rawValue)
        out.text("mitigationStatusDescription", label(threat.mitigationStatus.rawValue))
        out.flag("automaticallyResolved", false)
        out.flag("mitigatedPreemptively", detection.isPreempted)
        out.flag("failedActions", hasFailedActions)
        out.flag("pendingActions", hasPendingActions)
        out.flag("rebootRequired", needsReboot)
        out.flag("externalTicketExists", threat.ticket != nil)
        out.text("externalTicketId", threat.ticket)
        out.time("createdAt", threat.createdAt)
        out.time("updatedAt", threat.updatedAt)
        out.time("identifiedAt", threat.createdAt - .milliseconds(640))
    }

    private func writeFile(_ out: inout JSONWriter) {
        let file = detection.file
        out.null("browserType")
        out.text("certificateId", file.publisher)
        out.text("publisherName", file.publisher)
        out.flag("isValidCertificate", file.isSigned)
        out.text("fileVerificationType", file.isSigned ? "SignedVerified" : "NotSigned")
        out.text("fileExtension", agent.identity.isWindows ? "EXE" : "")
        out.text("fileExtensionType", "Executable")
        out.text("filePath", file.path)
        out.number("fileSize", file.size)
        out.flag("isFileless", detection.isFileless)
        out.text("md5", md5)
        out.text("sha1", file.sha1)
        out.text("sha256", sha256)
        out.text("threatName", file.name)
        if let macros = detection.macros {
            out.list("macroModules", of: macros) { out, module in
                out.object {
                    $0.text("moduleName", module.name)
                    $0.text("sha1", module.sha1)
                }
            }
        } else {
            out.null("macroModules")
        }
    }

    private func writeFindings(_ out: inout JSONWriter) {
        out.text("classification", detection.classification)
        out.text("classificationSource", detection.classificationSource)
        out.text("cloudFilesHashVerdict", detection.cloudVerdict)
        out.text("confidenceLevel", detection.confidence.rawValue)
        out.text("detectionType", detection.detectionType)
        out.list("detectionEngines", of: detection.engines) { out, engine in
            out.object {
                $0.text("key", engine.key)
                $0.text("title", engine.title)
            }
        }
        out.texts("engines", detection.engines.map(\.title))
        out.text("initiatedBy", detection.initiatedBy.rawValue)
        out.text("initiatedByDescription", label(detection.initiatedBy.rawValue))
        out.null("initiatingUserId", "initiatingUsername")
        out.text("maliciousProcessArguments", detection.arguments)
        out.text("originatorProcess", detection.originator)
        out.text("processUser", detection.user)
        out.null("rootProcessUpn")
        out.flag("reachedEventsLimit", false)
        out.text("storyline", detection.storyline)
    }

    private func write(_ indicator: (offset: Int, element: Detection.Indicator), to out: inout JSONWriter) {
        out.object { out in
            out.text("category", indicator.element.category)
            out.null("categoryId")
            out.text("description", indicator.element.description)
            out.list("ids") { $0.number(400 + indicator.offset) }
            out.list("tactics") { out in
                out.object { out in
                    out.text("name", indicator.element.tactic)
                    out.text("source", "MITRE")
                    out.list("techniques") { out in
                        out.object {
                            $0.text("name", indicator.element.technique)
                            $0.text("link", "https://attack.mitre.org/techniques/\(indicator.element.technique)/")
                        }
                    }
                }
            }
        }
    }

    private func write(_ mitigation: Mitigation, to out: inout JSONWriter) {
        let isReported = mitigation.action != .kill && mitigation.endedAt != nil
        out.object { out in
            out.text("action", mitigation.action.rawValue)
            out.text("status", mitigation.status.rawValue)
            out.flag("agentSupportsReport", true)
            out.flag("groupNotFound", false)
            if isReported {
                out.object("actionsCounters") { out in
                    out.number("failed", mitigation.status == .failed ? 1 : 0)
                    out.number("notFound", 0)
                    out.number("pendingReboot", mitigation.status == .pendingReboot ? 1 : 0)
                    out.number("success", mitigation.status == .success ? 1 : 0)
                    out.number("total", 1)
                }
            } else {
                out.null("actionsCounters")
            }
            out.time("lastUpdate", (mitigation.endedAt ?? mitigation.startedAt) + .milliseconds(40))
            out.time("mitigationStartedAt", mitigation.startedAt)
            out.time("mitigationEndedAt", mitigation.endedAt)
            out.id("reportId", mitigation.report)
            out.text("latestReport", isReported ? "/threats/mitigation-report/\(mitigation.report)" : nil)
        }
    }
}

/// `not_mitigated` as people read it: `Not mitigated`.
private func label(_ value: String) -> String {
    let words = value.split(separator: "_").joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
}

extension SimulatedConsole {
    func row(ofThreat ordinal: Int) -> ThreatRow { ThreatRow(ordinal, threats, fleet, cast) }

    func threat(withID id: Int64) -> Int? {
        cast.numbering.ordinal(of: id, .threat).flatMap { (0..<threats.count).contains($0) ? $0 : nil }
    }
}
