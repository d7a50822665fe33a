import Ports

/// An activity with what it is about: what lists filter and show.
struct ActivityRow: Sendable {
    let activity: Activity
    let agent: AgentRow?
    let threat: ThreatRow?
    let cast: Cast

    var id: Int64 { cast.numbering.id(.activity, activity.ordinal) }
    private var group: Int? { agent?.agent.group ?? activity.group }
    var groupScope: Scope? { group.map { cast.groups[$0].scope } }
    var siteScope: Scope? { group.map { cast.site(ofGroup: $0).scope } }
    var accountScope: Scope? { group.map { cast.account(ofGroup: $0) } }

    /// As `GET /activities` shows it.
    func write(to out: inout JSONWriter) {
        out.object { out in
            out.id("id", id)
            out.number("activityType", activity.kind.rawValue)
            out.text("activityUuid", Dice.uuid(of: id))
            out.time("createdAt", activity.createdAt)
            // A few milliseconds before, as consoles show it.
            out.time("updatedAt", activity.createdAt - .milliseconds(3))
            out.id("accountId", accountScope?.id)
            out.text("accountName", accountScope?.name)
            out.id("siteId", siteScope?.id)
            out.text("siteName", siteScope?.name)
            out.id("groupId", groupScope?.id)
            out.text("groupName", groupScope?.name)
            out.id("agentId", agent?.id)
            out.id("threatId", threat?.id)
            out.id("userId", activity.user?.id)
            out.text("primaryDescription", text)
            out.text("secondaryDescription", threat?.detection.file.path)
            out.null("description", "comments", "hash", "osFamily", "agentUpdatedVersion")
            out.raw("data", JSON.object(data).bytes.array)
        }
    }

    private var text: String {
        let who = activity.user?.name ?? "The policy"
        let file = threat?.detection.file.name ?? "a file"
        let host = agent?.name ?? "an endpoint"
        return switch activity.kind {
        case .mitigated: "\(file) was detected on \(host) and mitigated."
        case .notMitigated: "\(file) was detected on \(host) and is not mitigated."
        case .suspicious: "\(file) was found suspicious on \(host)."
        case .userDisconnected: "\(who) disconnected \(host) from the network."
        case .userReconnected: "\(who) reconnected \(host) to the network."
        case .disconnected: "\(host) is disconnected from the network."
        case .reconnected: "\(host) is connected to the network again."
        case .decommissioned: "\(who) decommissioned \(host)."
        case .statusChanged: "\(who) changed the incident status of \(file) on \(host)."
        case .verdictChanged: "\(who) changed the analyst verdict of \(file) on \(host)."
        }
    }

    private var data: [String: JSON] {
        var data = activity.data
        data["username"] = activity.user.map { .text($0.name) } ?? .null
        if let group, let groupScope, let siteScope, let accountScope {
            data["accountName"] = .text(accountScope.name)
            data["siteName"] = .text(siteScope.name)
            data["groupName"] = .text(cast.groups[group].scope.name)
            data["scopeLevel"] = "Group"
            data["scopeName"] = .text(groupScope.name)
            data["fullScopeDetails"] = .text(
                "Group \(groupScope.name) in Site \(siteScope.name) of Account \(accountScope.name)")
            data["fullScopeDetailsPath"] = .text(
                "Global / \(accountScope.name) / \(siteScope.name) / \(groupScope.name)")
        }
        if let agent {
            data["computerName"] = .text(agent.name)
            data["uuid"] = .text(agent.uuid)
        }
        guard let threat else { return data }
        let detection = threat.detection
        data["confidenceLevel"] = .text(detection.confidence.rawValue)
        data["fileDisplayName"] = .text(detection.file.name)
        data["filePath"] = .text(detection.file.path)
        data["fileContentHash"] = .text(detection.file.sha1)
        data["threatClassification"] = .text(detection.classification)
        data["threatClassificationSource"] = detection.classificationSource.map { .text($0) } ?? .null
        data["escapedMaliciousProcessArguments"] = detection.arguments.map { .text($0) } ?? .null
        data["globalStatus"] = .text(activity.kind == .mitigated ? "success" : "none")
        data["downloadUrl"] = .null
        return data
    }
}

extension SimulatedConsole {
    func row(ofActivity ordinal: Int) -> ActivityRow {
        let activity = activities[ordinal]
        return ActivityRow(
            activity: activity, agent: activity.agent.map { row(ofAgent: $0) },
            threat: activity.threat.map { row(ofThreat: $0) }, cast: cast)
    }
}
