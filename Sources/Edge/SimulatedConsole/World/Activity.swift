import Ports

/// One line of the console's own record: who did or noticed what, when.
struct Activity: Sendable {
    let ordinal: Int
    let kind: Kind
    let createdAt: Timestamp
    /// By ordinal; what it is about.
    var agent: Int?
    var threat: Int?
    var alert: Int?
    /// Where it belongs: the endpoint's group as it was then, or the one scope that it is about.
    var group: Int?
    var site: Int?
    var account: Int?
    var user: Person?
    /// What only this kind tells, beside what every one does.
    var data: [String: JSON] = [:]
}

/// Every activity by ordinal. Each threat of the history left one.
struct Activities: Sendable {
    let history: History
    private(set) var live: [Activity] = []
    private var ofThreat: [Int: [Int]] = [:]

    init(history: History) { self.history = history }

    var count: Int { history.count + live.count }

    subscript(ordinal: Int) -> Activity {
        if ordinal >= history.count { return live[ordinal - history.count] }
        let threat = history.threat(ordinal)
        return Activity(
            ordinal: ordinal, kind: history.activity(of: threat), createdAt: threat.createdAt, agent: threat.agent,
            threat: ordinal, group: history.cast.home(of: threat.agent))
    }

    /// The ordinals of what was noted about a threat, oldest first.
    func about(threat: Int) -> [Int] { (threat < history.count ? [threat] : []) + (ofThreat[threat] ?? []) }

    mutating func append(
        _ kind: Activity.Kind, at moment: Timestamp, agent: Int? = nil, threat: Int? = nil, alert: Int? = nil,
        group: Int? = nil, site: Int? = nil, account: Int? = nil, by user: Person? = nil, data: [String: JSON] = [:]
    ) {
        if let threat { ofThreat[threat, default: []].append(count) }
        live.append(
            Activity(
                ordinal: count, kind: kind, createdAt: moment, agent: agent, threat: threat, alert: alert,
                group: group, site: site, account: account, user: user, data: data))
    }
}

extension History {
    /// What the console notes when it first sees a threat.
    func activity(of threat: Threat) -> Activity.Kind { cast.noticing(threat) }
}

extension Cast {
    func noticing(_ threat: Threat) -> Activity.Kind {
        if threat.mitigations.contains(where: { $0.status == .success }) { return .mitigated }
        return threat.incident.detection(self).confidence == .malicious ? .notMitigated : .suspicious
    }
}
