import ActionLedger
import Investigation
import Pipeline
import Ports

enum LedgerWire {
    static let types =
        [
            "requested", "approved", "rejected", "approval-lapsed", "held", "attempted", "outcome", "absence-seen",
            "confirmed", "failed", "overdue", "already-so", "superseded", "rehearsed", "gave-up", "withdrawn",
        ].map { "ledger." + $0 } + ["ledger.stop-seen", "ledger.stop-lifted", "ledger.order-refused"]
}

private struct GateAnswerV1: Codable {
    let gate: String
    let open: Bool
    let reason: String

    init(_ answer: GateAnswer) {
        gate = answer.gate.rawValue
        open = answer.isOpen
        reason = answer.reason
    }

    static func answers(_ wire: [GateAnswerV1]?) throws(Unreadable) -> [GateAnswer] {
        var answers: [GateAnswer] = []
        for one in try Need.value(wire, "gates") {
            answers.append(GateAnswer(try Need.choice(one.gate, "gates.gate"), isOpen: one.open, reason: one.reason))
        }
        return answers
    }
}

struct StopV1: Codable {
    let id: String
    let console: String?
    let by: String
    let reason: String
    let at: String

    init(_ stop: Stop) {
        id = stop.id
        console = stop.console?.rawValue
        by = stop.by
        reason = stop.reason
        at = stop.at.wire
    }

    func stop() throws(Unreadable) -> Stop {
        var scope: ConsoleID?
        if let console { scope = try Need.value(ConsoleID(console), "stop.console") }
        return Stop(id: id, console: scope, by: by, reason: reason, at: try Need.time(at, "stop.at"))
    }
}

/// Every event's fields in one shape; `kind` says which of them are there. The schema lists them per kind.
private struct LedgerRecordV1: Codable {
    let kind: String
    var action: String?
    var request: ActionRequestV1?
    var plan: String?
    var by: String?
    var order: String?
    var reason: String?
    var until: String?
    var at: String?
    var gate: String?
    var gates: [GateAnswerV1]?
    var number: Int?
    var user: String?
    var outcome: String?
    var code: String?
    var receipt: String?
    var stop: StopV1?
    var stopID: String?

    private init(_ kind: String) { self.kind = kind }

    init(_ event: ConsoleLedgerEvent) {
        switch event {
        case .action(let id, let event):
            self.init(event)
            action = id.rawValue
        case .stopSeen(let stop):
            self.init("stop-seen")
            self.stop = StopV1(stop)
        case .stopLifted(let stop, let by, let order):
            self.init("stop-lifted")
            stopID = stop
            self.by = by
            self.order = order
        case .orderRefused(let order, let by, let reason):
            self.init("order-refused")
            self.order = order
            self.by = by
            self.reason = reason
        }
    }

    private init(_ event: LedgerEvent) {
        switch event {
        case .requested(let request, let plan):
            self.init("requested")
            self.request = ActionRequestV1(request)
            self.plan = plan
        case .approved(let by, let order, let until):
            self.init("approved")
            self.by = by
            self.order = order
            self.until = until.wire
        case .rejected(let by, let order, let reason):
            self.init("rejected")
            self.by = by
            self.order = order
            self.reason = reason
        case .approvalLapsed(let at): self.init("approval-lapsed", at: at)
        case .held(let gate, let reason):
            self.init("held")
            self.gate = gate.rawValue
            self.reason = reason
        case .attempted(let number, let at, let user, let gates):
            self.init("attempted", at: at)
            self.number = number
            self.user = user
            self.gates = gates.map(GateAnswerV1.init)
        case .outcome(let number, let outcome, let at):
            self.init("outcome", at: at)
            self.number = number
            set(outcome)
        case .absenceSeen(let number, let at):
            self.init("absence-seen", at: at)
            self.number = number
        case .confirmed(let receipt, let at):
            self.init("confirmed", at: at)
            self.receipt = receipt
        case .failed(let receipt, let at):
            self.init("failed", at: at)
            self.receipt = receipt
        case .overdue(let at): self.init("overdue", at: at)
        case .alreadySo(let at): self.init("already-so", at: at)
        case .superseded(let by, let at):
            self.init("superseded", at: at)
            self.by = by
        case .rehearsed(let closed, let at):
            self.init("rehearsed", at: at)
            gates = closed.map(GateAnswerV1.init)
        case .gaveUp(let reason, let at):
            self.init("gave-up", at: at)
            self.reason = reason
        case .withdrawn(let reason):
            self.init("withdrawn")
            self.reason = reason
        }
    }

    private init(_ kind: String, at: Timestamp) {
        self.init(kind)
        self.at = at.wire
    }

    private mutating func set(_ outcome: ActionOutcome) {
        switch outcome {
        case .done(let receipt): (self.outcome, self.receipt) = ("done", receipt)
        case .refused(let code): (self.outcome, self.code) = ("refused", code)
        case .notApplied(let code): (self.outcome, self.code) = ("notApplied", code)
        case .notStarted(let code): (self.outcome, self.code) = ("notStarted", code)
        case .held(let code): (self.outcome, self.code) = ("held", code)
        case .unknown(let code): (self.outcome, self.code) = ("unknown", code)
        }
    }

    func message() throws(Unreadable) -> ConsoleLedgerEvent {
        switch kind {
        case "stop-seen": return .stopSeen(try Need.value(stop, "stop").stop())
        case "stop-lifted":
            return .stopLifted(
                try Need.value(stopID, "stopID"), by: try Need.value(by, "by"), order: try Need.value(order, "order"))
        case "order-refused":
            return .orderRefused(
                order: try Need.value(order, "order"), by: try Need.value(by, "by"),
                reason: try Need.value(reason, "reason"))
        default: return .action(ActionID(try Need.value(action, "action")), try event())
        }
    }

    private func event() throws(Unreadable) -> LedgerEvent {
        switch kind {
        case "requested":
            return .requested(try Need.value(request, "request").request(), plan: try Need.value(plan, "plan"))
        case "approved":
            return .approved(
                by: try Need.value(by, "by"), order: try Need.value(order, "order"),
                until: try Need.time(until, "until"))
        case "rejected":
            return .rejected(
                by: try Need.value(by, "by"), order: try Need.value(order, "order"),
                reason: try Need.value(reason, "reason"))
        case "approval-lapsed": return .approvalLapsed(at: try Need.time(at, "at"))
        case "held":
            return .held(
                gate: try Need.choice(Need.value(gate, "gate"), "gate"), reason: try Need.value(reason, "reason"))
        case "attempted":
            return .attempted(
                number: try Need.value(number, "number"), at: try Need.time(at, "at"),
                user: try Need.value(user, "user"), gates: try GateAnswerV1.answers(gates))
        case "outcome":
            return .outcome(
                number: try Need.value(number, "number"), try outcomeValue(), at: try Need.time(at, "at"))
        case "absence-seen":
            return .absenceSeen(number: try Need.value(number, "number"), at: try Need.time(at, "at"))
        default: return try end()
        }
    }

    private func end() throws(Unreadable) -> LedgerEvent {
        switch kind {
        case "confirmed":
            return .confirmed(receipt: try Need.value(receipt, "receipt"), at: try Need.time(at, "at"))
        case "failed": return .failed(receipt: try Need.value(receipt, "receipt"), at: try Need.time(at, "at"))
        case "overdue": return .overdue(at: try Need.time(at, "at"))
        case "already-so": return .alreadySo(at: try Need.time(at, "at"))
        case "superseded": return .superseded(by: try Need.value(by, "by"), at: try Need.time(at, "at"))
        case "rehearsed": return .rehearsed(closed: try GateAnswerV1.answers(gates), at: try Need.time(at, "at"))
        case "gave-up": return .gaveUp(reason: try Need.value(reason, "reason"), at: try Need.time(at, "at"))
        case "withdrawn": return .withdrawn(reason: try Need.value(reason, "reason"))
        default: throw Unreadable("kind: \(kind.shown) is not a known event of the ledger")
        }
    }

    private func outcomeValue() throws(Unreadable) -> ActionOutcome {
        switch try Need.value(outcome, "outcome") {
        case "done": return .done(receipt: try Need.value(receipt, "receipt"))
        case "refused": return .refused(code: try Need.value(code, "code"))
        case "notApplied": return .notApplied(code: try Need.value(code, "code"))
        case "notStarted": return .notStarted(code: try Need.value(code, "code"))
        case "held": return .held(code: try Need.value(code, "code"))
        case "unknown": return .unknown(code: try Need.value(code, "code"))
        case let other: throw Unreadable("outcome: \(other.shown) is not a known outcome")
        }
    }
}

extension Topic where Message == ConsoleLedgerEvent {
    static func actionsLedger(_ name: String, source: String) -> Topic {
        .json(
            name, source: source, type: { "ledger." + $0.kind }, key: { _ in nil },
            wire: { LedgerRecordV1($0) },
            message: { (wire: LedgerRecordV1) throws(Unreadable) -> ConsoleLedgerEvent in try wire.message() })
    }
}
