import Ports

/// An event with its endpoint as that is now: what lists filter and show.
struct EventRow: Sendable {
    let event: Telemetry.Event
    let agent: AgentRow

    var process: Scene.Process { event.process.seen }
    var name: Scene.What.Name { event.what.name }

    /// As `GET /threats/{threat_id}/explore/events` shows it.
    func writeExplored(to out: inout JSONWriter) {
        out.object { out in
            writeCommon(to: &out)
            out.text("eventType", name.code)
            out.flag("relatedToThreat", event.process.isRelated)
            out.flag("hasActiveContent", false)
            out.null("activeContentHash", "activeContentPath", "activeContentFileId", "registryClassification")
            out.text("protocol", port == nil ? nil : "tcp")
        }
    }

    /// As Deep Visibility shows it.
    func writeQueried(to out: inout JSONWriter) {
        out.object { out in
            writeCommon(to: &out)
            out.text("eventType", name.title)
            out.text("relatedToThreat", event.process.isRelated ? "True" : "False")
            out.time("parentProcessStartTime", event.parent?.startedAt)
            out.null("forensicUrl", "srcProcDownloadToken")
            out.flag("isAgentVersionFullySupportedForPg", false)
            out.text("isAgentVersionFullySupportedForPgMessage", "")
        }
    }

    private func writeCommon(to out: inout JSONWriter) {
        out.text("id", String(event.id))
        out.time("createdAt", event.at)
        out.text("objectType", name.object)
        out.text("trueContext", event.storyline)
        out.text("storyline", event.storyline)
        out.text("threatStatus", nil)
        writeAgent(to: &out)
        writeProcess(to: &out)
        writeParent(to: &out)
        writeFile(to: &out)
        writeNetwork(to: &out)
        writeRest(to: &out)
    }
}

extension EventRow {
    private func writeAgent(to out: inout JSONWriter) {
        let identity = agent.identity
        out.id("agentId", agent.id)
        out.text("agentUuid", agent.uuid)
        out.text("agentName", agent.name)
        out.text("agentIp", identity.address)
        out.text("agentDomain", identity.domain)
        out.id("agentGroupId", agent.group.id)
        out.text("agentOs", identity.platform.type)
        out.text("agentVersion", identity.agentVersion)
        out.text("agentMachineType", identity.machineType)
        out.text("agentNetworkStatus", agent.agent.networkStatus.rawValue)
        out.flag("agentInfected", agent.agent.activeThreats > 0)
        out.flag("agentIsActive", agent.agent.isActive)
        out.flag("agentIsDecommissioned", agent.agent.isDecommissioned)
        out.id("siteId", agent.site.id)
        out.text("siteName", agent.site.name)
        out.text("user", process.user)
    }

    private func writeProcess(to out: inout JSONWriter) {
        out.text("processName", process.image.name)
        out.text("processDisplayName", process.image.name)
        out.text("processCmd", process.commandLine)
        out.text("processImagePath", process.image.path)
        out.text("processImageSha1Hash", process.image.sha1)
        out.time("processStartTime", event.process.startedAt)
        out.text("processUniqueKey", process.key)
        out.text("processGroupId", event.storyline)
        out.text("processIntegrityLevel", process.integrity)
        out.text("processUserName", process.user)
        out.text("processSessionId", process.integrity == "system" ? "0" : "1")
        out.text("processSubSystem", agent.identity.isWindows ? "sys_win32" : "unknown")
        out.text("processRoot", process.parent == nil ? "True" : "False")
        out.text("processIsWow64", "False")
        out.text("processIsRedirectedCommandProcessor", "False")
        out.flag("processIsMalicious", process.isCulprit)
        out.text("pid", String(process.pid))
        out.null("tid", "rpid", "signatureSignedInvalidReason")
        out.text("publisher", process.image.publisher)
        out.text("signedStatus", process.image.isSigned ? "signed" : "unsigned")
        out.text("verifiedStatus", process.image.isSigned ? "verified" : nil)
    }

    private func writeParent(to out: inout JSONWriter) {
        let parent = event.parent?.seen
        out.text("parentPid", parent.map { String($0.pid) })
        out.text("parentProcessName", parent?.image.name)
        out.text("parentProcessUniqueKey", parent?.key)
        out.text("parentProcessGroupId", parent.map { _ in event.storyline })
        out.flag("parentProcessIsMalicious", parent?.isCulprit ?? false)
    }

    private func writeFile(to out: inout JSONWriter) {
        // A new process is an event about its image.
        let file = event.what.file ?? (name.code == "PROCESSCREATION" ? process.image : nil)
        var old: String?
        if case .renamed(_, let from) = event.what { old = from }
        out.text("fileFullName", file?.path)
        out.text("fileId", file.map { $0.sha1.prefix(16).uppercased() })
        out.text("fileMd5", file?.md5)
        out.text("fileSha1", file?.sha1)
        out.text("fileSha256", file?.sha256)
        out.text("fileSize", file.map { String($0.size) })
        out.text("fileType", file == nil ? nil : "UNKNOWN")
        out.text("oldFileName", old)
        out.text("oldFileSha1", old.flatMap { _ in file?.sha1 })
        out.text("oldFileSha256", old.flatMap { _ in file?.sha256 })
        out.text("oldFileMd5", old.flatMap { _ in file?.md5 })
        out.text("md5", file?.md5)
        out.text("sha1", file?.sha1)
        out.text("sha256", file?.sha256)
    }
}

extension EventRow {
    private var port: Int? {
        switch event.what {
        case .connected(_, let port, _), .listened(let port): port
        case .began, .ended, .wrote, .changed, .removed, .renamed, .loaded, .resolved, .fetched, .registry,
            .scheduled, .loggedIn, .noticed:
            nil
        }
    }

    /// From, to, and which way; nil where nothing was connected.
    var ends: (from: String, fromPort: Int, to: String, toPort: Int, incoming: Bool)? {
        guard case .connected(let address, let port, let incoming) = event.what else { return nil }
        let high = 49_152 + Int(event.id % 10_000)
        return incoming
            ? (address, high, agent.identity.address, port, true) : (agent.identity.address, high, address, port, false)
    }

    private func writeNetwork(to out: inout JSONWriter) {
        let ends = ends
        out.text("srcIp", ends?.from)
        number("srcPort", ends?.fromPort, &out)
        out.text("dstIp", ends?.to)
        number("dstPort", port, &out)
        out.text("direction", port.map { _ in ends?.incoming == false ? "OUTGOING" : "INCOMING" })
        out.text("connectionStatus", ends == nil ? nil : "SUCCESS")
        out.null("networkSource")
        var (url, request, response): (String?, String?, String?)
        if case .fetched(let address) = event.what { url = address }
        if case .resolved(let name, let answer) = event.what { (request, response) = (name, "type: 1 \(answer);") }
        out.text("networkUrl", url)
        out.text("networkMethod", url == nil ? nil : "GET")
        out.text("dnsRequest", request)
        out.text("dnsResponse", response)
    }

    private func number(_ name: StaticString, _ value: Int?, _ out: inout JSONWriter) {
        if let value { out.number(name, value) } else { out.null(name) }
    }

    private func writeRest(to out: inout JSONWriter) {
        var registry: String?
        if case .registry(let key, let value, _) = event.what { registry = key + #"\"# + value }
        out.text("registryPath", registry)
        out.text("registryId", registry.map { _ in String(event.id % 1_000_000) })
        var (task, folder): (String?, String?)
        if case .scheduled(let name, let path) = event.what { (task, folder) = (name, path) }
        out.text("taskName", task)
        out.text("taskPath", folder)
        var (user, type): (String?, String?)
        if case .loggedIn(let name, let kind, _) = event.what { (user, type) = (name, kind) }
        out.text("loginsUserName", user)
        out.text("loginsBaseType", type)
        var indicator: Detection.Indicator?
        if case .noticed(let noticed) = event.what { indicator = noticed }
        out.text("indicatorName", indicator?.technique)
        out.text("indicatorCategory", indicator?.category)
        out.text("indicatorDescription", indicator?.description)
        out.text("indicatorMetadata", indicator.map { "tactic: \($0.tactic)" })
    }
}
