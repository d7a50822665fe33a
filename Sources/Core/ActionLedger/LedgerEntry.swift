package import Ports

/// What happened to one action.
package enum LedgerEvent: Hashable, Sendable {
    /// Recorded under the hash of its plan; approvals sign that hash.
    case requested(ActionRequest, plan: String)
    case approved(by: String, order: String, until: Timestamp)
    case rejected(by: String, order: String, reason: String)
    case approvalLapsed(at: Timestamp)
    /// A closed gate, with its reason. Journaled when the answer changes, not each time it is asked.
    case held(gate: Gate, reason: String)
    /// The intent: committed before the call. `user` is who the token acts as.
    case attempted(number: Int, at: Timestamp, user: String, gates: [GateAnswer])
    case outcome(number: Int, ActionOutcome, at: Timestamp)
    /// The record of acceptance was missing beyond the visibility horizon: absence is proven by the second time.
    case absenceSeen(number: Int, at: Timestamp)
    case confirmed(receipt: String, at: Timestamp)
    case failed(receipt: String, at: Timestamp)
    case overdue(at: Timestamp)
    case alreadySo(at: Timestamp)
    case superseded(by: String, at: Timestamp)
    case rehearsed(closed: [GateAnswer], at: Timestamp)
    case gaveUp(reason: String, at: Timestamp)
    case withdrawn(reason: String)
}

/// One action's life: the fold of its events.
package struct LedgerEntry: Equatable, Sendable {
    /// The word people see; the ends are final.
    package enum State: String, Sendable, CaseIterable {
        case requested, awaitingApproval, held, attempted, unknown, done, notApplied, notStarted
        case confirmed, failed, refused, rejected, alreadySo, superseded, rehearsed, gaveUp, withdrawn

        package var isEnd: Bool {
            switch self {
            case .requested, .awaitingApproval, .held, .attempted, .unknown, .done, .notApplied, .notStarted: false
            case .confirmed, .failed, .refused, .rejected, .alreadySo, .superseded, .rehearsed, .gaveUp, .withdrawn:
                true
            }
        }

        /// An attempt whose effect is not settled: nothing else may touch the same target meanwhile.
        package var isOpenAttempt: Bool { self == .attempted || self == .unknown }

        /// We may have acted or have: only an outcome or a report may say otherwise.
        var isUnderWay: Bool { isOpenAttempt || self == .done }
    }

    package struct Attempt: Equatable, Sendable {
        package let number: Int
        package let at: Timestamp
        package let user: String
    }

    package struct Approval: Equatable, Sendable {
        package let by: String
        package let order: String
        package let until: Timestamp
    }

    package let request: ActionRequest
    package let plan: String
    package private(set) var state: State
    package private(set) var approval: Approval?
    package private(set) var attempt: Attempt?
    /// Attempts that used one up: all but those that provably made no call.
    package private(set) var attemptsUsed = 0
    package private(set) var absenceSeenAt: Timestamp?
    /// Whether the console ever accepted an attempt: there is something to undo.
    package private(set) var wasAccepted = false
    /// Outcomes in a row that used no attempt, and when the last of them was: they back off.
    package private(set) var setbacks = 0
    package private(set) var lastSetbackAt: Timestamp?
    package private(set) var holding: GateAnswer?
    package private(set) var isOverdue = false
    package private(set) var receipts: [String] = []
    /// The last thing worth saying to a person.
    package private(set) var note = ""

    package init(_ request: ActionRequest, plan: String) {
        self.request = request
        self.plan = plan
        state = request.needsApproval ? .awaitingApproval : .requested
    }

    package func isApproved(at now: Timestamp) -> Bool {
        guard request.needsApproval else { return true }
        return approval.map { now < $0.until } ?? false
    }

    /// An entry that has ended never moves again, and nothing but an answer to an open attempt closes it.
    package mutating func apply(_ event: LedgerEvent) {
        if state.isEnd { return }
        switch event {
        case .requested: break  // made by init
        case .approved(let by, let order, let until):
            approval = Approval(by: by, order: order, until: until)
            if state == .awaitingApproval { state = .requested }
            note = "approved by \(by)"
        case .approvalLapsed:
            approval = nil
            if state.isUnderWay { return }
            state = .awaitingApproval
            note = "the approval expired before the action could be carried out"
        case .held(let gate, let reason):
            if state.isUnderWay { return }
            holding = GateAnswer(gate, isOpen: false, reason: reason)
            state = .held
            note = "\(gate.rawValue): \(reason)"
        case .attempted(let number, let at, let user, _):
            attempt = Attempt(number: number, at: at, user: user)
            attemptsUsed += 1
            absenceSeenAt = nil
            holding = nil
            state = .attempted
        case .outcome(let number, let outcome, let at): if isOpen(attempt: number) { apply(outcome, at: at) }
        case .absenceSeen(let number, let at): if isOpen(attempt: number) { absenceSeenAt = at }
        case .overdue(let at):
            isOverdue = true
            note = "no report from the endpoint by \(at)"
        case .confirmed, .failed:
            wasAccepted = true
            end(event)
        case .superseded, .gaveUp: if !state.isOpenAttempt { end(event) }
        case .rejected, .alreadySo, .rehearsed, .withdrawn: if !state.isUnderWay { end(event) }
        }
    }

    private func isOpen(attempt number: Int) -> Bool { state.isOpenAttempt && attempt?.number == number }

    private mutating func apply(_ outcome: ActionOutcome, at: Timestamp) {
        if state == .unknown && !outcome.settlesUnknown { return }
        switch outcome {
        case .done(let receipt):
            state = .done
            wasAccepted = true
            setbacks = 0
            receipts.append(receipt)
        case .refused(let code):
            state = .refused
            note = "the console refused: \(code)"
        case .notApplied(let code):
            state = .notApplied
            note = "provably not applied: \(code)"
        case .unknown(let code):
            state = .unknown
            note = "effect unknown: \(code)"
        case .notStarted(let code), .held(let code):
            state = .notStarted
            attemptsUsed -= 1
            setbacks += 1
            lastSetbackAt = at
            note = "not started: \(code)"
        }
    }

    private mutating func end(_ event: LedgerEvent) {
        switch event {
        case .rejected(let by, _, let reason):
            state = .rejected
            note = "rejected by \(by): \(reason)"
        case .confirmed(let receipt, _):
            state = .confirmed
            receipts.append(receipt)
            note = "confirmed by SentinelOne: \(receipt)"
        case .failed(let receipt, _):
            state = .failed
            receipts.append(receipt)
            note = "SentinelOne reports failure: \(receipt)"
        case .alreadySo: state = .alreadySo
        case .superseded(let by, _):
            state = .superseded
            note = "superseded by \(by)"
        case .rehearsed(let closed, _):
            state = .rehearsed
            note =
                closed.isEmpty
                ? "dry run: every gate was open"
                : "dry run: closed by " + closed.map { "\($0.gate.rawValue) (\($0.reason))" }.joined(separator: ", ")
        case .gaveUp(let reason, _):
            state = .gaveUp
            note = reason
        case .withdrawn(let reason):
            state = .withdrawn
            note = reason
        case .requested, .approved, .approvalLapsed, .held, .attempted, .outcome, .absenceSeen, .overdue: break
        }
    }
}
