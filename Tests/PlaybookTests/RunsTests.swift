import ActionLedger
import Investigation
import Playbook
import Ports
import Samples
import Testing

@Suite("Runs")
struct RunsTests {
    /// Lets the runs answer, holding that the same question again yields nothing.
    private func see(_ summary: CaseSummary, in runs: inout Runs, version: String = "3f9c") -> [ActionRequest] {
        let answer = runs.decide(on: summary, playbook: Samples.containment(), version: version, at: Samples.now)
        for (id, event) in answer.events { runs.apply(event, to: id) }
        let again = runs.decide(on: summary, playbook: Samples.containment(), version: version, at: Samples.now)
        #expect(again.events.isEmpty && again.requests.isEmpty, "the same case again")
        return answer.requests
    }

    private func settle(
        _ state: LedgerEntry.State, _ action: ActionID = Samples.actionID(), in runs: inout Runs
    ) -> [Run.Event] {
        let events = runs.decide(settled: action, state: state)
        for (id, event) in events { runs.apply(event, to: id) }
        #expect(runs.decide(settled: action, state: state).isEmpty, "the same news again")
        return events.map(\.1)
    }

    private func run(_ generation: Int = 1, in runs: Runs) -> Run? {
        runs.byID[Run.ID(case: Samples.caseID, generation: generation)]
    }

    @Test("a malicious case is planned once, under the version of then")
    func plannedOnce() {
        var runs = Runs()
        #expect(see(Samples.summary(), in: &runs).map(\.id) == [Samples.actionID()])
        #expect(run(in: runs)?.playbook == "contain@3f9c")
        #expect(see(Samples.summary(threats: [Samples.threatID, "2"]), in: &runs, version: "beef").isEmpty)
    }

    @Test("a case that becomes malicious later, or gets its endpoint later, is planned then")
    func plannedLater() {
        var runs = Runs()
        #expect(see(Samples.summary(verdict: .suspicious), in: &runs).isEmpty)
        #expect(see(Samples.summary(endpoint: nil), in: &runs).isEmpty)
        #expect(see(Samples.summary(), in: &runs).count == 1)
    }

    @Test("a new generation is a new action")
    func newGeneration() {
        var runs = Runs()
        _ = see(Samples.summary(), in: &runs)
        _ = see(Samples.summary(status: .closed), in: &runs)
        #expect(see(Samples.summary(generation: 2), in: &runs).map(\.id) == [Samples.actionID(generation: 2)])
    }

    @Test(
        "a case that closed or was cleared withdraws what waits, once",
        arguments: [
            (Samples.summary(status: .closed), "the case was closed"),
            (Samples.summary(verdict: .benign), "the verdict is no longer malicious"),
        ])
    func withdraws(summary: CaseSummary, reason: String) {
        var runs = Runs()
        _ = see(Samples.summary(), in: &runs)
        let events = runs.decide(on: summary, playbook: Samples.containment(), version: "3f9c", at: Samples.now).events
        #expect(events.map(\.1) == [.withdrawalAsked(Samples.actionID(), reason: reason)])
        _ = see(summary, in: &runs)
    }

    @Test("what has ended is not withdrawn")
    func endedStays() {
        var runs = Runs()
        _ = see(Samples.summary(), in: &runs)
        _ = settle(.confirmed, in: &runs)
        let answer = runs.decide(
            on: Samples.summary(status: .closed), playbook: Samples.containment(), version: "3f9c", at: Samples.now)
        #expect(answer.events.isEmpty)
    }

    @Test(
        "the verdict that comes back asks again, under a new name",
        arguments: [
            nil, .held, .withdrawn,
        ] as [LedgerEntry.State?])
    func verdictComesBack(state: LedgerEntry.State?) {
        var runs = Runs()
        _ = see(Samples.summary(), in: &runs)
        _ = see(Samples.summary(verdict: .suspicious), in: &runs)
        if let state { _ = settle(state, in: &runs) }
        #expect(see(Samples.summary(), in: &runs).map(\.id) == [Samples.actionID(occurrence: 2)])
        #expect(run(in: runs)?.endedBecause == nil)
        _ = see(Samples.summary(verdict: .benign), in: &runs)
        #expect(see(Samples.summary(), in: &runs).map(\.id) == [Samples.actionID(occurrence: 3)])
    }

    @Test(
        "what a person rejected or the console settled is not asked again by a verdict that comes back",
        arguments: [
            .rejected, .confirmed, .rehearsed, .refused, .alreadySo,
        ] as [LedgerEntry.State])
    func settledStays(state: LedgerEntry.State) {
        var runs = Runs()
        _ = see(Samples.summary(), in: &runs)
        _ = see(Samples.summary(verdict: .suspicious), in: &runs)
        _ = settle(state, in: &runs)
        #expect(see(Samples.summary(), in: &runs).isEmpty)
    }

    @Test("a run ends when the last word on each action is final", arguments: LedgerEntry.State.allCases)
    func ends(state: LedgerEntry.State) {
        var runs = Runs()
        _ = see(Samples.summary(), in: &runs)
        let events = settle(state, in: &runs)
        #expect(events.first == .actionSettled(Samples.actionID(), state: state))
        #expect((run(in: runs)?.endedBecause != nil) == state.isEnd)
    }

    @Test("news of an action that no run asked for is no news")
    func strangersNews() {
        #expect(Runs().decide(settled: Samples.actionID(), state: .done).isEmpty)
    }

    @Test("the fold of its events is the run")
    func folds() {
        let id = Run.ID(case: Samples.caseID, generation: 1)
        let events: [Run.Event] = [
            .planned(under: "contain@3f9c"), .actionAsked(Samples.actionID()),
            .actionSettled(Samples.actionID(), state: .held),
            .withdrawalAsked(Samples.actionID(), reason: "r"),
            .actionSettled(Samples.actionID(), state: .withdrawn), .ended(reason: "every action has ended"),
        ]
        var folded = Runs()
        for event in events { folded.apply(event, to: id) }
        let run = folded.byID[id]
        #expect(run?.playbook == "contain@3f9c")
        #expect(run?.actions == [Samples.actionID(): .withdrawn])
        #expect(run?.withdrawn == [Samples.actionID()])
        #expect(run?.isSettled == true)
        #expect(run?.endedBecause == "every action has ended")
    }
}
