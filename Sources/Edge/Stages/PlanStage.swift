import ActionLedger
package import Contracts
package import Investigation
package import Pipeline
package import Playbook
package import Ports

/// Decides which actions a case calls for, and follows them to their end.
package struct PlanStage: Stage {
    package enum Message: Sendable {
        case `case`(CaseSummary)
        case settled(ActionSettled)
    }

    private let catalogue: Catalogue
    private let playbook: Playbook
    /// The first digits of the hash of the playbook's text.
    private let version: String

    package init(_ catalogue: Catalogue, playbook: Playbook, version: String) {
        self.catalogue = catalogue
        self.playbook = playbook
        self.version = version
    }

    package var blank: Runs { Runs() }
    package var journal: Topic<RunRecord>? { catalogue.playbookRuns }

    package func read(_ record: IncomingRecord) throws(Unreadable) -> Reading<Message, Never> {
        if record.partition.topic == catalogue.actionsSettled.name {
            return .message(.settled(try catalogue.actionsSettled.message(in: record)))
        }
        return .message(.case(try catalogue.investigations.message(in: record).summary))
    }

    package func decide(_ input: StageInput<Message>, memory: Runs, row: Never?) -> Decision<RunRecord> {
        guard case .message(let message, let at) = input else { return .nothing }
        switch message {
        case .case(let summary):
            let (events, requests) = memory.decide(on: summary, playbook: playbook, version: version, at: at)
            return Decision(
                entries: events.map { RunRecord(run: $0, event: $1) },
                outputs: requests.map { catalogue.actionsRequested.draft(.requested($0)) }
                    + withdrawals(in: events, subject: summary.subject))
        case .settled(let settled):
            let events = memory.decide(settled: settled.action, state: settled.state)
            return Decision(entries: events.map { RunRecord(run: $0, event: $1) })
        }
    }

    private func withdrawals(in events: [(Run.ID, Run.Event)], subject: Subject) -> [Draft] {
        guard let console = subject.console else { return [] }
        return events.compactMap { _, event in
            guard case .withdrawalAsked(let action, let reason) = event else { return nil }
            return catalogue.actionsRequested.draft(.withdrawn(action, console: console, reason: reason))
        }
    }

    package func recall(_ entry: RunRecord, into memory: inout Runs) { memory.apply(entry.event, to: entry.run) }
}
