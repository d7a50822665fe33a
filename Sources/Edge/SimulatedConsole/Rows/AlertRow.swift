import Ports

/// An alert with its endpoint, its rule and what it saw: what lists filter and show.
struct AlertRow: Sendable {
    let alert: Alert
    let agent: AgentRow
    let rule: Rule
    let facts: AlertFacts

    init(_ alert: Alert, _ agent: AgentRow) {
        self.alert = alert
        self.agent = agent
        rule = Rule.all[alert.rule % Rule.all.count]
        facts = alert.facts(on: agent.identity)
    }

    var id: Int64 { agent.cast.numbering.id(.alert, alert.ordinal) }
    var ruleID: Int64 { agent.cast.numbering.id(.rule, rule.ordinal) }
    /// As alerts show them; as they are asked for they are all capitals.
    var verdict: String { Self.title(alert.analystVerdict.rawValue) }
    var status: String { Self.title(alert.incidentStatus.rawValue) }
    var hitType: String { rule.queryType == "processes" ? "Processes" : "Events" }
    var scopeLevel: String { rule.scopeLevel.rawValue }

    /// As `GET /cloud-detection/alerts` shows it.
    func write(to out: inout JSONWriter) {
        out.object { out in
            out.object("alertInfo") { out in
                writeState(to: &out)
                writeEvent(to: &out)
            }
            out.object("ruleInfo", writeRule)
            out.object("agentDetectionInfo", writeDetectionInfo)
            out.object("agentRealtimeInfo", writeRealtimeInfo)
            out.object("sourceProcessInfo") { write(facts.source, to: &$0) }
            out.object("sourceParentProcessInfo") { write(facts.parent, to: &$0) }
            out.object("targetProcessInfo", writeTarget)
            writeHosting(to: &out)
        }
    }

    /// `in_progress` as alerts have it: `In progress`.
    static func title(_ value: String) -> String {
        let words = value.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension AlertRow {
    private func writeState(to out: inout JSONWriter) {
        out.id("alertId", id)
        out.text("analystVerdict", verdict)
        out.text("incidentStatus", status)
        out.time("createdAt", alert.createdAt)
        out.time("reportedAt", alert.reportedAt)
        out.time("updatedAt", alert.updatedAt)
        out.text("source", "STAR")
        out.text("hitType", hitType)
        out.text("eventType", facts.eventType)
        out.text("dvEventId", facts.eventID)
        out.flag("isEdr", true)
    }

    /// What only some kinds of event bring is null in the others.
    private func writeEvent(to out: inout JSONWriter) {
        let names: [StaticString] = [
            "dnsRequest", "dnsResponse", "dstIp", "dstPort", "indicatorCategory", "indicatorDescription",
            "indicatorName", "loginAccountDomain", "loginAccountSid", "loginIsAdministratorEquivalent",
            "loginIsSuccessful", "loginType", "loginsUserName", "modulePath", "moduleSha1", "netEventDirection",
            "registryKeyPath", "registryOldValue", "registryOldValueType", "registryPath", "registryValue", "srcIp",
            "srcMachineIp", "srcPort", "tiIndicatorComparisonMethod", "tiIndicatorSource", "tiIndicatorType",
            "tiIndicatorValue",
        ]
        for name in names { out.text(name, facts.info[name.description]) }
    }

    private func writeRule(to out: inout JSONWriter) {
        out.id("id", ruleID)
        out.text("name", rule.name)
        out.text("description", rule.description)
        out.text("severity", rule.severity.rawValue)
        out.text("scopeLevel", scopeLevel)
        out.text("treatAsThreat", rule.treatAsThreat)
        out.text("queryType", rule.queryType)
        out.text("queryLang", "1.0")
        out.text("s1ql", rule.query)
    }

    private func writeDetectionInfo(to out: inout JSONWriter) {
        let identity = agent.identity
        out.id("accountId", agent.account.id)
        out.id("siteId", agent.site.id)
        out.text("uuid", agent.uuid)
        out.text("name", agent.name)
        out.text("machineType", identity.machineType)
        out.text("osFamily", identity.platform.type)
        out.text("osName", identity.platform.name)
        out.text("osRevision", identity.platform.revision)
        out.text("version", identity.agentVersion)
    }

    private func writeRealtimeInfo(to out: inout JSONWriter) {
        out.id("id", agent.id)
        out.text("uuid", agent.uuid)
        out.text("name", agent.name)
        out.text("os", agent.identity.platform.type)
        out.text("machineType", agent.identity.machineType)
        out.flag("isActive", agent.agent.isActive)
        out.flag("isDecommissioned", agent.agent.isDecommissioned)
        out.flag("infected", agent.isInfected)
    }

    private func write(_ process: AlertFacts.Process, to out: inout JSONWriter) {
        out.text("name", process.name)
        out.text("pid", String(process.pid))
        out.time("pidStarttime", process.startedAt)
        out.text("commandline", process.commandLine)
        out.text("filePath", process.path)
        out.text("fileHashMd5", process.md5)
        out.text("fileHashSha1", process.sha1)
        out.text("fileHashSha256", process.sha256)
        out.text("fileSignerIdentity", process.signer)
        out.text("integrityLevel", process.integrity)
        out.text("subsystem", agent.identity.isWindows ? "sys_win32" : "unknown")
        out.text("storyline", process.storyline)
        out.text("uniqueId", process.uniqueID)
        out.text("user", process.user)
        out.null("effectiveUser", "loginUser", "realUser")
    }

    private func writeTarget(to out: inout JSONWriter) {
        let target = facts.target
        // What a console does not know the time of happened in 1970.
        out.text("tgtFileCreatedAt", "1970-01-01T00:00:00Z")
        out.text("tgtFileModifiedAt", "1970-01-01T00:00:00Z")
        out.text("tgtFileHashSha1", facts.targetFileSHA1)
        out.null("tgtFileHashSha256", "tgtFileId", "tgtFileOldPath")
        out.text("tgtFileIsSigned", facts.targetFile == nil ? nil : "unsigned")
        out.text("tgtFilePath", facts.targetFile)
        out.text("tgtProcName", target?.name)
        out.text("tgtProcPid", target.map { String($0.pid) })
        out.text("tgtProcUid", target?.uniqueID)
        out.text("tgtProcImagePath", target?.path)
        out.text("tgtProcCmdLine", target?.commandLine)
        out.text("tgtProcStorylineId", target?.storyline)
        out.text("tgtProcIntegrityLevel", target?.integrity ?? "unknown")
        out.text("tgtProcSignedStatus", target.map { $0.signer == nil ? "unsigned" : "signed" })
        out.text("tgtProcessStartTime", target?.startedAt.description ?? "1970-01-01T00:00:00Z")
    }

    private func writeHosting(to out: inout JSONWriter) {
        let (container, cluster) = (agent.identity.container, agent.identity.cluster)
        out.object("containerInfo") { out in
            out.text("id", container?.id)
            out.text("image", container?.image)
            out.text("labels", container?.labels.joined(separator: ","))
            out.text("name", container?.name)
        }
        out.object("kubernetesInfo") { out in
            out.text("cluster", cluster?.name)
            out.text("controllerKind", cluster?.controllerKind)
            out.text("controllerLabels", cluster?.controllerLabels.joined(separator: ","))
            out.text("controllerName", cluster?.controller)
            out.text("namespace", cluster?.namespace)
            out.text("namespaceLabels", cluster?.namespaceLabels.joined(separator: ","))
            out.text("node", cluster?.node)
            out.text("pod", cluster?.pod)
            out.text("podLabels", cluster?.podLabels.joined(separator: ","))
        }
    }
}
