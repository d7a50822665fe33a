import Ports

/// One line of the console's own record: who did or noticed what, when.
struct Activity: Sendable {
    enum Kind: Int, Sendable, CaseIterable {
        case mitigated = 18
        case notMitigated = 19
        case decommissioned = 47
        case userDisconnected = 61
        case userReconnected = 62
        case disconnected = 1001
        case reconnected = 1002
        case statusChanged = 2028
        case verdictChanged = 2030
        case suspicious = 4003
    }

    let ordinal: Int
    let kind: Kind
    let createdAt: Timestamp
    /// By ordinal; what it is about.
    var agent: Int?
    var threat: Int?
    /// Where it belongs when it is about no endpoint.
    var group: Int?
    var user: Person?
    /// What only this kind tells, beside what every one does.
    var data: [String: JSON] = [:]
}

/// Every activity by ordinal. Each threat of the history left one.
struct Activities: Sendable {
    let history: History
    private(set) var live: [Activity] = []

    init(history: History) { self.history = history }

    var count: Int { history.count + live.count }

    subscript(ordinal: Int) -> Activity {
        if ordinal >= history.count { return live[ordinal - history.count] }
        let threat = history.threat(ordinal)
        return Activity(
            ordinal: ordinal, kind: history.activity(of: threat), createdAt: threat.createdAt, agent: threat.agent,
            threat: ordinal)
    }

    mutating func append(
        _ kind: Activity.Kind, at moment: Timestamp, agent: Int? = nil, threat: Int? = nil, group: Int? = nil,
        by user: Person? = nil, data: [String: JSON] = [:]
    ) {
        live.append(
            Activity(
                ordinal: count, kind: kind, createdAt: moment, agent: agent, threat: threat, group: group, user: user,
                data: data))
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
