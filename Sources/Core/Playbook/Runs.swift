package import ActionLedger
package import Investigation
package import Ports

/// One playbook at work on one generation of one case: a process manager, rebuilt by folding its events.
package struct Run: Equatable, Sendable {
    package struct ID: Hashable, Comparable, Sendable, CustomStringConvertible {
        package let caseID: CaseID
        package let generation: Int

        package init(case id: CaseID, generation: Int) {
            caseID = id
            self.generation = generation
        }

        package static func < (left: ID, right: ID) -> Bool {
            (left.caseID, left.generation) < (right.caseID, right.generation)
        }
        package var description: String { "\(caseID)#\(generation)" }
    }

    package enum Event: Hashable, Sendable {
        /// Pins the version that this run follows. A second one begins again what the case had called off.
        case planned(under: String)
        case actionAsked(ActionID)
        case withdrawalAsked(ActionID, reason: String)
        case actionSettled(ActionID, state: LedgerEntry.State)
        case ended(reason: String)
    }

    package private(set) var playbook: String?
    /// How often the run was planned: the occurrence of its steps.
    package private(set) var plans = 0
    /// What was asked for and the last word on each: nil while there is none.
    package private(set) var actions: [ActionID: LedgerEntry.State?] = [:]
    package private(set) var withdrawn: Set<ActionID> = []
    package private(set) var endedBecause: String?

    package init() {}

    /// Whether the last word on every action is final.
    package var isSettled: Bool { actions.values.allSatisfy { $0?.isEnd ?? false } }

    /// Whether all that was asked for was called off because of the case, and nobody has settled it otherwise.
    var isCalledOff: Bool {
        actions.allSatisfy { id, state in
            withdrawn.contains(id) && (state.map { $0 == .withdrawn || !$0.isEnd } ?? true)
        }
    }

    package mutating func apply(_ event: Event) {
        switch event {
        case .planned(let playbook):
            self.playbook = playbook
            plans += 1
            endedBecause = nil
        case .actionAsked(let id): actions[id] = .some(nil)
        case .withdrawalAsked(let id, _): withdrawn.insert(id)
        case .actionSettled(let id, let state): actions[id] = state
        case .ended(let reason): endedBecause = reason
        }
    }
}

/// All runs of one subject: what plan remembers per key.
package struct Runs: Equatable, Sendable {
    package private(set) var byID: [Run.ID: Run] = [:]

    package init() {}

    package mutating func apply(_ event: Run.Event, to id: Run.ID) { byID[id, default: Run()].apply(event) }

    /// What a new state of a case calls for: the run's events and the requests that go with them. What was asked
    /// already is not asked again, unless the case itself called it off and has changed its mind since.
    package func decide(
        on summary: CaseSummary, playbook: Playbook, version: String, at: Timestamp
    ) -> (events: [(Run.ID, Run.Event)], requests: [ActionRequest]) {
        let id = Run.ID(case: summary.id, generation: summary.generation)
        if summary.status == .open, summary.verdict == .malicious {
            let run = byID[id, default: Run()]
            guard run.isCalledOff else { return ([], []) }
            let requests = playbook.plan(for: summary, version: version, at: at, occurrence: run.plans + 1)
            guard !requests.isEmpty else { return ([], []) }
            return (
                [(id, .planned(under: "\(playbook.name)@\(version)"))]
                    + requests.map { (id, .actionAsked($0.id)) }, requests
            )
        }
        return (withdrawals(of: summary), [])
    }

    /// A case that closed or was cleared withdraws what still waits, of every generation.
    private func withdrawals(of summary: CaseSummary) -> [(Run.ID, Run.Event)] {
        let reason = summary.status == .closed ? "the case was closed" : "the verdict is no longer malicious"
        return byID.filter { $0.key.caseID == summary.id && $0.value.endedBecause == nil }
            .sorted { $0.key < $1.key }
            .flatMap { id, run in
                run.actions.filter { !($0.value?.isEnd ?? false) && !run.withdrawn.contains($0.key) }
                    .keys.sorted().map { (id, Run.Event.withdrawalAsked($0, reason: reason)) }
            }
    }

    /// What became of an action that one of these runs asked for.
    package func decide(settled action: ActionID, state: LedgerEntry.State) -> [(Run.ID, Run.Event)] {
        guard let (id, run) = byID.first(where: { $0.value.actions[action] != nil }) else { return [] }
        guard run.actions[action] != .some(state) else { return [] }
        var after = run
        after.apply(.actionSettled(action, state: state))
        let ends = after.isSettled && run.endedBecause == nil
        return [(id, .actionSettled(action, state: state))]
            + (ends ? [(id, .ended(reason: "every action has ended"))] : [])
    }
}
