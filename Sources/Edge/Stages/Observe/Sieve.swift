package import JSONView
package import SentinelOne

/// That a record is not published, and why. It is counted under its reason, never left out in silence.
package struct Hiding: Hashable, Sendable {
    /// The raw text is a metric's label and stands in logs.
    package enum Reason: String, Sendable, CaseIterable {
        case site, group, classification, confidence, severity, name, rule, tag
        case incidentStatus = "incident-status"
        case analystVerdict = "analyst-verdict"
        case machineType = "machine-type"
        case activityType = "activity-type"
        /// An endpoint that was never published, where new ones are not taken up.
        case notOnboarded = "not-onboarded"
        /// An endpoint that was published, where those are not kept up to date.
        case notUpdated = "not-updated"
    }

    package let reason: Reason
    /// Whether this record will be hidden for ever: the reason lies in what cannot change about it.
    package let isLasting: Bool

    package init(reason: Reason, isLasting: Bool) {
        self.reason = reason
        self.isLasting = isLasting
    }

    static func lasting(_ reason: Reason) -> Hiding { Hiding(reason: reason, isLasting: true) }
    static func forNow(_ reason: Reason) -> Hiding { Hiding(reason: reason, isLasting: false) }
}

/// Decides which records of a console are published, by the rows as they came, before anything is redacted. Three rules:
///
/// - *What was published once is never hidden again*: whoever saw a threat must see its all-clear. The one exception is
///   the scope (`SieveSettings.sites`): a record that left it is not ours to show any more.
/// - *A filter hides what it can judge.* A row that does not say what a filter asks for, or says it in a word that nobody
///   knows, passes. The exception is again the scope, which the console is asked for: what does not say its site is not
///   in it.
/// - *The console is asked for no less than passes here*: see `question(for:)`.
///
/// Nothing is read of a row that no filter asks for.
package struct Sieve: Sendable {
    package let settings: SieveSettings
    private let scope: Set<String>
    private let classifications: Set<String>
    private let exceptClassifications: Set<String>

    package init(_ settings: SieveSettings = SieveSettings()) {
        self.settings = settings
        scope = Set(settings.sites.map(\.digits))
        classifications = Set(settings.threats.classifications.map { Classification.plain($0) })
        exceptClassifications = Set(settings.threats.exceptClassifications.map { Classification.plain($0) })
    }

    /// nil: it is published. `isKnown`: some version of this record was.
    package func hides(_ row: JSONView, of stream: VendorStream, isKnown: Bool) -> Hiding? {
        switch stream {
        case .threats: hides(threat: row, isKnown: isKnown)
        case .alerts: hides(alert: row, isKnown: isKnown)
        case .activities: hides(activity: row, isKnown: isKnown)
        case .agents: hides(agent: row, isKnown: isKnown)
        case .groups: isOutside(row["siteId"].saidID) ? .lasting(.site) : nil
        case .sites: isOutside(row["id"].saidID) ? .lasting(.site) : nil
        case .accounts, .rules, .tags, .roles, .timeline, .notes, .events: nil
        }
    }

    private func isOutside(_ site: @autoclosure () -> String?) -> Bool {
        !scope.isEmpty && !(site().map(scope.contains) ?? false)
    }

    private func hides(threat row: JSONView, isKnown: Bool) -> Hiding? {
        let (filter, info) = (settings.threats, row["threatInfo"])
        let (now, then) = (row["agentRealtimeInfo"], row["agentDetectionInfo"])
        func told(_ name: String) -> JSONView { now[name].ifPresent ?? then[name].ifPresent ?? row[name] }
        // Endpoints move, and their threats with them.
        if isOutside(told("siteId").saidID) { return .forNow(.site) }
        if isKnown { return nil }
        if !classifications.isEmpty || !exceptClassifications.isEmpty,
            let classification = info["classification"].said.map({ Classification.plain($0) })
        {
            let isWanted = classifications.isEmpty || classifications.contains(classification)
            if !isWanted || exceptClassifications.contains(classification) { return .lasting(.classification) }
        }
        if !filter.names.admit(info["threatName"].said) { return .lasting(.name) }
        if !filter.sites.admit(id: told("siteId").saidID, name: told("siteName").said) { return .forNow(.site) }
        if !filter.groups.admit(id: told("groupId").saidID, name: told("groupName").said) { return .forNow(.group) }
        if !admit(info["confidenceLevel"], to: filter.confidence) { return .forNow(.confidence) }
        if !admit(info["incidentStatus"], to: filter.incidentStatuses) { return .forNow(.incidentStatus) }
        if !admit(info["analystVerdict"], to: filter.analystVerdicts) { return .forNow(.analystVerdict) }
        return nil
    }

    private func hides(alert row: JSONView, isKnown: Bool) -> Hiding? {
        let (filter, info, rule) = (settings.alerts, row["alertInfo"], row["ruleInfo"])
        // The one in which it was raised.
        let site = row["agentDetectionInfo"]["siteId"].ifPresent ?? row["agentRealtimeInfo"]["siteId"]
        if isOutside(site.saidID) { return .lasting(.site) }
        if isKnown { return nil }
        if !filter.rules.admit(rule["name"].said) { return .lasting(.rule) }
        if !admit(rule["severity"], to: filter.severities) { return .forNow(.severity) }
        if !admit(info["incidentStatus"], to: filter.incidentStatuses) { return .forNow(.incidentStatus) }
        if !admit(info["analystVerdict"], to: filter.analystVerdicts) { return .forNow(.analystVerdict) }
        return nil
    }

    private func hides(activity row: JSONView, isKnown: Bool) -> Hiding? {
        let filter = settings.activities
        if isOutside(row["siteId"].saidID) { return .lasting(.site) }
        if isKnown { return nil }
        if let type = row["activityType"].saidInteger {
            let isWanted = filter.types.isEmpty || filter.types.contains(type)
            if !isWanted || filter.exceptTypes.contains(type) { return .lasting(.activityType) }
        }
        if !filter.sites.admit(id: row["siteId"].saidID, name: row["siteName"].said) { return .lasting(.site) }
        if !filter.groups.admit(id: row["groupId"].saidID, name: row["groupName"].said) { return .lasting(.group) }
        return nil
    }

    private func hides(agent row: JSONView, isKnown: Bool) -> Hiding? {
        let filter = settings.agents
        if isOutside(row["siteId"].saidID) { return .forNow(.site) }
        if isKnown { return settings.inventory.update ? nil : .forNow(.notUpdated) }
        if !settings.inventory.onboard { return .forNow(.notOnboarded) }
        if !filter.sites.admit(id: row["siteId"].saidID, name: row["siteName"].said) { return .forNow(.site) }
        if !filter.groups.admit(id: row["groupId"].saidID, name: row["groupName"].said) { return .forNow(.group) }
        if !admit(row["machineType"], to: filter.machineTypes) { return .forNow(.machineType) }
        if !filter.tags.isEmpty && !carries(oneOf: filter.tags, row["tags"]) { return .forNow(.tag) }
        return nil
    }

    /// Consoles write one word as `In progress`, `in_progress` and `IN_PROGRESS`.
    private func admit<Known: VendorWord>(_ view: JSONView, to wanted: Set<Known>) -> Bool {
        guard !wanted.isEmpty, let word = view.said.flatMap({ Known(spelled: $0) }) else { return true }
        return wanted.contains(word)
    }

    /// Tags come in lists, by whoever gave them.
    private func carries(oneOf wanted: [AgentFilter.Tag], _ tags: JSONView) -> Bool {
        guard let lists = try? tags.ifPresent?.members else { return false }
        for (_, list) in lists {
            for tag in (try? list.ifPresent?.elements).map({ Array($0) }) ?? [] {
                let (key, value) = (tag["key"].said, tag["value"].said)
                if wanted.contains(where: { $0.key == key && ($0.value == nil || $0.value == value) }) { return true }
            }
        }
        return false
    }
}

// What cannot be read was not said.
extension JSONView {
    /// Text with something in it.
    fileprivate var said: String? { (try? ifPresent?.text).flatMap { $0.isEmpty ? nil : $0 } }
    fileprivate var saidID: String? { try? ifPresent?.id }
    fileprivate var saidInteger: Int? { (try? ifPresent?.integer) ?? said.flatMap { Int($0) } }
}
