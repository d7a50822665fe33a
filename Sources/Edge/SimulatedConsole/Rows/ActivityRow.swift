import Ports

/// An activity with what it is about: what lists filter and show.
struct ActivityRow: Sendable {
    let activity: Activity
    let agent: AgentRow?
    let threat: ThreatRow?
    let cast: Cast

    var id: Int64 { cast.numbering.id(.activity, activity.ordinal) }
    private var group: Int? { activity.group ?? agent?.agent.group }
    private var site: Int? { group.map { cast.groups[$0].site } ?? activity.site }
    private var account: Int? { site.map { cast.sites[$0].account } ?? activity.account }
    var groupScope: Scope? { group.map { cast.groups[$0].scope } }
    var siteScope: Scope? { site.map { cast.sites[$0].scope } }
    var accountScope: Scope? { account.map { cast.accounts[$0] } }

    /// As `GET /activities` shows it.
    func write(to out: inout JSONWriter) {
        out.object { out in
            writeBody(to: &out)
            out.text("activityUuid", Dice.uuid(of: id))
            out.text("accountName", accountScope?.name)
            out.text("siteName", siteScope?.name)
            out.text("groupName", groupScope?.name)
            out.null("description")
            out.text("comments", activity.kind == .loginFailed ? activity.data["reason"]?.string : nil)
        }
    }

    /// As a threat's timeline shows it: without the names of its scopes.
    func writeToTimeline(_ out: inout JSONWriter) { out.object { writeBody(to: &$0) } }

    /// What it is told with.
    var sentence: String { activity.kind.sentence(data) }

    private func writeBody(to out: inout JSONWriter) {
        let data = data
        out.id("id", id)
        out.number("activityType", activity.kind.rawValue)
        out.time("createdAt", activity.createdAt)
        // A few milliseconds before, as consoles show it.
        out.time("updatedAt", activity.createdAt - .milliseconds(3))
        out.id("accountId", accountScope?.id)
        out.id("siteId", siteScope?.id)
        out.id("groupId", groupScope?.id)
        out.id("agentId", agent?.id)
        out.id("threatId", threat?.id)
        out.id("userId", activity.user?.id)
        out.text("primaryDescription", activity.kind.sentence(data))
        out.text("secondaryDescription", secondary)
        out.null("hash", "agentUpdatedVersion")
        out.text("osFamily", activity.data["osFamily"]?.string)
        out.raw("data", JSON.object(data).bytes.array)
    }

    /// What the sentence does not say: the threat's path, or what was excluded or blocked.
    private var secondary: String? {
        threat?.detection.file.path ?? activity.data["value"]?.string ?? activity.data["fileContentHash"]?.string
    }

    /// What every activity tells, what those about an endpoint or a threat do, and what only this kind does.
    private var data: [String: JSON] {
        var data = place
        data["username"] = activity.user.map { .text($0.name) } ?? .null
        if let agent {
            data["computerName"] = .text(agent.name)
            data["uuid"] = .text(agent.uuid)
            data["externalIp"] = .text(agent.identity.externalAddress)
        }
        if let threat {
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
        }
        return data.merging(activity.data) { $1 }
    }

    private var place: [String: JSON] {
        let scopes = [("Group", groupScope), ("Site", siteScope), ("Account", accountScope)]
        let known = scopes.compactMap { level, scope in scope.map { (level: level, name: $0.name) } }
        var data: [String: JSON] = [
            "accountName": .text(accountScope?.name), "siteName": .text(siteScope?.name),
            "groupName": .text(groupScope?.name),
        ]
        data["scopeLevel"] = .text(known.first?.level ?? "Global")
        data["scopeName"] = .text(known.first?.name)
        let told = zip(known, ["", " in ", " of "]).map { scope, link in "\(link)\(scope.level) \(scope.name)" }
        data["fullScopeDetails"] = .text(told.isEmpty ? "Global" : told.joined())
        data["fullScopeDetailsPath"] = .text((["Global"] + known.reversed().map(\.name)).joined(separator: " / "))
        return data
    }
}

extension JSON {
    static func text(_ text: String?) -> JSON { text.map { .text($0) } ?? .null }
}

extension SimulatedConsole {
    func row(ofActivity ordinal: Int) -> ActivityRow {
        let activity = activities[ordinal]
        return ActivityRow(
            activity: activity, agent: activity.agent.map { row(ofAgent: $0) },
            threat: activity.threat.map { row(ofThreat: $0) }, cast: cast)
    }
}
