package import ActionLedger
import Contracts
import Investigation
import JSONView
package import Pipeline
package import Ports
import SentinelOne

// The last look before a call, and what answers mean.
extension ActionPerformer {
    /// Everything is asked once more, with the stops read just now: between the look and this line lies a commit.
    package mutating func lastLook(
        _ errand: Errand<ConsoleLedgerEvent>, for key: Bytes, memory: ConsoleLedger, at now: Timestamp
    ) -> Decision<ConsoleLedgerEvent>? {
        guard let console = console(key),
            case .action(let id, .attempted(let number, let at, _, _))? = errand.intent.first,
            let entry = memory.entries[id], entry.state == .attempted, entry.attempt?.number == number
        else { preconditionFailure("a write without its intent in the ledger: \(errand.id)") }
        func notStarted(_ reason: String) -> Decision<ConsoleLedgerEvent> {
            decision(
                [.action(id, .outcome(number: number, .notStarted(code: reason), at: now))], on: memory)
        }
        do {
            try readControls(at: now)
        } catch {
            return notStarted("the stops could not be read: \(error.code)")
        }
        guard now >= at, now - at <= settings.limits.intentAge else { return notStarted("the intent is too old") }
        let halted = stopsCalled.values.first {
            ($0.console == nil || $0.console == console) && !memory.decide(seen: $0).isEmpty
        }
        if let halted, !entry.request.isSignedRelease { return notStarted("stopped by \(halted.by): \(halted.reason)") }
        let answers = memory.gates(
            for: entry, facts: facts(for: entry, at: console), limits: settings.limits, at: now)
        return answers.first { !$0.isOpen }.map { notStarted("\($0.gate.rawValue): \($0.reason)") }
    }

    package mutating func conclude(
        _ errand: Errand<ConsoleLedgerEvent>, _ result: HTTPResult, for key: Bytes, memory: ConsoleLedger,
        at now: Timestamp
    ) -> Decision<ConsoleLedgerEvent> {
        guard let id = console(key), let console = consoles[id]?.current() else { return .nothing }
        var seen = observed[id] ?? ConsoleObservations()
        defer { observed[id] = seen }
        if case .success(let answer) = result, let date = answer.date {
            seen.clockOffset = Observed(now - date, at: now)
        }
        if case .action(let action, .attempted(let attempt, _, _, _))? = errand.intent.first {
            return decision(
                outcome(of: action, attempt, result, console: console, memory: memory, seen: &seen, now: now),
                on: memory)
        }
        guard let purpose = seen.purpose(of: errand.id) else { return .nothing }
        func rows(_ stream: VendorStream) -> [Page.Item]? {
            read(result, of: stream, from: console, call: errand.id, seen: &seen, now: now)
        }
        var events: [ConsoleLedgerEvent] = []
        switch purpose {
        case .whoAmI, .role: learnRole(purpose, result, from: console, call: errand.id, seen: &seen, now: now)
        case .target(let endpoint):
            if let agents = rows(.agents) { seen.targets[endpoint] = Observed(TargetFacts(endpoint, agents), at: now) }
        case .threats(let action):
            if let threats = rows(.threats) { seen.threats[action] = Observed(Self.facts(threats), at: now) }
        case .lastOrder(let endpoint):
            if let orders = rows(.activities) {
                seen.lastOrders[endpoint] = Observed(LastOrder(newestOf: orders, on: endpoint), at: now)
            }
        case .inquiry(let action, let attempt):
            guard let activities = rows(.activities) else { break }
            seen.answered(errand.id, again: followUp(memory.entries[action], at: now))
            events = inquired(action, attempt, rows: activities, memory: memory, seen: seen, now: now)
        case .report(let action, let attempt):
            guard let activities = rows(.activities) else { break }
            seen.answered(errand.id, again: followUp(memory.entries[action], at: now))
            events = reported(action, attempt, rows: activities, memory: memory, seen: seen, now: now)
        case .state(let action, let attempt):
            guard let agents = rows(.agents) else { break }
            seen.answered(errand.id, again: followUp(memory.entries[action], at: now))
            events = stateSeen(action, attempt, rows: agents, memory: memory, now: now)
        }
        return decision(events, on: memory)
    }

    private static func facts(_ rows: [Page.Item]) -> [String: ThreatFacts] {
        let facts = rows.compactMap { row in
            (try? JSONView(parsing: row.bytes)).flatMap { try? VendorFacts.threat($0) }
        }
        return Dictionary(facts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The rows of a page that is whole: readable to the last item and without a continuation. Half of the truth
    /// proves nothing.
    private func read(
        _ result: HTTPResult, of stream: VendorStream, from console: Console, call: CallID,
        seen: inout ConsoleObservations, now: Timestamp
    ) -> [Page.Item]? {
        do {
            let page = try Page(result, of: stream, from: console)
            guard page.isWhole else {
                seen.failed(call, at: now, retryAfter: nil)
                signals.warning("answer.partial", [.console: .text(console.id), .label: .text(stream.rawValue)])
                return nil
            }
            seen.answered(call, again: nextLook(at: now))
            return page.items
        } catch {
            seen.failed(call, at: now, retryAfter: error.retryAfter)
            if error.remedy == .hold { seen.role = nil }
            signals.failure("look.failed", error, [.console: .text(console.id), .label: .text(stream.rawValue)])
            return nil
        }
    }
}

// Writes, and what became of them.
extension ActionPerformer {
    private func outcome(
        of action: ActionID, _ attempt: Int, _ result: HTTPResult, console: Console, memory: ConsoleLedger,
        seen: inout ConsoleObservations, now: Timestamp
    ) -> [ConsoleLedgerEvent] {
        guard let entry = memory.entries[action], entry.state == .attempted, entry.attempt?.number == attempt else {
            return []
        }
        // What the gates saw is used up: the next attempt looks anew.
        seen.targets[entry.request.target.endpoint] = nil
        func ended(_ outcome: ActionOutcome) -> [ConsoleLedgerEvent] {
            [.action(action, .outcome(number: attempt, outcome, at: now))]
        }
        switch WriteOutcome(result, planned: 1, from: console) {
        case .done(let affected): return ended(.done(receipt: "affected \(affected)"))
        case .affectedNone(let detail): return ended(.unknown(code: detail))
        case .affectedMore(_, let detail):
            let stop = Stop(
                id: "breaker-\(action)!\(attempt)", console: entry.request.console, by: "docket",
                reason: "more was affected than planned: \(detail)", at: now)
            return ended(.unknown(code: detail)) + [.stopSeen(stop)]
        case .notSent(let detail): return ended(.notStarted(code: detail))
        case .throttled(let retryAfter, let detail):
            seen.restsUntil = max(seen.restsUntil, now + (retryAfter ?? .zero))
            return ended(.notStarted(code: detail))
        case .held(let detail):
            seen.role = nil
            return ended(.held(code: detail))
        case .refused(let detail): return ended(.refused(code: detail))
        case .unknown(let detail): return ended(.unknown(code: detail))
        }
    }

    /// Acceptance found: done. Missing beyond the horizon, twice, by somebody who may see it: not applied. Anything
    /// else proves nothing.
    private func inquired(
        _ action: ActionID, _ number: Int, rows: [Page.Item], memory: ConsoleLedger, seen: ConsoleObservations,
        now: Timestamp
    ) -> [ConsoleLedgerEvent] {
        guard let entry = memory.entries[action], entry.state.isOpenAttempt, let attempt = entry.attempt,
            attempt.number == number
        else { return [] }
        let facts = rows.compactMap { try? ActivityFact(parsing: $0.bytes) }
        // A row whose type cannot be read could be the one that is missed.
        guard facts.count == rows.count, facts.allSatisfy({ $0.type != nil }) else { return [] }
        let taken = Set(memory.entries.values.flatMap(\.receipts))
        let candidates = facts.filter { fact in
            fact.type == entry.request.kind.acceptance && !taken.contains(fact.receipt)
                && fact.userID ?? attempt.user == attempt.user && fact.concerns(entry.request.target.endpoint)
        }
        let found = candidates.first { fact in
            fact.userID != nil && fact.createdAt.map { $0 >= earliest(attempt, seen: seen) } ?? false
        }
        if let found { return [.action(action, .outcome(number: number, .done(receipt: found.receipt), at: now))] }
        guard candidates.count <= acceptances(before: entry, since: searched(from: attempt), in: memory),
            let offset = seen.clockOffset, offset.at == now, offset.value <= settings.limits.clockSkew,
            offset.value >= .zero - settings.limits.clockSkew,
            let absence = entry.absence(seenAt: now, role: seen.role, limits: settings.limits)
        else { return [] }
        return [.action(action, absence)]
    }

    /// How many of the console's records from shortly before an attempt belong to what it told us itself that it
    /// accepted. One more could be this attempt's, dated by a clock that was set since.
    private func acceptances(before entry: LedgerEntry, since start: Timestamp, in memory: ConsoleLedger) -> Int {
        memory.entries.values.count { other in
            other.request.id != entry.request.id && other.request.kind == entry.request.kind
                && other.request.target.endpoint == entry.request.target.endpoint && other.wasAccepted
                && other.attempt.map { $0.at >= start - settings.limits.clockSkew } ?? false
                && !other.receipts.contains { $0.hasPrefix("activity ") }
        }
    }

    /// When, by the console's clock, this attempt can have left at the earliest. The console tells its clock in whole
    /// seconds; where it was not compared, clocks differ by as much as they may.
    private func earliest(_ attempt: LedgerEntry.Attempt, seen: ConsoleObservations) -> Timestamp {
        seen.clockOffset.map { attempt.at - $0.value - Self.clockGrain } ?? searched(from: attempt)
    }

    /// The endpoint's own report, which came after the console had accepted the order.
    private func reported(
        _ action: ActionID, _ number: Int, rows: [Page.Item], memory: ConsoleLedger, seen: ConsoleObservations,
        now: Timestamp
    ) -> [ConsoleLedgerEvent] {
        guard let entry = memory.entries[action], entry.state == .done, let attempt = entry.attempt,
            attempt.number == number
        else { return [] }
        for row in rows {
            guard let fact = try? ActivityFact(parsing: row.bytes), let at = fact.createdAt,
                at >= earliest(attempt, seen: seen), fact.concerns(entry.request.target.endpoint)
            else { continue }
            if fact.type == entry.request.kind.effect {
                return [.action(action, .confirmed(receipt: fact.receipt, at: now))]
            }
            if let failure = entry.request.kind.failure, fact.type == failure {
                return [.action(action, .failed(receipt: fact.receipt, at: now))]
            }
        }
        return []
    }

    /// Before the attempt the state was another one, so that it is so now is what was waited for.
    private func stateSeen(
        _ action: ActionID, _ number: Int, rows: [Page.Item], memory: ConsoleLedger, now: Timestamp
    ) -> [ConsoleLedgerEvent] {
        guard let entry = memory.entries[action], entry.state == .done, entry.attempt?.number == number,
            let facts = TargetFacts(entry.request.target.endpoint, rows),
            facts.networkStatus == entry.request.kind.networkStatus
        else { return [] }
        return [.action(action, .confirmed(receipt: "network status \(facts.networkStatus)", at: now))]
    }
}

extension TargetFacts {
    /// nil where something that a gate needs is not readable: not known is not the same as fine.
    fileprivate init?(_ endpoint: String, _ rows: [Page.Item]) {
        guard let row = rows.first(where: { $0.id == endpoint }), let agent = try? AgentState(parsing: row.bytes),
            let uuid = agent.uuid, let site = agent.siteID,
            let isDecommissioned = agent.isDecommissioned, let status = agent.networkStatus
        else { return nil }
        self.init(
            endpoint: agent.id.digits, uuid: uuid, site: site,
            isDecommissioned: isDecommissioned || (agent.isUninstalled ?? false), networkStatus: status.text)
    }
}

extension LastOrder {
    /// The newest of these activities; nil where there is none.
    fileprivate init?(newestOf rows: [Page.Item], on endpoint: String) {
        let facts = rows.compactMap { try? ActivityFact(parsing: $0.bytes) }.filter { $0.concerns(endpoint) }
        guard let newest = facts.max(by: { ($0.createdAt ?? .zero) < ($1.createdAt ?? .zero) }),
            let at = newest.createdAt
        else { return nil }
        self.init(user: newest.userID ?? "", at: at)
    }
}

extension ActivityFact {
    /// What a ledger remembers it by.
    fileprivate var receipt: String { "activity \(id)" }
    /// Where it does not say whom it is about, it may be this one.
    fileprivate func concerns(_ endpoint: String) -> Bool { agentID ?? endpoint == endpoint }
}

extension ActionRequest {
    /// No stop holds what gives a host its network back by a person's signature.
    fileprivate var isSignedRelease: Bool {
        guard case .order = origin else { return false }
        return kind.isRelease
    }
}
