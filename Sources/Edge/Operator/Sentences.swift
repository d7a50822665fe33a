import ActionLedger
import Investigation

// What happened, in the words of people.
extension Investigation.Event {
    var sentence: String {
        switch self {
        case .opened(let generation, _, let because):
            generation == 1
                ? "opened because of \(because)" : "reopened (generation \(generation)) because of \(because)"
        case .endpointJoined(let endpoint): "endpoint \(endpoint.name) (\(endpoint.id)) joined"
        case .threatObserved(let threat, _):
            "threat \(threat.name) (\(threat.id)): \(threat.incidentStatus), analyst verdict \(threat.analystVerdict)"
        case .evidenceAdded(let one): "evidence \(one.weight > 0 ? "+" : "")\(one.weight): \(one.sentence)"
        case .evidenceWithdrawn(let kind, let threat): "no longer so: \(kind) of threat \(threat)"
        case .verdictReached(let verdict, let because):
            "verdict \(verdict.rawValue): " + because.joined(separator: "; ")
        case .actionNoted(let action, let state): "action \(action): \(state)"
        case .closed(let because): "closed: \(because)"
        }
    }
}

extension Investigation.Event {
    var isAboutAction: Bool {
        switch self {
        case .actionNoted: true
        case .opened, .endpointJoined, .threatObserved, .evidenceAdded, .evidenceWithdrawn, .verdictReached, .closed:
            false
        }
    }
}

extension LedgerEvent {
    /// The gates' answers that it carries; nil: none were asked.
    var gateAnswers: [GateAnswer]? {
        switch self {
        case .attempted(_, _, _, let gates): gates
        case .held(let gate, let reason): [GateAnswer(gate, isOpen: false, reason: reason)]
        case .rehearsed(let closed, _): closed
        case .requested, .approved, .rejected, .approvalLapsed, .outcome, .absenceSeen, .confirmed, .failed, .overdue,
            .alreadySo, .superseded, .gaveUp, .withdrawn:
            nil
        }
    }

    /// The hash of the signed order that it answers; nil: it answers none.
    var order: String? {
        switch self {
        case .requested(let request, _): if case .order(let hash, _, _) = request.origin { hash } else { nil }
        case .approved(_, let order, _), .rejected(_, let order, _): order
        case .approvalLapsed, .held, .attempted, .outcome, .absenceSeen, .confirmed, .failed, .overdue, .alreadySo,
            .superseded, .rehearsed, .gaveUp, .withdrawn:
            nil
        }
    }

    var sentence: String {
        switch self {
        case .requested(let request, let plan): "requested: \(request.reason) (plan \(plan.prefix(12)))"
        case .approved(let by, _, let until): "approved by \(by) until \(until)"
        case .rejected(let by, _, let reason): "rejected by \(by): \(reason)"
        case .approvalLapsed: "the approval expired"
        case .held(let gate, let reason): "held by \(gate.rawValue): \(reason)"
        case .attempted(let number, _, let user, _): "attempt \(number) as user \(user)"
        case .outcome(let number, let outcome, _): "attempt \(number): \(outcome.sentence)"
        case .absenceSeen(let number, _): "attempt \(number): no record of acceptance beyond the horizon, looking again"
        case .confirmed(let receipt, _): "confirmed by SentinelOne (\(receipt))"
        case .failed(let receipt, _): "failed, says SentinelOne (\(receipt))"
        case .overdue: "overdue: no report from the endpoint yet"
        case .alreadySo: "already so; no call was made"
        case .superseded(let by, _): "superseded by \(by)"
        case .rehearsed(let closed, _):
            closed.isEmpty
                ? "rehearsed: every gate was open"
                : "rehearsed: closed by " + closed.map(\.gate.rawValue).joined(separator: ", ")
        case .gaveUp(let reason, _): "gave up: \(reason)"
        case .withdrawn(let reason): "withdrawn: \(reason)"
        }
    }
}

extension ActionOutcome {
    fileprivate var sentence: String {
        switch self {
        case .done(let receipt): "accepted (\(receipt))"
        case .refused(let code): "refused (\(code))"
        case .notApplied(let code): "provably not applied (\(code))"
        case .notStarted(let code): "not started (\(code))"
        case .held(let code): "turned away (\(code))"
        case .unknown(let code): "effect unknown (\(code))"
        }
    }
}
