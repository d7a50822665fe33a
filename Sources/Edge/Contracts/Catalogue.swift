package import ActionLedger
import Investigation
package import Pipeline
package import Ports

/// Every topic of a deployment: its name, what travels on it, how it is keyed and how it becomes bytes.
package struct Catalogue: Sendable {
    package let prefix: String
    package let partitions: Int32

    package let threatsObserved: Topic<ObservedRecord>
    package let agentsObserved: Topic<ObservedRecord>
    package let feedsCursors: Topic<FeedProgress>
    package let threatsEnriched: Topic<EnrichedThreat>
    package let investigations: Topic<CaseRecord>
    package let playbookRuns: Topic<RunRecord>
    package let actionsRequested: Topic<ActionWish>
    package let actionsLedger: Topic<ConsoleLedgerEvent>
    package let actionsSettled: Topic<ActionSettled>
    package let ordersConsoles: Topic<SignedOrder>
    package let controls: Topic<Control>
    package let deadLetters: String

    package init(deployment: String, prefix: String = "docket.", partitions: Int32 = 4) {
        self.prefix = prefix
        self.partitions = partitions
        let source = "docket/\(deployment)"
        threatsObserved = .observed(prefix + "threats.observed", source: source, type: "threat.observed")
        agentsObserved = .observed(prefix + "agents.observed", source: source, type: "agent.observed")
        feedsCursors = .feedsCursors(prefix + "feeds.cursors", source: source)
        threatsEnriched = .threatsEnriched(prefix + "threats.enriched", source: source)
        investigations = .investigations(prefix + "investigations", source: source)
        playbookRuns = .playbookRuns(prefix + "playbook.runs", source: source)
        actionsRequested = .actionsRequested(prefix + "actions.requested", source: source)
        actionsLedger = .actionsLedger(prefix + "actions.ledger", source: source)
        actionsSettled = .actionsSettled(prefix + "actions.settled", source: source)
        ordersConsoles = .ordersConsoles(prefix + "orders.consoles", source: source)
        controls = .controls(prefix + "controls", source: source)
        deadLetters = prefix + "dead.letters"
    }

    /// How a topic is kept, keyed, written and read. The table in `contracts/topics.md` is printed from this.
    package struct Entry: Sendable {
        package let declaration: TopicDeclaration
        package let key: String
        package let writer: String
        package let readers: String
        package let types: [String]
        package let about: String
    }

    package var entries: [Entry] {
        func entry(
            _ name: String, _ kind: TopicDeclaration.Kind, partitions: Int32? = nil, key: String, writer: String,
            readers: String, types: [String], _ about: String
        ) -> Entry {
            Entry(
                declaration: TopicDeclaration(name, partitions: partitions ?? self.partitions, kind: kind), key: key,
                writer: writer, readers: readers, types: types, about: about)
        }
        return [
            entry(
                threatsObserved.name, .events, key: "subject", writer: "ingest/observe", readers: "enrich/enrich",
                types: ["threat.observed"], "every version of every threat, the vendor's JSON byte for byte"),
            entry(
                agentsObserved.name, .compacted, key: "subject", writer: "ingest/observe",
                readers: "enrich/enrich (table)", types: ["agent.observed"],
                "the endpoints, the vendor's JSON byte for byte; the last record of a key is the endpoint as it is"),
            entry(
                feedsCursors.name, .journal, key: "console", writer: "ingest/observe", readers: "ingest/observe",
                types: ["feed.page-read"], "journal of polling: how far each stream was read, and what was seen"),
            entry(
                threatsEnriched.name, .events, key: "subject", writer: "enrich/enrich",
                readers: "enrich/investigate, subscribers", types: ["threat.enriched"],
                "a threat with its endpoint, both verbatim, and where each came from"),
            entry(
                investigations.name, .journal, key: "subject", writer: "enrich/investigate",
                readers: "enrich/investigate, playbook/plan, playbook/perform (tail), docket, subscribers",
                types: CaseRecord.types, "journal of cases: each event with the state of the case after it"),
            entry(
                playbookRuns.name, .journal, key: "subject", writer: "playbook/plan", readers: "playbook/plan, docket",
                types: RunRecord.types, "journal of playbook runs"),
            entry(
                actionsRequested.name, .events, key: "console", writer: "playbook/plan", readers: "playbook/perform",
                types: ["action.requested", "action.withdrawn"], "wishes for actions, and their withdrawal"),
            entry(
                actionsLedger.name, .journal, key: "console", writer: "playbook/perform",
                readers: "playbook/perform, docket", types: LedgerWire.types,
                "journal of effects: what was asked, approved, attempted, done and confirmed"),
            entry(
                actionsSettled.name, .events, key: "subject", writer: "playbook/perform",
                readers: "enrich/investigate, playbook/plan, subscribers", types: ["action.settled"],
                "what became of an action, each time that changes"),
            entry(
                ordersConsoles.name, .events, key: "console", writer: "docket", readers: "playbook/perform",
                types: ["order.signed"], "signed orders of people"),
            // One partition, so that whoever reads a resume has read the stop that it lifts.
            entry(
                controls.name, .compacted, partitions: 1, key: "stop/… or resume/<console>/…", writer: "docket",
                readers: "playbook/perform (tail), docket", types: ["control.stop", "control.resume"],
                "stops, which need no signature, and the signed orders that lift them"),
            entry(
                deadLetters, .events, key: "as the source", writer: "every loop", readers: "docket", types: [],
                "what could not be read: the record as it was, with the reason in its headers"),
        ]
    }

    package var declarations: [TopicDeclaration] { entries.map(\.declaration) }
}
