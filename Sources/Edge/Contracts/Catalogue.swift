package import ActionLedger
import Investigation
package import Pipeline
package import Ports

/// Every topic of a deployment: its name, what travels on it, how it is keyed and how it becomes bytes.
package struct Catalogue: Sendable {
    package let prefix: String
    package let partitions: Int32
    /// The largest record that is written, in bytes.
    package let recordLimit: Int

    package let threatsObserved: Topic<ObservedRecord>
    package let alertsObserved: Topic<ObservedRecord>
    package let activitiesObserved: Topic<ObservedRecord>
    package let agentsObserved: Topic<ObservedRecord>
    package let groupsObserved: Topic<ObservedRecord>
    package let feedsCursors: Topic<FeedEntry>
    package let consolesStatus: Topic<ConsoleStatus>
    package let threatsEnriched: Topic<EnrichedThreat>
    package let investigations: Topic<CaseRecord>
    package let playbookRuns: Topic<RunRecord>
    package let actionsRequested: Topic<ActionWish>
    package let actionsLedger: Topic<ConsoleLedgerEvent>
    package let actionsSettled: Topic<ActionSettled>
    package let ordersConsoles: Topic<SignedOrder>
    package let controls: Topic<Control>
    package let deadLetters: String
    let source: String

    package init(
        deployment: String, prefix: String = "docket.", partitions: Int32 = 4, recordLimit: Int = 1_000_000
    ) {
        self.prefix = prefix
        self.partitions = partitions
        self.recordLimit = recordLimit
        source = "docket/\(deployment)"
        threatsObserved = .observed(prefix + "threats.observed", source: source, type: "threat.observed")
        alertsObserved = .observed(prefix + "alerts.observed", source: source, type: "alert.observed")
        activitiesObserved = .observed(prefix + "activities.observed", source: source, type: "activity.observed")
        agentsObserved = .observed(prefix + "agents.observed", source: source, type: "agent.observed")
        groupsObserved = .observed(prefix + "groups.observed", source: source, type: "group.observed")
        feedsCursors = .feedsCursors(prefix + "feeds.cursors", source: source)
        consolesStatus = .consolesStatus(prefix + "consoles.status", source: source)
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

    /// Where the records of a stream go.
    package func observed(_ stream: ObservedStream) -> Topic<ObservedRecord> {
        switch stream {
        case .threats: threatsObserved
        case .alerts: alertsObserved
        case .activities: activitiesObserved
        case .agents: agentsObserved
        case .groups: groupsObserved
        }
    }

    /// How a topic is kept, keyed, written and read. The table in `contracts/topics.md` is printed from this.
    package struct Entry: Sendable {
        package let declaration: TopicDeclaration
        /// Topics with the same key have the same number of partitions.
        package let key: String
        package let writer: String
        package let readers: String
        package let types: [String]
        package let about: String
    }

    package var entries: [Entry] {
        func entry(
            _ name: String, _ keeping: Keeping, partitions: Int32? = nil, key: String, forSubscribers: Bool = false,
            types: [String], _ about: String
        ) -> Entry {
            Entry(
                declaration: TopicDeclaration(
                    name, partitions: partitions ?? self.partitions, kind: keeping.kind,
                    settings: keeping.settings(recordLimit: recordLimit)),
                key: key, writer: writer(of: name), readers: readers(of: name, forSubscribers: forSubscribers),
                types: types, about: about)
        }
        return [
            entry(
                threatsObserved.name, .events(days: 14), key: "subject", types: ["threat.observed"],
                "every version of every threat, the vendor's JSON byte for byte"),
            entry(
                alertsObserved.name, .events(days: 14), key: "subject", forSubscribers: true,
                types: ["alert.observed"],
                "every version of every alert of a custom rule, the vendor's JSON byte for byte"),
            entry(
                activitiesObserved.name, .events(days: 14), key: "subject", forSubscribers: true,
                types: ["activity.observed"], "every activity once, the vendor's JSON byte for byte"),
            entry(
                agentsObserved.name, .compacted, key: "subject", types: ["agent.observed"],
                "the endpoints, the vendor's JSON byte for byte; the last record of a key is the endpoint as it is"),
            entry(
                groupsObserved.name, .compacted, key: "console and group", forSubscribers: true,
                types: ["group.observed"],
                "the groups, the vendor's JSON but for the secrets in it; the last record of a key is the group as it is"
            ),
            entry(
                feedsCursors.name, .compacted, key: "console, stream and part; lies in the console's partition",
                types: [
                    "feed.position", "feed.seen", "feed.published", "feed.tally", "feed.reconciled", "feed.status",
                    "feed.answered",
                ],
                "journal of polling: how far each stream was read, what was seen, and what was counted"),
            entry(
                consolesStatus.name, .compacted, key: "console", forSubscribers: true, types: ["console.status"],
                "what ingest knows of a console: whose the reader's token is, when it ends, what is read and what not"),
            entry(
                // Two vendor records in one, and each may be as large as a record can be.
                threatsEnriched.name, .events(days: 14, records: 2), key: "subject", forSubscribers: true,
                types: ["threat.enriched"], "a threat with its endpoint, both verbatim, and where each came from"),
            entry(
                investigations.name, .journal, key: "subject", forSubscribers: true, types: CaseRecord.types,
                "journal of cases: each event with the state of the case after it"),
            entry(playbookRuns.name, .journal, key: "subject", types: RunRecord.types, "journal of playbook runs"),
            entry(
                actionsRequested.name, .events(days: 30), key: "console",
                types: ["action.requested", "action.withdrawn"], "wishes for actions, and their withdrawal"),
            entry(
                actionsLedger.name, .journal, key: "console", types: LedgerWire.types,
                "journal of effects: what was asked, approved, attempted, done and confirmed"),
            entry(
                actionsSettled.name, .events(days: 30), key: "subject", forSubscribers: true,
                types: ["action.settled"], "what became of an action, each time that changes"),
            entry(
                ordersConsoles.name, .events(days: 30), key: "console", types: ["order.signed"],
                "signed orders of people"),
            // One partition, so that whoever reads a resume has read the stop that it lifts.
            entry(
                controls.name, .compacted, partitions: 1, key: "stop/… or resume/<console>/…",
                types: ["control.stop", "control.resume"],
                "stops, which need no signature, and the signed orders that lift them"),
            entry(
                deadLetters, .events(days: 30), key: "as the source", types: [],
                "what could not be read: the record as it was, with the reason in its headers"),
        ]
    }

    package var declarations: [TopicDeclaration] { entries.map(\.declaration) }
}

/// How a topic is kept, and what follows from that for its settings.
private enum Keeping {
    /// Long enough for a program that is down to be mended. One record may be as large as so many of the others.
    case events(days: Int, records: Int = 1)
    case journal
    case compacted

    var kind: TopicDeclaration.Kind {
        switch self {
        case .events: .events
        case .journal: .journal
        case .compacted: .compacted
        }
    }

    /// What a producer adds to a record's own bytes, with room to spare: with it the standard limit is Kafka's 1 MiB.
    private static let framing = 48_576

    func settings(recordLimit: Int) -> [TopicSetting: String] {
        var settings: [TopicSetting: String] = [
            .recordBytes: String(recordLimit + Self.framing), .uncleanElection: "false",
        ]
        switch self {
        case .events(let days, let records):
            settings[.recordBytes] = String(records * (recordLimit + Self.framing))
            settings[.retention] = String(days * 86_400_000)
            settings[.retentionBytes] = "-1"
            // Their own times are those of the world: by them, what a first look back brings would be old enough to be
            // deleted before anybody has read it.
            settings[.timeIs] = "LogAppendTime"
        case .journal:
            settings.merge(Self.anyTime) { $1 }
        case .compacted:
            settings.merge(Self.anyTime) { $1 }
            // Read from its beginning by whoever starts, so it is kept short.
            settings[.segmentBytes] = "134217728"
            settings[.segmentAge] = "86400000"
            settings[.outdatedShare] = "0.1"
        }
        return settings
    }

    /// Kafka 4 refuses a record that is dated an hour ahead. One console with a wrong clock would then stop the loop.
    private static let anyTime: [TopicSetting: String] = [.timeIs: "CreateTime", .timeAhead: String(Int64.max)]
}
