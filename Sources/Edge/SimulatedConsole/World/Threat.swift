import Ports

/// One detection: which part of which incident on which endpoint, and what people and policy made of it since. What it
/// looks like is made from the incident when asked for.
struct Threat: Sendable {
    let ordinal: Int
    let incident: Incident.Place
    let agent: Int
    let createdAt: Timestamp

    var updatedAt: Timestamp
    var analystVerdict = AnalystVerdict.undefined
    var incidentStatus = IncidentStatus.unresolved
    var mitigations: [Mitigation] = []
    /// Whether people wrote about it.
    var hasNotes = false
    /// Of another system, where people put one.
    var ticket: String?

    var mitigationStatus: MitigationStatus {
        if analystVerdict == .falsePositive, mitigations.isEmpty { return .markedAsBenign }
        return mitigations.contains { $0.status == .success } ? .mitigated : .notMitigated
    }
}

enum AnalystVerdict: String, Sendable, CaseIterable {
    case undefined, suspicious
    case truePositive = "true_positive"
    case falsePositive = "false_positive"
}

enum IncidentStatus: String, Sendable, CaseIterable {
    case unresolved, resolved
    case inProgress = "in_progress"
}

enum MitigationStatus: String, Sendable, CaseIterable {
    case mitigated
    case notMitigated = "not_mitigated"
    case markedAsBenign = "marked_as_benign"
}

/// What was tried against a threat, as `mitigationStatus[]` tells it.
struct Mitigation: Sendable {
    enum Action: String, Sendable, CaseIterable {
        case kill, remediate, rollback, quarantine, unquarantine
        case networkQuarantine = "network_quarantine"
        case removeMacros = "remove_macros"
        case restoreMacros = "restore_macros"
    }

    enum Status: String, Sendable, CaseIterable {
        case success, failed, pending, sent, partial
        case pendingReboot = "pending-reboot"
    }

    let action: Action
    var status: Status
    let startedAt: Timestamp
    var endedAt: Timestamp?
    let report: Int64
}

/// Every threat by ordinal: those of the history are made when asked for and cost only what people changed about them.
struct Threats: Sendable {
    let history: History
    private var changed: [Int: Threat] = [:]
    private var live: [Threat] = []
    /// Of the live ones, and of those of the history that changed: the others are in the order of their change.
    private(set) var recency = Recency()
    /// Another after every change.
    private(set) var revision = 0

    init(history: History) { self.history = history }

    var count: Int { history.count + live.count }

    subscript(ordinal: Int) -> Threat {
        get {
            if ordinal >= history.count { return live[ordinal - history.count] }
            return changed[ordinal] ?? history.threat(ordinal)
        }
        set {
            let before = updatedAt(of: ordinal)
            if ordinal >= history.count {
                live[ordinal - history.count] = newValue
            } else {
                changed[ordinal] = newValue
            }
            revision += 1
            if newValue.updatedAt != before { note(ordinal, at: newValue.updatedAt) }
        }
    }

    mutating func append(_ threat: Threat) {
        live.append(threat)
        revision += 1
        note(threat.ordinal, at: threat.updatedAt)
    }

    private mutating func note(_ ordinal: Int, at time: Timestamp) {
        recency.note(ordinal, at: time)
        guard recency.isLittered else { return }
        let now = self
        recency.sweep { now.updatedAt(of: $0.ordinal) == $0.time }
    }
}

extension Threats {
    // Without making the threat.

    func agent(of ordinal: Int) -> Int {
        ordinal >= history.count ? live[ordinal - history.count].agent : history.agent(of: ordinal)
    }

    func createdAt(of ordinal: Int) -> Timestamp {
        ordinal >= history.count ? live[ordinal - history.count].createdAt : history.createdAt(of: ordinal)
    }

    func updatedAt(of ordinal: Int) -> Timestamp {
        if ordinal >= history.count { return live[ordinal - history.count].updatedAt }
        if !changed.isEmpty, let threat = changed[ordinal] { return threat.updatedAt }
        return history.updatedAt(of: ordinal)
    }

    /// Those of the history that left their place in the order of change.
    var moved: Dictionary<Int, Threat>.Keys { changed.keys }

    /// As it is where nobody touched it since: with what it looks like, which is needed to make it.
    func untouched(_ ordinal: Int) -> (Threat, Detection)? {
        guard ordinal < history.count, changed.isEmpty || changed[ordinal] == nil else { return nil }
        return history.made(ordinal)
    }
}

/// What was detected before the simulation began: one incident each time the interval passed, on one endpoint.
struct History: Sendable {
    let count: Int
    let cast: Cast
    private let interval: Int64
    private let agents: Int
    /// From a detection to the last thing that happened about it: the same for all, so that the order of creation is
    /// the order of change.
    private static let settling = Duration.milliseconds(1_640)

    init(_ settings: SimulatedConsoleSettings, _ cast: Cast) {
        count = settings.agents > 0 ? settings.history : 0
        self.cast = cast
        interval = max(settings.historyInterval.wholeMicroseconds, 1)
        agents = settings.agents
    }

    /// Moments shared by several make ties from the first page on.
    func createdAt(of ordinal: Int) -> Timestamp {
        cast.start - .seconds(60) - .microseconds(interval * Int64((count - ordinal) / 3 * 3))
    }

    func updatedAt(of ordinal: Int) -> Timestamp { createdAt(of: ordinal) + Self.settling }

    func agent(of ordinal: Int) -> Int {
        var dice = Dice(cast.seed, 2_000_000_000 + ordinal)
        return dice.below(agents)
    }

    func threat(_ ordinal: Int) -> Threat { made(ordinal).0 }

    func made(_ ordinal: Int) -> (Threat, Detection) {
        var dice = Dice(cast.seed, 2_000_000_000 + ordinal)
        let moment = createdAt(of: ordinal)
        let agent = dice.below(agents)
        let incident = Incident.Place(
            incident: Incident(kind: .drawn(&dice), seed: dice.roll(), startedAt: moment, agents: [agent]), part: 0)
        var threat = Threat(
            ordinal: ordinal, incident: incident, agent: agent, createdAt: moment, updatedAt: moment + Self.settling)
        let detection = incident.detection(cast)
        threat.mitigations = detection.policy(at: moment, cast.numbering, ordinal)
        // Most of what is old has been looked at.
        switch dice.below(10) {
        case 0...5: (threat.analystVerdict, threat.incidentStatus) = (.truePositive, .resolved)
        case 6...7: (threat.analystVerdict, threat.incidentStatus) = (.falsePositive, .resolved)
        case 8: threat.incidentStatus = .inProgress
        default: break
        }
        return (threat, detection)
    }
}
