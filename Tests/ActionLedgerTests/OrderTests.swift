import ActionLedger
import Investigation
import Ports
import Samples
import Testing

@Suite("Orders")
struct OrderTests {
    private let isolate = Samples.actionID()

    private var waiting: ConsoleLedger { Samples.ledger(Samples.request(needsApproval: true)) }

    private func plan(in ledger: ConsoleLedger) -> String { ledger.entries[isolate]?.plan ?? "" }

    /// Answers an order, holding that the same order again yields nothing, now and later.
    private func answer(
        _ signed: SignedOrder, in ledger: inout ConsoleLedger, at now: Timestamp = Samples.now
    ) -> [ConsoleLedgerEvent] {
        let context = Samples.orderContext()
        let events = ledger.decide(on: signed, for: Samples.console(), context: context, at: now)
        for event in events { ledger.apply(event) }
        for later in [Duration.zero, .seconds(86_400)] {
            let again = ledger.decide(on: signed, for: Samples.console(), context: context, at: now + later)
            #expect(again.isEmpty, "the same order again: \(signed.order.demand)")
        }
        return events
    }

    private func carriedOut(_ events: LedgerEvent..., request: ActionRequest = Samples.request()) -> ConsoleLedger {
        var ledger = Samples.ledger(request)
        for event in events { ledger.apply(.action(request.id, event)) }
        return ledger
    }

    private var done: LedgerEvent { .outcome(number: 1, .done(receipt: "r"), at: Samples.now) }

    private func refusal(_ events: [ConsoleLedgerEvent]) -> String? {
        guard events.count == 1, case .orderRefused(_, _, let reason) = events[0] else { return nil }
        return reason
    }

    @Test("an approval of exactly this plan opens the way, once")
    func approves() {
        var ledger = waiting
        let signed = Samples.order(.approve(isolate, plan: plan(in: ledger)))
        let events = answer(signed, in: &ledger)
        #expect(
            events == [
                .action(
                    isolate,
                    .approved(by: "ada", order: Samples.digest(of: signed.order.text), until: signed.order.until))
            ])
        #expect(ledger.entries[isolate]?.isApproved(at: Samples.now) == true)
        #expect(ledger.entries[isolate]?.isApproved(at: signed.order.until) == false)
    }

    @Test("an approval that lapsed cannot be replayed")
    func replayed() {
        var ledger = waiting
        let signed = Samples.order(.approve(isolate, plan: plan(in: ledger)))
        _ = answer(signed, in: &ledger)
        ledger.apply(.approvalLapsed(at: Samples.now), to: isolate)
        #expect(answer(signed, in: &ledger).isEmpty)
        #expect(ledger.entries[isolate]?.state == .awaitingApproval)
    }

    @Test("an approval may be given again as soon as the last one has expired")
    func approvedAgain() {
        var ledger = waiting
        _ = answer(Samples.order(.approve(isolate, plan: plan(in: ledger))), in: &ledger)
        ledger.apply(.held(gate: .role, reason: "r"), to: isolate)
        let later = Samples.now + .seconds(3_600)
        _ = answer(Samples.order(.approve(isolate, plan: plan(in: ledger)), at: later), in: &ledger, at: later)
        #expect(ledger.entries[isolate]?.isApproved(at: later) == true)
    }

    @Test("no approval outlives a week, whatever was signed")
    func boundedApproval() {
        var ledger = waiting
        let signed = Samples.order(.approve(isolate, plan: plan(in: ledger)), until: .distantFuture)
        _ = answer(signed, in: &ledger)
        #expect(ledger.entries[isolate]?.isApproved(at: Samples.now + .seconds(604_799)) == true)
        #expect(ledger.entries[isolate]?.isApproved(at: Samples.now + .seconds(604_800)) == false)
    }

    @Test("what a stranger wrote is not kept whole in the journal")
    func longWords() {
        var ledger = waiting
        let long = String(repeating: "mallory ", count: 50_000)
        let order = Samples.order(.approve(Samples.actionID(), plan: "0000"), by: long)
        guard case .orderRefused(_, let by, let reason)? = answer(order, in: &ledger).first else {
            Issue.record("it was not refused")
            return
        }
        #expect(by.hasPrefix("mallory ") && by.utf8.count < 110 && reason.utf8.count < 410)
    }

    @Test("an order that is not in order is refused on the record and changes nothing", arguments: refused)
    func refuses(row: Refused) {
        var ledger = waiting
        let before = ledger.entries
        let events = answer(row.order(plan(in: ledger)), in: &ledger)
        #expect(refusal(events)?.contains(row.reason) == true, "\(events)")
        #expect(ledger.entries == before)
    }

    @Test("a forged copy of an order does not use the order up")
    func forgeryBurnsNothing() {
        var ledger = waiting
        let genuine = Samples.order(.approve(isolate, plan: plan(in: ledger)))
        let forged = answer(SignedOrder(genuine.order, signature: "forged"), in: &ledger)
        #expect(refusal(forged) != nil)
        _ = answer(genuine, in: &ledger)
        #expect(ledger.entries[isolate]?.isApproved(at: Samples.now) == true)
    }

    @Test("nobody approves what they asked for")
    func ownRequest() {
        let request = Samples.manualRequest(.isolate, by: "ada", needsApproval: true)
        func approval(by: String) -> String? {
            var ledger = Samples.ledger(request)
            let demand = Order.Demand.approve(request.id, plan: ledger.entries[request.id]?.plan ?? "")
            return refusal(answer(Samples.order(demand, by: by), in: &ledger))
        }
        #expect(approval(by: "ada") == "nobody approves what they asked for")
        #expect(approval(by: "grace") == nil)
    }

    @Test("an action that waits for no approval takes none")
    func needlessApproval() {
        var ledger = Samples.ledger(Samples.request())
        let events = answer(Samples.order(.approve(isolate, plan: plan(in: ledger))), in: &ledger)
        #expect(refusal(events) == "the action does not wait for an approval")
    }

    @Test("a rejection ends what waits")
    func rejects() {
        var ledger = waiting
        _ = answer(Samples.order(.reject(isolate, reason: "known")), in: &ledger)
        #expect(ledger.entries[isolate]?.state == .rejected)
    }

    @Test("a rejection comes too late for what is under way or has ended")
    func rejectsTooLate() {
        var open = carriedOut(Samples.attempted())
        #expect(refusal(answer(Samples.order(.reject(isolate, reason: "r")), in: &open))?.contains("under way") == true)
        var ended = carriedOut(.withdrawn(reason: "r"))
        #expect(refusal(answer(Samples.order(.reject(isolate, reason: "r")), in: &ended)) == "the action has ended")
    }

    @Test(
        "undoing what waits withdraws it",
        arguments: [
            [], [.held(gate: .role, reason: "r")],
            [Samples.attempted(), .outcome(number: 1, .notStarted(code: "429"), at: Samples.now)],
            [Samples.attempted(), .outcome(number: 1, .notApplied(code: "absent"), at: Samples.now)],
        ] as [[LedgerEvent]])
    func undoesWaiting(events: [LedgerEvent]) {
        var ledger = Samples.ledger(Samples.request())
        for event in events { ledger.apply(event, to: isolate) }
        let answers = answer(Samples.order(.undo(isolate, reason: "calm")), in: &ledger)
        #expect(answers == [.action(isolate, .withdrawn(reason: "undone by ada: calm"))])
        #expect(ledger.order == [isolate], "nothing is released that was never isolated")
    }

    @Test(
        "undoing what was or may have been carried out asks for a release named after the order",
        arguments: [
            [], [.outcome(number: 1, .unknown(code: "timeout"), at: Samples.now)],
            [.outcome(number: 1, .done(receipt: "r"), at: Samples.now)],
            [.outcome(number: 1, .done(receipt: "r"), at: Samples.now), .confirmed(receipt: "r", at: Samples.now)],
        ] as [[LedgerEvent]])
    func undoes(events: [LedgerEvent]) {
        var ledger = carriedOut(Samples.attempted())
        for event in events { ledger.apply(event, to: isolate) }
        let signed = Samples.order(.undo(isolate, reason: "calm"))
        _ = answer(signed, in: &ledger)
        let hash = Samples.digest(of: signed.order.text)
        let id = ActionID(order: hash, step: "release", target: Samples.endpointID)
        let release = ledger.entries[id]?.request
        #expect(ledger.order == [isolate, id])
        #expect(release?.kind == .release)
        #expect(release?.target == Samples.target())
        #expect(release?.origin == .order(hash, by: "ada", undoing: isolate))
        #expect(release?.needsApproval == false)
    }

    @Test(
        "what never reached the endpoint cannot be undone",
        arguments: [
            ([.withdrawn(reason: "r")], "the action was never carried out"),
            ([.rehearsed(closed: [], at: Samples.now)], "the action was never carried out"),
            ([.alreadySo(at: Samples.now)], "the action was never carried out"),
            (
                [
                    Samples.attempted(), .outcome(number: 1, .notStarted(code: "429"), at: Samples.now),
                    .alreadySo(at: Samples.now),
                ], "the action was never carried out"
            ),
            (
                [
                    Samples.attempted(), .outcome(number: 1, .notApplied(code: "absent"), at: Samples.now),
                    .gaveUp(reason: "r", at: Samples.now),
                ], "the action was never carried out"
            ),
            (
                [Samples.attempted(), .outcome(number: 1, .refused(code: "404"), at: Samples.now)],
                "the console refused the action"
            ),
        ] as [([LedgerEvent], String)])
    func undoesNothing(events: [LedgerEvent], reason: String) {
        var ledger = Samples.ledger(Samples.request())
        for event in events { ledger.apply(event, to: isolate) }
        if case .withdrawn? = events.last { return #expect(answerIsQuiet(&ledger)) }
        #expect(refusal(answer(Samples.order(.undo(isolate, reason: "r")), in: &ledger)) == reason)
        #expect(ledger.order == [isolate])
    }

    /// A withdrawn action is what the undo asked for.
    private func answerIsQuiet(_ ledger: inout ConsoleLedger) -> Bool {
        answer(Samples.order(.undo(isolate, reason: "r")), in: &ledger).isEmpty
    }

    @Test("a second undo waits for the first one to fail")
    func undoneTwice() {
        var ledger = carriedOut(Samples.attempted(), done)
        _ = answer(Samples.order(.undo(isolate, reason: "one")), in: &ledger)
        let again = answer(Samples.order(.undo(isolate, reason: "two"), by: "grace"), in: &ledger)
        #expect(refusal(again)?.contains("is undone by") == true)
        guard let release = ledger.order.last else { return }
        ledger.apply(Samples.attempted(), .outcome(number: 1, .refused(code: "404"), at: Samples.now), to: release)
        _ = answer(Samples.order(.undo(isolate, reason: "three")), in: &ledger)
        #expect(ledger.order.count == 3)
    }

    @Test("an undo of an old isolation does not lift a newer one")
    func undoOfTheOlder() {
        let newer = Samples.request(generation: 2)
        var ledger = carriedOut(Samples.attempted(), done, .confirmed(receipt: "r", at: Samples.now))
        ledger.apply(.action(newer.id, .requested(newer, plan: "p")))
        ledger.apply(Samples.attempted(), done, to: newer.id)
        let events = answer(Samples.order(.undo(isolate, reason: "r")), in: &ledger)
        #expect(refusal(events)?.contains("the same was done again by \(newer.id)") == true)
    }

    @Test("a release cannot be undone into an isolation")
    func undoOfRelease() {
        let release = Samples.manualRequest(.release)
        var ledger = carriedOut(Samples.attempted(), done, request: release)
        let events = answer(Samples.order(.undo(release.id, reason: "r")), in: &ledger)
        #expect(refusal(events) == "isolate is not a release")
    }

    @Test("a signed resume lifts the stop it names, and no other")
    func resumes() {
        var ledger = ConsoleLedger()
        for id in ["stop-1", "stop-2"] { ledger.apply(.stopSeen(Samples.stop(id))) }
        _ = answer(Samples.order(.resume(stop: "stop-1", reason: "over")), in: &ledger)
        #expect(ledger.activeStops.map(\.id) == ["stop-2"])
    }

    @Test("a wish that poses as a person's signed order is not taken")
    func posedOrder() {
        let context = Samples.orderContext()
        for kind in ActionKind.allCases {
            #expect(ConsoleLedger().decide(on: Samples.manualRequest(kind), context: context).isEmpty)
        }
    }

    @Test("the settings may ask for an approval that the wish does not, and never the other way")
    func approvalFloor() {
        let context = Samples.orderContext()
        for (wished, floor) in [(false, false), (false, true), (true, false), (true, true)] {
            let request = Samples.request(needsApproval: wished)
            var ledger = ConsoleLedger()
            for event in ledger.decide(on: request, context: context, needsApproval: floor) { ledger.apply(event) }
            let recorded = ledger.entries[request.id]
            #expect(recorded?.request.needsApproval == (wished || floor))
            #expect(recorded?.plan == recorded.map { Samples.digest(of: $0.request.plan(deployment: "docket-tests")) })
        }
    }

    @Test("a request is recorded once under its id")
    func requestedTwice() {
        let ledger = Samples.ledger(Samples.request())
        let context = Samples.orderContext()
        #expect(ConsoleLedger().decide(on: Samples.request(), context: context).count == 1)
        #expect(ledger.decide(on: Samples.request(reason: "other"), context: context).isEmpty)
    }

    @Test(
        "a withdrawal ends what waits and leaves alone what is under way or has ended",
        arguments: [
            ([], true), ([.held(gate: .role, reason: "r")], true), ([Samples.attempted()], false),
            ([Samples.attempted(), .outcome(number: 1, .unknown(code: "c"), at: Samples.now)], false),
            ([Samples.attempted(), .outcome(number: 1, .done(receipt: "r"), at: Samples.now)], false),
            ([Samples.attempted(), .outcome(number: 1, .notApplied(code: "c"), at: Samples.now)], true),
            ([Samples.attempted(), .outcome(number: 1, .notStarted(code: "c"), at: Samples.now)], true),
            ([Samples.attempted(), .confirmed(receipt: "r", at: Samples.now)], false),
            ([.withdrawn(reason: "r")], false),
        ] as [([LedgerEvent], Bool)])
    func withdraws(events: [LedgerEvent], ends: Bool) {
        for needsApproval in [false, true] {
            var ledger = Samples.ledger(Samples.request(needsApproval: needsApproval))
            for event in events { ledger.apply(event, to: isolate) }
            let expected: [ConsoleLedgerEvent] = ends ? [.action(isolate, .withdrawn(reason: "cleared"))] : []
            #expect(ledger.decide(withdrawing: isolate, reason: "cleared") == expected)
        }
    }
}
