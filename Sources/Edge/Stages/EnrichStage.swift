package import Contracts
package import Pipeline
package import Ports

/// Joins each threat with the row of its endpoint, which lies under the same key, and passes both on verbatim.
package struct EnrichStage: Stage {
    package typealias Row = ObservedRecord

    private let catalogue: Catalogue
    package let tables: Set<String>

    package init(_ catalogue: Catalogue) {
        self.catalogue = catalogue
        tables = catalogue.loops.enrich.tables
    }

    package func read(_ record: IncomingRecord) throws(Unreadable) -> Reading<ObservedRecord, ObservedRecord> {
        if record.partition.topic == catalogue.agentsObserved.name {
            return .row(record.value == nil ? nil : try catalogue.agentsObserved.message(in: record))
        }
        return .message(try catalogue.threatsObserved.message(in: record))
    }

    package func decide(
        _ input: StageInput<ObservedRecord>, memory: Void, row: ObservedRecord?
    ) -> Decision<Never> {
        guard case .message(let threat, _) = input else { return .nothing }
        return Decision(outputs: [
            catalogue.threatsEnriched.draft(
                EnrichedThreat(
                    subject: threat.subject, threat: threat.raw, threatEvent: threat.event,
                    endpoint: row?.raw, endpointEvent: row?.event))
        ])
    }
}
