import ActionLedger
package import Contracts
package import Investigation
import JSONView
package import Pipeline
package import Ports

/// Turns enriched threats into cases, and keeps the cases of one subject as the fold of `investigations`.
package struct InvestigateStage: Stage {
    package enum Message: Sendable {
        case threat(ThreatFacts, endpoint: EndpointFacts?, subject: Subject, event: String)
        case settled(ActionSettled)
    }

    private let catalogue: Catalogue

    package init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    package var blank: Cases { Cases() }
    package var journal: Topic<CaseRecord>? { catalogue.investigations }

    package func read(_ record: IncomingRecord) throws(Unreadable) -> Reading<Message, Never> {
        if record.partition.topic == catalogue.actionsSettled.name {
            return .message(.settled(try catalogue.actionsSettled.message(in: record)))
        }
        let enriched = try catalogue.threatsEnriched.message(in: record)
        do {
            let threat = try JSONView(parsing: enriched.threat)
            let row = try enriched.endpoint.map { (bytes: Bytes) throws(JSONProblem) in try JSONView(parsing: bytes) }
            return .message(
                .threat(
                    try VendorFacts.threat(threat),
                    endpoint: row.flatMap(VendorFacts.endpoint(row:)) ?? VendorFacts.endpoint(threat: threat),
                    subject: enriched.subject, event: enriched.threatEvent))
        } catch {
            throw Unreadable("\(record.partition.topic): \(error)")
        }
    }

    package func decide(_ input: StageInput<Message>, memory: Cases, row: Never?) -> Decision<CaseRecord> {
        guard case .message(let message, let at) = input else { return .nothing }
        switch message {
        case .threat(let threat, let endpoint, let subject, let event):
            guard let console = subject.console else { return .nothing }
            return decide(
                .observe(threat, endpoint: endpoint, event: event, at: at),
                of: memory.home(of: threat, console: console),
                subject: subject, memory: memory)
        case .settled(let settled):
            guard let id = settled.caseID else { return .nothing }
            return decide(
                .noteAction(settled.action.rawValue, state: settled.state.rawValue), of: id, subject: settled.subject,
                memory: memory)
        }
    }

    /// Each event travels with the state of the case after it.
    private func decide(
        _ command: Investigation.Command, of id: CaseID, subject: Subject, memory: Cases
    ) -> Decision<CaseRecord> {
        var after = memory[id]
        return Decision(
            entries: after.decide(command).map { event in
                after.apply(event)
                return CaseRecord(event, summary: CaseSummary(of: after, id: id, subject: subject))
            })
    }

    package func recall(_ entry: CaseRecord, into memory: inout Cases) {
        memory.apply(entry.event, to: entry.summary.id)
    }
}
