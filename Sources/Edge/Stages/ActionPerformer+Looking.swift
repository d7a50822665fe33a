package import ActionLedger
import Contracts
import Investigation
package import Pipeline
package import Ports
import SentinelOne

// What the door must know before it opens, and the calls that bring it.
extension ActionPerformer {
    private static var tailBatch: Int { 1_000 }
    /// How long to wait before what brought nothing new is asked again.
    private static var lookPause: Duration { .seconds(1) }
    /// A clock that is told in whole seconds is this inexact.
    static var clockGrain: Duration { .seconds(2) }

    package mutating func refresh(at now: Timestamp) throws(LogFailure) {
        try readControls(at: now)
        while true {
            let batch = try cases.next(atMost: Self.tailBatch, waiting: .zero)
            for record in batch.records {
                do throws(Unreadable) {
                    let summary = try catalogue.investigations.message(in: record).summary
                    summaries[summary.id] = summary
                } catch {
                    // A case that cannot be read must not look like one that is still wanted.
                    throw LogFailure(
                        .stop, code: "journal.unreadable", detail: "\(record.partition)@\(record.offset): \(error)")
                }
            }
            if batch.reachedEnd {
                casesReadAt = now
                return
            }
            if batch.records.isEmpty { return }
        }
    }

    /// Reads `controls` to its end. A record there that cannot be read could be a stop: everything halts.
    mutating func readControls(at now: Timestamp) throws(LogFailure) {
        while true {
            let batch = try controls.next(atMost: Self.tailBatch, waiting: .zero)
            for record in batch.records where record.value != nil {
                do throws(Unreadable) {
                    switch try catalogue.controls.message(in: record) {
                    case .stop(let stop): stopsCalled["\(stop.id) \(stop.console?.rawValue ?? "")"] = stop
                    case .resume(let signed): resumes.append(signed)
                    }
                } catch {
                    let id = "unreadable-\(record.partition.number)-\(record.offset)"
                    stopsCalled[id] = Stop(
                        id: id, console: nil, by: "docket", reason: "a record on controls cannot be read: \(error)",
                        at: record.timestamp)
                }
            }
            if batch.reachedEnd {
                controlsReadAt = now
                return
            }
            if batch.records.isEmpty { return }
        }
    }

    func facts(for entry: LedgerEntry, at console: ConsoleID) -> GateFacts {
        var facts = GateFacts()
        facts.isDryRun = settings.isDryRun
        facts.isReadOnly = consoles[console]?.isReadOnly ?? true
        facts.controlsReadAt = controlsReadAt
        guard let seen = observed[console] else { return facts }
        facts.role = seen.role
        facts.clockOffset = seen.clockOffset
        facts.target = seen.targets[entry.request.target.endpoint]
        facts.lastOrder = seen.lastOrders[entry.request.target.endpoint]
        if case .playbook(_, let id, _, _) = entry.request.origin {
            facts.threats = seen.threats[entry.request.id]
            facts.caseSummary = casesReadAt.map { Observed(summaries[id], at: $0) }
        }
        return facts
    }

    package mutating func errands(
        for key: Bytes, memory: ConsoleLedger, at now: Timestamp
    ) -> [Errand<ConsoleLedgerEvent>] {
        guard let id = console(key), let console = consoles[id]?.current() else { return [] }
        var seen = observed[id] ?? ConsoleObservations()
        seen.use(console.token)
        observed[id] = seen
        guard now >= seen.restsUntil else { return [] }
        defer { observed[id] = seen }
        var ledger = memory
        // Room is given in this order: who we are, then what was decided, then what must be known, then the rest.
        var errands = (writes: [Errand<ConsoleLedgerEvent>](), looks: [Errand<ConsoleLedgerEvent>]())
        var later: [Errand<ConsoleLedgerEvent>] = []
        var isWanted = false
        for action in ledger.order {
            guard let entry = ledger.entries[action], !entry.state.isEnd else { continue }
            isWanted = true
            let facts = facts(for: entry, at: id)
            switch ledger.nextMove(for: action, facts: facts, limits: settings.limits, at: now) {
            case .look:
                guard seen.mayLook(for: action, isHeld: entry.holding?.isSeen ?? false, at: now) else { continue }
                errands.looks += looks(for: entry, facts: facts, seen: &seen, console: console, now: now)
            case .attempt(let number, let gates):
                let attempt = LedgerEvent.attempted(
                    number: number, at: now, user: facts.role?.value.user ?? "", gates: gates)
                guard let errand = write(entry, number: number, attempt, console: console) else { continue }
                // The next action in this list must see this intent.
                ledger.apply(.action(action, attempt))
                errands.writes.append(errand)
            case .inquire where entry.state == .unknown:
                later += inquiry(entry, seen: &seen, console: console, now: now)
            case .watch: later += watch(entry, seen: &seen, console: console, now: now)
            case .nothing, .awaitApproval, .wait, .inquire, .lapse, .hold, .rehearse, .alreadySo, .supersede,
                .becomeOverdue,
                .giveUp:
                break
            }
        }
        guard isWanted else { return [] }
        return roleErrands(seen: &seen, console: console, now: now) + errands.writes + errands.looks + later
    }

    /// The call itself, for exactly one endpoint, named by its attempt: the same attempt is the same errand for ever.
    private func write(
        _ entry: LedgerEntry, number: Int, _ intent: LedgerEvent, console: Console
    ) -> Errand<ConsoleLedgerEvent>? {
        guard let agent = AgentID(entry.request.target.endpoint) else { return nil }
        let mitigation = entry.request.kind.mitigation
        var request = mitigation.request(for: ExactTargets(agent), at: console)
        request.deadline = settings.limits.writeDeadline
        let id = entry.request.id
        return Errand(
            id: CallID("\(id)!\(number)"), label: mitigation.rawValue, request: request,
            intent: [.action(id, intent)])
    }

    /// Half the age that the gates allow: what is older is read again before the gates are asked.
    private func isFresh<Value>(_ observed: Observed<Value>?, at now: Timestamp) -> Bool {
        observed.map { now - $0.at <= settings.limits.lookAge / 2 } ?? false
    }

    private func looks(
        for entry: LedgerEntry, facts: GateFacts, seen: inout ConsoleObservations, console: Console, now: Timestamp
    ) -> [Errand<ConsoleLedgerEvent>] {
        let endpoint = entry.request.target.endpoint
        guard let agent = AgentID(endpoint) else { return [] }
        var errands: [Errand<ConsoleLedgerEvent>?] = []
        if !isFresh(facts.target, at: now) || !isFresh(facts.clockOffset, at: now) {
            errands.append(
                seen.ask(
                    "look/target/\(endpoint)", label: "target", for: .target(endpoint),
                    request: console.list(Query<Agents>(about: .ids(ExactTargets(agent)))), at: now))
        }
        switch entry.request.origin {
        case .playbook(_, _, _, let threats):
            // One that calls for it is enough, so of very many the first ones will do.
            let some = threats.prefix(ExactTargets<Threats>.limit).compactMap { ThreatID($0) }
            if !isFresh(facts.threats, at: now), let targets = ExactTargets(some) {
                let id = entry.request.id
                errands.append(
                    seen.ask(
                        "look/threats/\(id)", label: "threats", for: .threats(id),
                        request: console.list(Query<Threats>(about: .ids(targets))), at: now))
            }
        case .order:
            if !isFresh(facts.lastOrder, at: now) {
                errands.append(
                    seen.ask(
                        "look/orders/\(endpoint)", label: "orders", for: .lastOrder(endpoint),
                        request: console.activities(
                            of: agent, types: ActionKind.allCases.map(\.acceptance),
                            since: now - Self.orderHistory), at: now))
            }
        }
        return errands.compactMap { errand in
            guard let errand else { return nil }
            // What took longer to come was true longer ago than the gates allow.
            var request = errand.request
            request.deadline = settings.limits.lookAge
            return Errand(id: errand.id, label: errand.label, request: request)
        }
    }

    /// From when on the console's record of an attempt is looked for, whatever the clocks were.
    func searched(from attempt: LedgerEntry.Attempt) -> Timestamp {
        attempt.at - settings.limits.clockSkew - Self.clockGrain
    }

    /// How far back somebody else's order is looked for before an endpoint is released.
    private static var orderHistory: Duration { .seconds(90 * 86_400) }

    /// Did the console take the order? Asked of its activities, never of the endpoint's state, which others change too.
    private func inquiry(
        _ entry: LedgerEntry, seen: inout ConsoleObservations, console: Console, now: Timestamp
    ) -> [Errand<ConsoleLedgerEvent>] {
        guard let attempt = entry.attempt, let agent = AgentID(entry.request.target.endpoint) else { return [] }
        let errand = seen.ask(
            "inquiry/\(entry.request.id)!\(attempt.number)", label: "inquiry",
            for: .inquiry(entry.request.id, attempt: attempt.number),
            request: console.activities(
                of: agent, types: [entry.request.kind.acceptance], since: searched(from: attempt)), at: now)
        return errand.map { [$0] } ?? []
    }

    /// Did it happen? The endpoint's state says so, its report says since when, or that it failed.
    private func watch(
        _ entry: LedgerEntry, seen: inout ConsoleObservations, console: Console, now: Timestamp
    ) -> [Errand<ConsoleLedgerEvent>] {
        guard let attempt = entry.attempt, let agent = AgentID(entry.request.target.endpoint) else { return [] }
        let kind = entry.request.kind
        let types = [kind.effect] + (kind.failure.map { [$0] } ?? [])
        let name = "\(entry.request.id)!\(attempt.number)"
        return [
            seen.ask(
                "report/\(name)", label: "report", for: .report(entry.request.id, attempt: attempt.number),
                request: console.activities(of: agent, types: types, since: searched(from: attempt)), at: now),
            seen.ask(
                "state/\(name)", label: "state", for: .state(entry.request.id, attempt: attempt.number),
                request: console.list(Query<Agents>(about: .ids(ExactTargets(agent)))), at: now),
        ].compactMap { $0 }
    }

    private func roleErrands(
        seen: inout ConsoleObservations, console: Console, now: Timestamp
    ) -> [Errand<ConsoleLedgerEvent>] {
        let errand: Errand<ConsoleLedgerEvent>?
        if let reading = seen.roleReading, let next = reading.rest.first {
            errand = seen.ask(
                "role/\(next)", label: "role", for: .role(next), request: console.role(next), at: now)
        } else if let role = seen.role, now - role.at <= settings.limits.roleAge / 2 {
            errand = nil
        } else {
            errand = seen.ask("user", label: "user", for: .whoAmI, request: console.user(), at: now)
        }
        return errand.map { [$0] } ?? []
    }

    /// A growing pause: at first every second, for an endpoint that is away for days once a minute.
    func followUp(_ entry: LedgerEntry?, at now: Timestamp) -> Timestamp {
        let age = entry?.attempt.map { now - $0.at } ?? .zero
        return now + min(max(age / 4, settings.limits.followUpPause), .seconds(60))
    }

    /// A fact that was just read need not be read at once again.
    func nextLook(at now: Timestamp) -> Timestamp { now + Self.lookPause }
}

extension GateAnswer {
    /// Whether it rests on what was looked at for this one action.
    fileprivate var isSeen: Bool {
        switch gate {
        case .target, .wanted, .clock: true
        case .role, .approval, .killSwitch, .dryRun: false
        }
    }
}

extension Console {
    /// What happened to an endpoint, oldest first.
    fileprivate func activities(of agent: AgentID, types: [Int], since start: Timestamp) -> HTTPRequest {
        guard let types = Choice(types) else { preconditionFailure("activities are asked for by type") }
        return list(
            Query<Activities>(
                about: .agents(ExactTargets(agent)), when: .since(.createdAt, start), only: .types(types)))
    }
}

extension ActionKind {
    var mitigation: Mitigation {
        switch self {
        case .isolate: .isolate
        case .release: .release
        }
    }
}
