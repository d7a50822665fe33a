import ActionLedger
import Investigation
import Ports
import Samples
import Testing

@Suite("Next move")
struct NextMoveTests {
    private let limits = LedgerLimits()

    private func move(
        _ id: ActionID = Samples.actionID(), in ledger: ConsoleLedger, facts: GateFacts? = nil,
        after: Duration = .zero
    ) -> NextMove {
        let now = Samples.now + after
        return ledger.nextMove(for: id, facts: facts ?? Samples.openFacts(at: now), limits: limits, at: now)
    }

    private func ledger(_ request: ActionRequest = Samples.request(), _ events: LedgerEvent...) -> ConsoleLedger {
        var ledger = Samples.ledger(request)
        for event in events { ledger.apply(.action(request.id, event)) }
        return ledger
    }

    private func outcome(_ outcome: ActionOutcome, number: Int = 1, after: Duration = .zero) -> LedgerEvent {
        .outcome(number: number, outcome, at: Samples.now + after)
    }

    @Test("an action that nobody asked for has no move")
    func nothing() {
        #expect(move(in: ConsoleLedger()) == .nothing)
    }

    @Test("an action that needs an approval waits for it, whatever the gates say")
    func awaits() {
        #expect(move(in: ledger(Samples.request(needsApproval: true))) == .awaitApproval)
    }

    @Test("an expired approval lapses and must be given again")
    func lapses() {
        var waiting = ledger(
            Samples.request(needsApproval: true), .approved(by: "ada", order: "o", until: Samples.now + .seconds(5)))
        #expect(move(in: waiting).isAttempt)
        #expect(move(in: waiting, after: .seconds(5)) == .lapse)
        waiting.apply(.approvalLapsed(at: Samples.now + .seconds(5)), to: Samples.actionID())
        #expect(move(in: waiting, after: .seconds(5)) == .awaitApproval)
    }

    @Test("an approval that expired between two attempts permits no second one")
    func retryAfterExpiry() {
        let waiting = ledger(
            Samples.request(needsApproval: true), .approved(by: "ada", order: "o", until: Samples.now + .seconds(5)),
            Samples.attempted(), outcome(.notApplied(code: "absent")))
        #expect(move(in: waiting, after: .seconds(6)) == .lapse)
    }

    @Test("facts older than half their age are read again before an attempt")
    func looks() {
        let facts = Samples.openFacts()
        #expect(move(in: ledger(), facts: facts, after: .seconds(3)).isLookOrHold)
        var stale = Samples.openFacts(at: Samples.now + .seconds(3))
        stale.target = facts.target
        #expect(move(in: ledger(), facts: stale, after: .seconds(3)) == .look)
    }

    @Test(
        "an attempt without an outcome is asked about once its call must have ended, and never repeated",
        arguments: [
            0, 10, 19,
        ])
    func inquires(seconds: Int64) {
        for events in [[Samples.attempted()], [Samples.attempted(), outcome(.unknown(code: "timeout"))]] {
            var open = Samples.ledger(Samples.request())
            for event in events { open.apply(event, to: Samples.actionID()) }
            let earliest = Samples.now + .seconds(20)
            #expect(
                move(in: open, after: .seconds(seconds))
                    == .wait(reason: "the call may still be under way", until: earliest))
            #expect(move(in: open, after: .seconds(20)) == .inquire)
            #expect(move(in: open, after: .seconds(864_000)) == .inquire)
        }
    }

    @Test("what was done is watched, and overdue once, and watched on")
    func watches() {
        var done = ledger(Samples.request(), Samples.attempted(), outcome(.done(receipt: "r")))
        #expect(move(in: done, after: .seconds(3_600)) == .watch)
        #expect(move(in: done, after: .seconds(3_601)) == .becomeOverdue)
        done.apply(.overdue(at: Samples.now + .seconds(3_601)), to: Samples.actionID())
        #expect(move(in: done, after: .seconds(3_602)) == .watch)
    }

    @Test("an effect that is there already ends the action without a call")
    func alreadySo() {
        #expect(move(in: ledger(), facts: Samples.openFacts(networkStatus: "disconnected")) == .alreadySo)
    }

    @Test("one open attempt per endpoint: any other action on it waits")
    func oneOpenAttempt() {
        var both = Samples.ledger(Samples.request(), Samples.request(occurrence: 2))
        both.apply(Samples.attempted(), to: Samples.actionID())
        for event in [outcome(.unknown(code: "timeout"))] {
            #expect(move(Samples.actionID(occurrence: 2), in: both).isWait)
            both.apply(event, to: Samples.actionID())
        }
        #expect(move(Samples.actionID(occurrence: 2), in: both).isWait)
    }

    @Test("a rival of the same kind that is done and not confirmed is waited for")
    func doneRivalWaits() {
        var both = Samples.ledger(Samples.request(), Samples.request(occurrence: 2))
        both.apply(Samples.attempted(), outcome(.done(receipt: "r")), to: Samples.actionID())
        #expect(move(Samples.actionID(occurrence: 2), in: both).isWait)
        both.apply(.confirmed(receipt: "r", at: Samples.now), to: Samples.actionID())
        #expect(!move(Samples.actionID(occurrence: 2), in: both).isWait)
    }

    @Test("an action on another endpoint is no rival")
    func otherEndpoint() {
        let other = Samples.request(
            occurrence: 2, target: Samples.target(Samples.endpoint(id: "2190000000000000042")))
        var both = Samples.ledger(other, Samples.request())
        both.apply(Samples.attempted(), to: other.id)
        #expect(move(in: both).isAttempt)
    }

    @Test("a newer opposite wish supersedes an older one that waits")
    func newerOpposite() {
        let release = Samples.manualRequest(.release)
        let both = Samples.ledger(Samples.request(needsApproval: true), release)
        #expect(move(in: both) == .supersede(by: release.id.rawValue))
    }

    @Test("a newer opposite wish that is not approved supersedes nothing")
    func unapprovedOpposite() {
        let both = Samples.ledger(
            Samples.manualRequest(.release, by: "ada"), Samples.request(needsApproval: true))
        let facts = Samples.openFacts(networkStatus: "disconnected")
        #expect(move(Samples.manualRequest(.release).id, in: both, facts: facts).isAttempt)
    }

    @Test("a stop and a playbook's newer wish do not keep a person's signed release from happening")
    func stopThenUndo() {
        let release = Samples.manualRequest(.release)
        var both = Samples.ledger(release, Samples.request())
        both.apply(.stopSeen(Samples.stop()))
        both.apply(.held(gate: .killSwitch, reason: "stopped"), to: Samples.actionID())
        let facts = Samples.openFacts(networkStatus: "disconnected")
        #expect(move(release.id, in: both, facts: facts).isAttempt)
    }

    @Test("a playbook's newer isolation that was carried out supersedes a signed release that waits")
    func carriedOutOpposite() {
        let release = Samples.manualRequest(.release)
        var both = Samples.ledger(release, Samples.request())
        both.apply(Samples.attempted(), outcome(.done(receipt: "r")), to: Samples.actionID())
        #expect(move(release.id, in: both) == .supersede(by: Samples.actionID().rawValue))
    }

    @Test("what is done ends as superseded only once its opposite was accepted")
    func doneIsWatchedUntilUndone() {
        let release = Samples.manualRequest(.release, undoing: Samples.actionID())
        var both = Samples.ledger(Samples.request())
        both.apply(Samples.attempted(), outcome(.done(receipt: "r")), to: Samples.actionID())
        both.apply(.action(release.id, .requested(release, plan: "p")))
        both.apply(Samples.attempted(), to: release.id)
        #expect(move(in: both) == .watch)
        both.apply(outcome(.notStarted(code: "429")), to: release.id)
        #expect(move(in: both) == .watch)
        both.apply(Samples.attempted(2), outcome(.done(receipt: "r"), number: 2), to: release.id)
        #expect(move(in: both) == .supersede(by: release.id.rawValue))
    }

    @Test("a release of what was accepted and has not taken effect is carried out, though the host looks connected")
    func undoBeforeTheEffect() {
        let release = Samples.manualRequest(.release, undoing: Samples.actionID())
        var both = Samples.ledger(Samples.request())
        both.apply(Samples.attempted(), outcome(.done(receipt: "r")), to: Samples.actionID())
        both.apply(.action(release.id, .requested(release, plan: "p")))
        #expect(move(release.id, in: both).isAttempt)
        both.apply(.confirmed(receipt: "r", at: Samples.now), to: Samples.actionID())
        #expect(move(release.id, in: both, after: .seconds(60)).isAttempt, "the console's list may lag")
        #expect(move(release.id, in: both, after: .seconds(1_000)) == .alreadySo)
    }

    @Test("a release is skipped when somebody else of the console acted after us")
    func foreignOrder() {
        let release = Samples.manualRequest(.release, undoing: Samples.actionID())
        var both = Samples.ledger(Samples.request())
        both.apply(
            Samples.attempted(), outcome(.done(receipt: "r")), .confirmed(receipt: "r", at: Samples.now),
            to: Samples.actionID())
        both.apply(.action(release.id, .requested(release, plan: "p")))
        func last(_ user: String, _ after: Duration) -> NextMove {
            var facts = Samples.openFacts(networkStatus: "disconnected")
            facts.lastOrder = Observed(LastOrder(user: user, at: Samples.now + after), at: Samples.now)
            return move(release.id, in: both, facts: facts)
        }
        #expect(last("somebody", .seconds(1)) == .supersede(by: "user somebody of the console"))
        #expect(last("somebody", .seconds(-59)) == .supersede(by: "user somebody of the console"), "clocks differ")
        #expect(last("somebody", .seconds(-61)).isAttempt)
        #expect(last(Samples.ourUser, .seconds(1)).isAttempt)
    }

    @Test("our own order under a token that was rotated since is not somebody else's")
    func rotatedToken() {
        let release = Samples.manualRequest(.release, undoing: Samples.actionID())
        let other = Samples.request(occurrence: 2)
        var both = Samples.ledger(Samples.request(), other)
        both.apply(
            Samples.attempted(user: "before"), outcome(.done(receipt: "r")),
            .confirmed(receipt: "r", at: Samples.now), to: Samples.actionID())
        both.apply(
            Samples.attempted(user: "after"), outcome(.refused(code: "400")), to: other.id)
        both.apply(.action(release.id, .requested(release, plan: "p")))
        var facts = Samples.openFacts(networkStatus: "disconnected")
        facts.lastOrder = Observed(LastOrder(user: "after", at: Samples.now), at: Samples.now)
        #expect(move(release.id, in: both, facts: facts).isAttempt)
    }

    @Test("under a dry run every waiting action ends as rehearsed at once, and turning it off releases nothing")
    func dryRun() {
        var facts = Samples.openFacts()
        facts.isDryRun = true
        for request in [Samples.request(), Samples.request(needsApproval: true), Samples.manualRequest(.isolate)] {
            var waiting = Samples.ledger(request)
            guard case .rehearse(let closed) = move(request.id, in: waiting, facts: facts) else {
                Issue.record("\(request.id) was not rehearsed")
                continue
            }
            #expect(closed.map(\.gate) == (request.needsApproval ? [.approval] : []))
            waiting.apply(.rehearsed(closed: closed, at: Samples.now), to: request.id)
            #expect(move(request.id, in: waiting) == .nothing)
        }
    }

    @Test("a dry run still follows what was attempted before it")
    func dryRunFollows() {
        var facts = Samples.openFacts(at: Samples.now + .seconds(60))
        facts.isDryRun = true
        let open = ledger(Samples.request(), Samples.attempted())
        #expect(move(in: open, facts: facts, after: .seconds(60)) == .inquire)
    }

    @Test(
        "setbacks use no attempt and back off, doubling up to an hour",
        arguments: [
            (1, 2), (2, 4), (5, 32), (11, 2_048), (12, 3_600), (60, 3_600),
        ])
    func backsOff(setbacks: Int, seconds: Int64) {
        var waiting = Samples.ledger(Samples.request())
        for number in 1...setbacks {
            waiting.apply(
                Samples.attempted(number),
                outcome(number.isMultiple(of: 2) ? .held(code: "403") : .notStarted(code: "429"), number: number),
                to: Samples.actionID())
        }
        #expect(waiting.entries[Samples.actionID()]?.attemptsUsed == 0)
        #expect(move(in: waiting, after: .seconds(seconds) - .milliseconds(1)).isWait)
        #expect(move(in: waiting, after: .seconds(seconds)).isAttempt)
    }

    @Test("a setback that a wrong clock dated far ahead does not hold an action for ever")
    func setbackFromTheFuture() {
        let waiting = ledger(
            Samples.request(), Samples.attempted(), outcome(.notStarted(code: "clock"), after: .seconds(86_400)))
        #expect(move(in: waiting, after: .seconds(3_600)).isAttempt)
    }

    @Test("what was provably not applied is tried again, up to the limit")
    func attemptLimit() {
        var waiting = Samples.ledger(Samples.request())
        for number in 1...3 {
            #expect(move(in: waiting, after: .seconds(60)).isAttempt, "attempt \(number)")
            waiting.apply(
                Samples.attempted(number), outcome(.notApplied(code: "absent"), number: number),
                to: Samples.actionID())
        }
        #expect(move(in: waiting, after: .seconds(60)) == .giveUp(reason: "not applied after 3 attempts"))
    }
}

extension NextMove {
    var isWait: Bool { if case .wait = self { true } else { false } }
    var isLookOrHold: Bool {
        switch self {
        case .look, .hold: true
        case .nothing, .awaitApproval, .wait, .lapse, .rehearse, .alreadySo, .supersede, .attempt, .inquire, .watch,
            .becomeOverdue, .giveUp:
            false
        }
    }
}
