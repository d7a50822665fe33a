package import ActionLedger
package import Contracts
package import Investigation
package import Pipeline
package import Ports

/// What an operator sees: cases, actions and stops, folded from the journals as they are read.
package struct Desk: Sendable {
    /// One line of a case's or an action's history.
    package struct Line: Sendable, Equatable {
        package let at: Timestamp
        package let text: String
        /// The id of the event that says so.
        package let event: String
    }

    package struct Case: Sendable {
        package fileprivate(set) var summary: CaseSummary
        package fileprivate(set) var investigation = Investigation()
        package fileprivate(set) var history: [Line] = []
    }

    private let catalogue: Catalogue
    package private(set) var cases: [CaseID: Case] = [:]
    package private(set) var ledgers: [ConsoleID: ConsoleLedger] = [:]
    package private(set) var histories: [ActionID: [Line]] = [:]
    /// Stops as they were called, lifted or not; which are lifted the ledgers know.
    package private(set) var stops: [String: Stop] = [:]
    /// Orders that a ledger turned away, with its reason, newest last.
    package private(set) var refusals: [Line] = []

    package init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    package static func topics(_ catalogue: Catalogue) -> [String] {
        [catalogue.investigations.name, catalogue.actionsLedger.name, catalogue.controls.name]
    }

    package mutating func fold(_ record: IncomingRecord) throws(Unreadable) {
        let event = Cause(record).id
        switch record.partition.topic {
        case catalogue.investigations.name:
            let message = try catalogue.investigations.message(in: record)
            var one = cases[message.summary.id] ?? Case(summary: message.summary)
            one.summary = message.summary
            one.investigation.apply(message.event)
            one.history.append(Line(at: record.timestamp, text: message.event.sentence, event: event))
            cases[message.summary.id] = one
        case catalogue.actionsLedger.name:
            guard let console = record.key?.text.flatMap({ ConsoleID($0) }) else {
                throw Unreadable("\(record.partition.topic): the key is no console")
            }
            let message = try catalogue.actionsLedger.message(in: record)
            ledgers[console, default: ConsoleLedger()].apply(message)
            note(message, at: record.timestamp, event: event)
        case catalogue.controls.name where record.value != nil:
            if case .stop(let stop) = try catalogue.controls.message(in: record) { stops[stop.id] = stop }
        default: break  // another topic, or a tombstone on controls, which lifts nothing
        }
    }

    private mutating func note(_ message: ConsoleLedgerEvent, at: Timestamp, event: String) {
        switch message {
        case .action(let id, let happened):
            histories[id, default: []].append(Line(at: at, text: happened.sentence, event: event))
        case .orderRefused(_, let by, let reason):
            refusals.append(Line(at: at, text: "an order of \(by) was refused: \(reason)", event: event))
        case .stopSeen, .stopLifted: break
        }
    }

    /// Every action of every console, in the order in which they were recorded.
    package var actions: [LedgerEntry] {
        ledgers.sorted { $0.key.rawValue < $1.key.rawValue }
            .flatMap { _, ledger in ledger.order.compactMap { ledger.entries[$0] } }
    }

    package func action(_ id: ActionID) -> LedgerEntry? {
        ledgers.values.lazy.compactMap { $0.entries[id] }.first
    }

    /// Actions of one case, in order.
    package func actions(of id: CaseID) -> [LedgerEntry] {
        actions.filter { entry in
            switch entry.request.origin {
            case .playbook(_, let caseID, _, _): caseID == id
            case .order(_, _, let undoing?): undoing.rawValue.hasPrefix("\(id)#")
            case .order(_, _, nil): false
            }
        }
    }

    /// Stops in force: called and not lifted by every console that they concern.
    package var activeStops: [Stop] {
        let known = stops.merging(ledgers.values.flatMap { Array($0.stops) }) { first, _ in first }
        return known.values.filter { stop in
            let concerned = ledgers.filter { stop.console == nil || stop.console == $0.key }
            return concerned.isEmpty || concerned.values.contains { !$0.liftedStops.contains(stop.id) }
        }.sorted { $0.id < $1.id }
    }
}

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

extension LedgerEvent {
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
