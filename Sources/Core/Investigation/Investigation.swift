package import Ports

/// One case: a value rebuilt by folding its own events, that answers commands with new events.
///
/// `decide` is idempotent: what was answered before yields no events. `apply` is total: an event has happened.
package struct Investigation: Equatable, Sendable {
    package enum Status: String, Sendable { case unopened, open, closed }

    package private(set) var status = Status.unopened
    /// Raised each time the case is opened again, so that its actions get new names.
    package private(set) var generation = 0
    package private(set) var openedAt = Timestamp.zero
    package private(set) var endpoint: EndpointFacts?
    package private(set) var threats: [String: ThreatFacts] = [:]
    package private(set) var evidence: [Evidence] = []
    package private(set) var verdict: Verdict?
    package private(set) var actions: [String: String] = [:]
    package private(set) var closedBecause: String?

    package init() {}

    package enum Command: Equatable, Sendable {
        /// One version of a threat, from the event of this id.
        case observe(ThreatFacts, endpoint: EndpointFacts?, event: String, at: Timestamp)
        case noteAction(String, state: String)
    }

    package enum Event: Equatable, Sendable {
        case opened(generation: Int, at: Timestamp, because: String)
        case endpointJoined(EndpointFacts)
        case threatObserved(ThreatFacts, event: String)
        case evidenceAdded(Evidence)
        /// What an earlier version of the same threat said no longer holds.
        case evidenceWithdrawn(kind: String, threat: String)
        case verdictReached(Verdict, because: [String])
        case actionNoted(String, state: String)
        case closed(because: String)
    }

    package func decide(_ command: Command) -> [Event] {
        switch command {
        case .observe(let threat, let endpoint, let event, let at):
            observe(threat, endpoint: endpoint, event: event, at: at)
        case .noteAction(let action, let state):
            status == .unopened || actions[action] == state ? [] : [.actionNoted(action, state: state)]
        }
    }

    private func observe(
        _ threat: ThreatFacts, endpoint: EndpointFacts?, event: String, at: Timestamp
    ) -> [Event] {
        if threats[threat.id] == threat && (endpoint == nil || endpoint == self.endpoint) { return [] }
        var after = self
        var events: [Event] = []
        func happened(_ event: Event) {
            events.append(event)
            after.apply(event)
        }
        let settled = Self.isSettled(threat)
        if status == .unopened || (status == .closed && !settled) {
            happened(.opened(generation: generation + 1, at: at, because: event))
        }
        if let endpoint, endpoint != after.endpoint { happened(.endpointJoined(endpoint)) }
        if threats[threat.id] != threat { happened(.threatObserved(threat, event: event)) }
        for change in after.evidenceChanges(for: threat, event: event) { happened(change) }
        // Closed first: what was ended at the console must never be seen as an open case with an attack's verdict.
        if after.status == .open, let reason = after.reasonToClose { happened(.closed(because: reason)) }
        let (verdict, because) = Assessment.verdict(on: after.evidence, of: after.threats.keys.sorted())
        if verdict != after.verdict { happened(.verdictReached(verdict, because: because.map(\.sentence))) }
        return events
    }

    private func evidenceChanges(for threat: ThreatFacts, event: String) -> [Event] {
        let found = Assessment.evidence(in: threat, event: event)
        let known = evidence.filter { $0.threat == threat.id }
        let gone = known.filter { old in !found.contains { $0.kind == old.kind } }
        let new = found.filter { one in !known.contains { $0.kind == one.kind && $0.weight == one.weight } }
        return gone.map { .evidenceWithdrawn(kind: $0.kind, threat: $0.threat) } + new.map { .evidenceAdded($0) }
    }

    /// A case ends when every one of its threats was ended at SentinelOne.
    private var reasonToClose: String? {
        guard !threats.isEmpty, threats.values.allSatisfy(Self.isSettled) else { return nil }
        let falsePositive = threats.values.allSatisfy { $0.analystVerdict == "false_positive" }
        return falsePositive ? "false positive at SentinelOne" : "resolved at SentinelOne"
    }

    private static func isSettled(_ threat: ThreatFacts) -> Bool {
        threat.incidentStatus == "resolved" || threat.analystVerdict == "false_positive"
    }

    package mutating func apply(_ event: Event) {
        switch event {
        case .opened(let generation, let at, _):
            status = .open
            self.generation = generation
            openedAt = at
            closedBecause = nil
            verdict = nil  // an old generation's verdict must not plan for the new one
        case .endpointJoined(let endpoint): self.endpoint = endpoint
        case .threatObserved(let threat, _): threats[threat.id] = threat
        case .evidenceAdded(let one):
            evidence.removeAll { $0.kind == one.kind && $0.threat == one.threat }
            evidence.append(one)
        case .evidenceWithdrawn(let kind, let threat):
            evidence.removeAll { $0.kind == kind && $0.threat == threat }
        case .verdictReached(let verdict, _): self.verdict = verdict
        case .actionNoted(let action, let state): actions[action] = state
        case .closed(let reason):
            status = .closed
            closedBecause = reason
        }
    }
}
