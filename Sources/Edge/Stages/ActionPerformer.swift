package import ActionLedger
package import Contracts
import Investigation
package import Pipeline
package import Ports
import SentinelOne

/// The door: carries actions out, one console at a time, by what its ledger says.
///
/// The ledger decides (`nextMove`), the gates decide (`gates`), both in the core. This stage reads what they need to
/// know, makes the calls they allow, and turns answers into entries. It holds no rule of its own about what may be
/// done, only about how to find out.
package struct ActionPerformer: Performer {
    package enum Message: Sendable {
        case wish(ActionWish)
        case order(SignedOrder)
    }

    let catalogue: Catalogue
    let consoles: [ConsoleID: ConsoleAccess]
    let settings: PerformSettings
    let context: OrderContext
    let signals: Signals
    let controls: any LogTailing
    let cases: any LogTailing
    let clock: () -> Timestamp

    /// What was observed of each console: volatile, decays by time, rebuilt by looking.
    var observed: [ConsoleID: ConsoleObservations] = [:]
    /// Read from the tail of `controls`; journaled per console by `lapses`.
    var stopsCalled: [String: Stop] = [:]
    var resumes: [SignedOrder] = []
    var controlsReadAt: Timestamp?
    var summaries: [CaseID: CaseSummary] = [:]
    var casesReadAt: Timestamp?

    package init(
        _ catalogue: Catalogue, consoles: [ConsoleAccess], settings: PerformSettings, context: OrderContext,
        controls: any LogTailing, cases: any LogTailing, signals: Signals, clock: @escaping () -> Timestamp
    ) {
        self.catalogue = catalogue
        self.consoles = Dictionary(uniqueKeysWithValues: consoles.map { ($0.id, $0) })
        self.settings = settings
        self.context = context
        self.controls = controls
        self.cases = cases
        self.signals = signals
        self.clock = clock
    }

    package var blank: ConsoleLedger { ConsoleLedger() }
    package var journal: Topic<ConsoleLedgerEvent> { catalogue.actionsLedger }
    package var keys: [Bytes] { consoles.keys.map(\.rawValue).sorted().map { Bytes($0) } }

    package func read(_ record: IncomingRecord) throws(Unreadable) -> Message? {
        let message: Message
        let console: ConsoleID
        if record.partition.topic == catalogue.ordersConsoles.name {
            let signed = try catalogue.ordersConsoles.message(in: record)
            if signed.order.demand.isAboutReading { return nil }
            (message, console) = (.order(signed), signed.order.console)
        } else {
            let wish = try catalogue.actionsRequested.message(in: record)
            if case .requested(let request) = wish { try Self.check(request) }
            (message, console) = (.wish(wish), wish.console)
        }
        guard record.key?.text == console.rawValue else {
            throw Unreadable("the key is another console than the message's \(console)")
        }
        guard consoles[console] != nil else { throw Unreadable("the console \(console) is not in the settings") }
        return message
    }

    /// What is asked for by words that are no ids could never be looked at, and would wait for ever.
    private static func check(_ request: ActionRequest) throws(Unreadable) {
        guard AgentID(request.target.endpoint) != nil else {
            throw Unreadable("the endpoint \(request.target.endpoint) is no id")
        }
        guard case .playbook(_, _, _, let threats) = request.origin else { return }
        guard !threats.isEmpty, threats.allSatisfy({ ThreatID($0) != nil }), Set(threats).count == threats.count else {
            throw Unreadable("its threats are not named by their ids, each once")
        }
    }

    package mutating func decide(
        _ message: Message, for key: Bytes, memory: ConsoleLedger, at now: Timestamp
    ) -> Decision<ConsoleLedgerEvent> {
        guard let console = console(key) else { return .nothing }
        let events =
            switch message {
            case .wish(.requested(let request)):
                memory.decide(
                    on: request, context: context, needsApproval: settings.needsApproval)
            case .wish(.withdrawn(let id, _, let reason)): memory.decide(withdrawing: id, reason: reason)
            case .order(let signed): memory.decide(on: signed, for: console, context: context, at: now)
            }
        return decision(events, on: memory)
    }

    package func recall(_ entry: ConsoleLedgerEvent, into memory: inout ConsoleLedger) { memory.apply(entry) }

    /// What time and the tails alone decide: stops to journal, and moves that need no call.
    package mutating func lapses(
        for key: Bytes, memory: ConsoleLedger, at now: Timestamp
    ) -> Decision<ConsoleLedgerEvent> {
        guard let console = console(key) else { return .nothing }
        var after = memory
        var events: [ConsoleLedgerEvent] = []
        func happened(_ new: [ConsoleLedgerEvent]) {
            events += new
            for event in new { after.apply(event) }
        }
        for stop in stopsCalled.values.sorted(by: { $0.id < $1.id })
        where stop.console == nil || stop.console == console {
            happened(after.decide(seen: stop))
        }
        for signed in resumes where signed.order.console == console {
            happened(after.decide(on: signed, for: console, context: context, at: now))
        }
        for id in after.order {
            guard let entry = after.entries[id], !entry.state.isEnd else { continue }
            let facts = facts(for: entry, at: console)
            let move = after.nextMove(for: id, facts: facts, limits: settings.limits, at: now)
            if let event = journaled(move, entry: entry, facts: facts, at: now) { happened([.action(id, event)]) }
        }
        return decision(events, on: memory)
    }

    /// The moves that are entries and nothing else.
    private func journaled(
        _ move: NextMove, entry: LedgerEntry, facts: GateFacts, at now: Timestamp
    ) -> LedgerEvent? {
        switch move {
        case .nothing, .awaitApproval, .wait, .look, .attempt, .watch: return nil
        case .inquire:
            // Whoever made the attempt is gone, or its answer would be here. That the effect is unknown is journaled
            // before it is asked about, so that no answer of the inquiry can be taken for one of the call.
            guard entry.state == .attempted, let attempt = entry.attempt else { return nil }
            return .outcome(number: attempt.number, .unknown(code: "no answer was recorded"), at: now)
        case .lapse: return .approvalLapsed(at: now)
        case .hold(let answer):
            // What is only being read is no reason that people need to hear.
            if answer.gate == .role && facts.role == nil && !facts.isReadOnly
                && !(observed[entry.request.console]?.roleFailed ?? false)
            {
                return nil
            }
            if answer.gate == .killSwitch && facts.controlsReadAt == nil { return nil }
            return entry.holding == answer && entry.state == .held
                ? nil : .held(gate: answer.gate, reason: answer.reason)
        case .rehearse(let closed): return .rehearsed(closed: closed, at: now)
        case .alreadySo: return .alreadySo(at: now)
        case .supersede(let by): return .superseded(by: by, at: now)
        case .becomeOverdue: return .overdue(at: now)
        case .giveUp(let reason): return .gaveUp(reason: reason, at: now)
        }
    }

    /// Entries for the ledger, and for each action whose state they change the news for its case and its run.
    func decision(_ events: [ConsoleLedgerEvent], on memory: ConsoleLedger) -> Decision<ConsoleLedgerEvent> {
        var after = memory
        var outputs: [Draft] = []
        for event in events {
            guard case .action(let id, let happened) = event else {
                after.apply(event)
                continue
            }
            let before = after.entries[id]?.state
            after.apply(event)
            guard let entry = after.entries[id], entry.state != before else { continue }
            outputs.append(catalogue.actionsSettled.draft(settled(entry)))
            tell(happened, of: entry)
        }
        return Decision(entries: events, outputs: outputs)
    }

    private func settled(_ entry: LedgerEntry) -> ActionSettled {
        var caseID: CaseID?
        if case .playbook(_, let id, _, _) = entry.request.origin { caseID = id }
        return ActionSettled(
            action: entry.request.id, caseID: caseID, subject: entry.request.subject, kind: entry.request.kind,
            state: entry.state, note: entry.note)
    }

    private func tell(_ event: LedgerEvent, of entry: LedgerEntry) {
        signals.info(
            "action.moved",
            [
                .console: .name(entry.request.console), .action: .name(entry.request.id),
                .outcome: .text(entry.state.rawValue),
            ])
    }

    func console(_ key: Bytes) -> ConsoleID? { key.text.flatMap { ConsoleID($0) } }
}

/// What perform is told by the settings.
package struct PerformSettings: Sendable {
    package let isDryRun: Bool
    /// The floor: a playbook may ask for an approval where this does not, never the other way round.
    package let needsApproval: Bool
    package let limits: LedgerLimits

    package init(isDryRun: Bool, needsApproval: Bool, limits: LedgerLimits) {
        self.isDryRun = isDryRun
        self.needsApproval = needsApproval
        self.limits = limits
    }
}
