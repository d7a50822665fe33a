import ActionLedger
import Ports
import Samples
import Testing

@Suite("Ledger entry")
struct LedgerEntryTests {
    private func entry(_ events: LedgerEvent...) -> LedgerEntry {
        var entry = LedgerEntry(Samples.request(), plan: "p")
        for event in events { entry.apply(event) }
        return entry
    }

    @Test("an ended entry never moves again", arguments: TransitionTests.ends, TransitionTests.events)
    func ended(end: TransitionTests.Named, event: TransitionTests.Named) {
        var entry = entry()
        for event in end.events { entry.apply(event) }
        let before = entry
        for event in event.events { entry.apply(event) }
        #expect(entry.state.isEnd && entry == before)
    }

    @Test("an answer to an earlier attempt says nothing of a later one")
    func lateAnswer() {
        let open = entry(
            Samples.attempted(), .outcome(number: 1, .notApplied(code: "c"), at: Samples.now), Samples.attempted(2),
            .outcome(number: 1, .notStarted(code: "late"), at: Samples.now), .absenceSeen(number: 1, at: Samples.now))
        #expect(open.state == .attempted)
        #expect(open.attemptsUsed == 2)
        #expect(open.absenceSeenAt == nil)
    }

    @Test(
        "what is unknown stays unknown unless its effect or its absence was found",
        arguments: [
            .notStarted(code: "the inquiry could not be sent"), .held(code: "403"), .refused(code: "404"),
        ] as [ActionOutcome])
    func unknownStands(outcome: ActionOutcome) {
        let unknown = entry(Samples.attempted(), .outcome(number: 1, .unknown(code: "timeout"), at: Samples.now))
        var after = unknown
        after.apply(.outcome(number: 1, outcome, at: Samples.now))
        #expect(after == unknown)
    }

    @Test(
        "neither a closed gate nor a lapsed approval hides an open attempt",
        arguments: [
            .held(gate: .role, reason: "r"), .approvalLapsed(at: Samples.now),
        ] as [LedgerEvent])
    func openAttemptStands(event: LedgerEvent) {
        #expect(entry(Samples.attempted(), event).state == .attempted)
        #expect(
            entry(Samples.attempted(), .outcome(number: 1, .done(receipt: "r"), at: Samples.now), event).state == .done)
    }
}
