import ActionLedger
import Investigation
import PipelineTesting
import Ports
import Samples
import Testing

/// A generated history of one console's ledger: people, playbooks, stops, clocks and a console that loses replies,
/// driven through `decide`, `nextMove` and `apply` the way a performer drives them. It keeps its own books of what was
/// approved and of what the console really did, and holds every move against them.
struct History {
    /// What a call left at the console.
    private struct Call {
        let number: Int
        let at: Timestamp
        let wasAccepted: Bool
    }

    private(set) var ledger = ConsoleLedger()
    private(set) var attempts = 0
    private var random: SplitMix64
    private var now = Samples.now
    private var limits = LedgerLimits()
    private var requested = 0
    private var approvedUntil: [ActionID: Timestamp] = [:]
    private var open: [String: ActionID] = [:]
    private var accepted: [ActionID: Int] = [:]
    private var calls: [ActionID: Call] = [:]
    private var orders: [SignedOrder] = []
    private var network: [String: String] = [:]
    private var isCalm = false
    private let endpoints = ["2190000000000000041", "2190000000000000042"]

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    private mutating func pick<Element>(_ all: [Element]) -> Element? { all.randomElement(using: &random) }

    mutating func run(steps: Int) {
        for _ in 0..<steps {
            now = now + .milliseconds(Int64.random(in: 0..<30_000, using: &random))
            if chance(3) { now = now + .seconds(1_000) }
            wish()
            perform()
        }
    }

    /// The faults end: no stop, no dry run, a console that answers. Nothing may be left that waits for nobody.
    mutating func calmDown() {
        isCalm = true
        for stop in ledger.activeStops { happened([.stopLifted(stop.id, by: "ada", order: "calm-\(stop.id)")]) }
        for _ in 0..<60 {
            now = now + .seconds(1_000)
            perform()
        }
    }

    private mutating func happened(_ events: [ConsoleLedgerEvent]) {
        for event in events {
            guard case .action(let id, _) = event, let before = ledger.entries[id], before.state.isEnd else {
                ledger.apply(event)
                continue
            }
            ledger.apply(event)
            #expect(ledger.entries[id] == before, "\(id) had ended")
        }
    }
}

// What people and playbooks ask for.
extension History {
    private mutating func wish() {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: request()
        case 2:
            if let id = pick(ledger.order) { happened(ledger.decide(withdrawing: id, reason: "cleared")) }
        case 3:
            if let id = pick(ledger.order) {
                give(.approve(id, plan: chance(90) ? ledger.entries[id]?.plan ?? "" : "other"))
            }
        case 4: if let id = pick(ledger.order) { give(.approve(id, plan: ledger.entries[id]?.plan ?? "")) }
        case 5: if let id = pick(ledger.order) { give(.undo(id, reason: "r")) }
        case 6: if let id = pick(ledger.order), chance(30) { give(.reject(id, reason: "r")) }
        case 7:
            if chance(30) { happened(ledger.decide(seen: Samples.stop("stop-\(attempts)", at: now))) }
        case 8: if let stop = ledger.activeStops.first { give(.resume(stop: stop.id, reason: "r")) }
        default: replay()
        }
    }

    private mutating func request() {
        requested += 1
        guard let endpoint = pick(endpoints) else { return }
        let request = Samples.request(
            chance(80) ? .isolate : .release, occurrence: requested,
            target: Samples.target(Samples.endpoint(id: endpoint)), needsApproval: chance(50), requestedAt: now,
            subject: Samples.subject(endpoint))
        let context = Samples.orderContext()
        happened(ledger.decide(on: request, context: context))
        #expect(ledger.decide(on: request, context: context).isEmpty)
    }

    private mutating func give(_ demand: Order.Demand) {
        let genuine = Samples.order(
            demand, deployment: chance(95) ? Samples.deployment : "other", by: chance(90) ? "ada" : "mallory",
            at: now, until: now + .seconds(chance(80) ? 600 : 0))
        let signed = chance(90) ? genuine : SignedOrder(genuine.order, signature: "forged")
        orders.append(signed)
        answer(signed)
    }

    private mutating func answer(_ signed: SignedOrder) {
        let context = Samples.orderContext()
        let events = ledger.decide(on: signed, for: Samples.console(), context: context, at: now)
        for case .action(let id, .approved(let by, _, let until)) in events {
            #expect(context.isGenuine(signed.order.text, signed.signature, by) && now < until)
            #expect(signed.order.deployment == Samples.deployment)
            approvedUntil[id] = until
        }
        happened(events)
        #expect(ledger.decide(on: signed, for: Samples.console(), context: context, at: now).isEmpty, "again")
    }

    private mutating func replay() {
        guard let signed = pick(orders) else { return }
        let events = ledger.decide(on: signed, for: Samples.console(), context: Samples.orderContext(), at: now)
        #expect(events.isEmpty, "a replayed order")
    }
}

// What a performer does, and a console that answers it.
extension History {
    private mutating func perform() {
        for id in ledger.order {
            guard let entry = ledger.entries[id], !entry.state.isEnd else { continue }
            let facts = facts(for: entry)
            carryOut(ledger.nextMove(for: id, facts: facts, limits: limits, at: now), of: entry, facts: facts)
        }
    }

    /// Open facts, broken in one place now and then.
    private mutating func facts(for entry: LedgerEntry) -> GateFacts {
        let endpoint = entry.request.target.endpoint
        var facts = Samples.openFacts(at: now)
        facts.target = Observed(
            Samples.targetFacts(endpoint: endpoint, networkStatus: network[endpoint] ?? "connected"), at: now)
        facts.caseSummary = Observed(Samples.summary(subject: entry.request.subject), at: now)
        if isCalm || chance(40) { return facts }
        switch Int.random(in: 0..<9, using: &random) {
        case 0: facts.role = nil
        case 1: facts.role = Observed(Samples.role(permissions: []), at: now)
        case 2: facts.target = Observed(Samples.targetFacts(endpoint: endpoint, uuid: "other"), at: now)
        case 3: facts.caseSummary = Observed(Samples.summary(status: .closed), at: now)
        case 4: facts.threats = Observed([:], at: now)
        case 5: facts.controlsReadAt = now - .seconds(2)
        case 6: facts.clockOffset = Observed(.seconds(90), at: now)
        case 7: facts.isDryRun = chance(20)
        default: facts.lastOrder = Observed(LastOrder(user: "somebody", at: now), at: now)
        }
        return facts
    }

    private mutating func carryOut(_ move: NextMove, of entry: LedgerEntry, facts: GateFacts) {
        let id = entry.request.id
        switch move {
        case .nothing, .awaitApproval, .wait, .look: break
        case .lapse: happened([.action(id, .approvalLapsed(at: now))])
        case .hold(let answer): happened([.action(id, .held(gate: answer.gate, reason: answer.reason))])
        case .rehearse(let closed): happened([.action(id, .rehearsed(closed: closed, at: now))])
        case .alreadySo: happened([.action(id, .alreadySo(at: now))])
        case .supersede(let by): happened([.action(id, .superseded(by: by, at: now))])
        case .becomeOverdue: happened([.action(id, .overdue(at: now))])
        case .giveUp(let reason): happened([.action(id, .gaveUp(reason: reason, at: now))])
        case .watch:
            if isCalm || chance(20) { happened([.action(id, .confirmed(receipt: "1001", at: now))]) }
        case .inquire: inquire(entry)
        case .attempt(let number, let answers): attempt(number, answers: answers, of: entry, facts: facts)
        }
    }

    private mutating func attempt(_ number: Int, answers: [GateAnswer], of entry: LedgerEntry, facts: GateFacts) {
        let (id, endpoint) = (entry.request.id, entry.request.target.endpoint)
        attempts += 1
        #expect(open[endpoint] == nil, "two open attempts on \(endpoint): \(id)")
        #expect(answers.map(\.gate) == Gate.allCases && answers.allSatisfy(\.isOpen), "a gate is closed: \(id)")
        #expect(!facts.isDryRun && facts.target?.value?.uuid == entry.request.target.uuid)
        #expect(facts.role?.value.permissions.isEmpty == false)
        var isSigned = false
        if case .order = entry.request.origin { isSigned = true }
        #expect(isSigned || (ledger.activeStops.isEmpty && facts.controlsReadAt == now), "stopped: \(id)")
        if entry.request.needsApproval { #expect((approvedUntil[id] ?? .zero) > now, "not approved: \(id)") }
        #expect(accepted[id, default: 0] == 0, "the console accepted it already: \(id)")
        happened([.action(id, .attempted(number: number, at: now, user: Samples.ourUser, gates: answers))])
        #expect(ledger.entries[id].map { $0.attemptsUsed <= limits.attemptLimit } == true)
        open[endpoint] = id
        call(id, number: number, kind: entry.request.kind, on: endpoint)
    }

    private mutating func call(_ id: ActionID, number: Int, kind: ActionKind, on endpoint: String) {
        let fate = isCalm ? 0 : Int.random(in: 0..<6, using: &random)
        let wasAccepted = fate == 0 || fate == 1 || fate == 5
        calls[id] = Call(number: number, at: now, wasAccepted: wasAccepted)
        if wasAccepted {
            accepted[id, default: 0] += 1
            network[endpoint] = kind.networkStatus
        }
        switch fate {
        case 0: settle(id, number, .done(receipt: "61"), on: endpoint)
        case 1, 2: settle(id, number, .unknown(code: "timeout"), on: endpoint)
        case 3: settle(id, number, chance(50) ? .notStarted(code: "429") : .held(code: "403"), on: endpoint)
        case 4: if chance(30) { settle(id, number, .refused(code: "404"), on: endpoint) }
        default: break  // we crashed: no outcome was ever recorded
        }
    }

    private mutating func inquire(_ entry: LedgerEntry) {
        let (id, endpoint) = (entry.request.id, entry.request.target.endpoint)
        guard let call = calls[id] else { return }
        // After a crash, so that nothing said of the inquiry can be taken for an answer to the call.
        if entry.state == .attempted { settle(id, call.number, .unknown(code: "no outcome recorded"), on: endpoint) }
        #expect(now >= call.at + limits.writeDeadline + limits.grace, "asked while the call may be under way")
        if !isCalm && chance(30) {  // the inquiry failed: it proves nothing
            happened([.action(id, .outcome(number: call.number, .notStarted(code: "inquiry"), at: now))])
            if ledger.entries[id]?.state == .notStarted { open[endpoint] = nil }
            return
        }
        if call.wasAccepted { return settle(id, call.number, .done(receipt: "61"), on: endpoint) }
        let role = Observed(Samples.role(), at: now)
        guard let event = entry.absence(seenAt: now, role: role, limits: limits) else { return }
        happened([.action(id, event)])
        if ledger.entries[id]?.state == .notApplied { open[endpoint] = nil }
    }

    private mutating func settle(_ id: ActionID, _ number: Int, _ outcome: ActionOutcome, on endpoint: String) {
        happened([.action(id, .outcome(number: number, outcome, at: now))])
        if ledger.entries[id]?.state.isOpenAttempt == false { open[endpoint] = nil }
    }
}
