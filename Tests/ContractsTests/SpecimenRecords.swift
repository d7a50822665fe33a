import ActionLedger
import Contracts
import Investigation
import Pipeline
import Playbook
import Ports

// Specimens as records: what the programs would write, the keys of journals filled in as the runners do.
extension Specimens {
    /// A message, the type that a subscriber must see over it, and the record that carries it.
    struct Written {
        let type: String
        let channel: Channel
        let record: OutgoingRecord
        /// Whether the record gives back a message equal to the one that was written.
        let isSame: Bool
    }

    static func written() throws -> [Written] {
        let console = Bytes(try console().rawValue)
        let subject = Bytes(try subject().rawValue)
        let human = Cause(id: "order/\(order.prefix(16))", at: at)
        var all: [Written] = []
        let threat = try observed(
            rawThreat, id: threat.id, version: "\(at)", event: threatEvent,
            labels: ["application": "edr", "team": "SOC 1"], tenant: "acme")
        let agent = try observed(rawAgent, id: endpoint.id, version: "3", event: agentEvent)
        all += try write([threat], on: catalogue.threatsObserved) { _ in "threat.observed" }
        all += try write([agent], on: catalogue.agentsObserved) { _ in "agent.observed" }
        for (raw, id, topic, type) in [
            (rawAlert, "2600000000000000077", catalogue.alertsObserved, "alert.observed"),
            (rawActivity, "1500000000000000009", catalogue.activitiesObserved, "activity.observed"),
            (rawGroup, "1770000000000000003", catalogue.groupsObserved, "group.observed"),
        ] {
            let one = try observed(raw, id: id, version: "1", event: "eu1/\(type)/\(id)/1", labels: [:], tenant: nil)
            all += try write([one], on: topic) { _ in type }
        }
        all += try write(feed(), on: catalogue.feedsCursors) { "feed." + $0.word }
        all += try write(statuses(), on: catalogue.consolesStatus, cause: Cause(id: "eu1/status@\(at)", at: at)) { _ in
            "console.status"
        }
        all += try write(enriched(), on: catalogue.threatsEnriched) { _ in "threat.enriched" }
        all += try write(cases(), on: catalogue.investigations) { "investigation." + $0.event.word }
        all += try write(runs, on: catalogue.playbookRuns, key: subject) { "run." + $0.event.word }
        all += try write(wishes(), on: catalogue.actionsRequested) { "action." + $0.word }
        all += try write(ledger(), on: catalogue.actionsLedger, key: console) { "ledger." + $0.word }
        all += try write(settled(), on: catalogue.actionsSettled) { _ in "action.settled" }
        all += try write(try demands.map(signed), on: catalogue.ordersConsoles, cause: human) { _ in "order.signed" }
        all += try write(controls(), on: catalogue.controls, cause: human) { "control." + $0.word }
        return all
    }

    private static func write<Message: Equatable>(
        _ messages: [Message], on topic: Topic<Message>, key: Bytes? = nil,
        cause: Cause = Cause(id: threatEvent, at: at, trace: trace), type: (Message) -> String
    ) throws -> [Written] {
        try messages.map { message in
            var record = topic.record(message, following: cause)
            record.key = record.key ?? key
            let same = try topic.message(in: IncomingRecord(record, on: topic.name)) == message
            return Written(type: type(message), channel: Channel(topic), record: record, isSame: same)
        }
    }

    /// One record per type: what the samples show.
    static func samples() throws -> [Sample] {
        var seen: Set<String> = []
        return try written().filter { seen.insert($0.type).inserted }.map { Sample($0.record) }
    }
}

// The words of the wire, said a second time and on purpose: a new case does not compile until it has one here, and
// the tests want a specimen, a schema and a sample for it.
extension Investigation.Event {
    var word: String {
        switch self {
        case .opened: "opened"
        case .endpointJoined: "endpoint-joined"
        case .threatObserved: "threat-observed"
        case .evidenceAdded: "evidence-added"
        case .evidenceWithdrawn: "evidence-withdrawn"
        case .verdictReached: "verdict-reached"
        case .actionNoted: "action-noted"
        case .closed: "closed"
        }
    }
}

extension Run.Event {
    var word: String {
        switch self {
        case .planned: "planned"
        case .actionAsked: "action-asked"
        case .withdrawalAsked: "withdrawal-asked"
        case .actionSettled: "action-settled"
        case .ended: "ended"
        }
    }
}

extension FeedEntry {
    var word: String {
        switch change {
        case .position: "position"
        case .seen: "seen"
        case .published: "published"
        case .tally: "tally"
        case .reconciled: "reconciled"
        case .status: "status"
        case .answered: "answered"
        }
    }
}

extension ActionWish {
    var word: String {
        switch self {
        case .requested: "requested"
        case .withdrawn: "withdrawn"
        }
    }
}

extension Control {
    var word: String {
        switch self {
        case .stop: "stop"
        case .resume: "resume"
        }
    }
}

extension ConsoleLedgerEvent {
    var word: String {
        switch self {
        case .action(_, let event): event.word
        case .stopSeen: "stop-seen"
        case .stopLifted: "stop-lifted"
        case .orderRefused: "order-refused"
        }
    }
}

extension LedgerEvent {
    var word: String {
        switch self {
        case .requested: "requested"
        case .approved: "approved"
        case .rejected: "rejected"
        case .approvalLapsed: "approval-lapsed"
        case .held: "held"
        case .attempted: "attempted"
        case .outcome: "outcome"
        case .absenceSeen: "absence-seen"
        case .confirmed: "confirmed"
        case .failed: "failed"
        case .overdue: "overdue"
        case .alreadySo: "already-so"
        case .superseded: "superseded"
        case .rehearsed: "rehearsed"
        case .gaveUp: "gave-up"
        case .withdrawn: "withdrawn"
        }
    }
}

extension ActionOutcome {
    var word: String {
        switch self {
        case .done: "done"
        case .refused: "refused"
        case .notApplied: "notApplied"
        case .notStarted: "notStarted"
        case .held: "held"
        case .unknown: "unknown"
        }
    }
}

extension Order.Demand {
    var word: String {
        switch self {
        case .approve: "approve"
        case .reject: "reject"
        case .undo: "undo"
        case .resume: "resume"
        case .sync: "sync"
        case .reconcile: "reconcile"
        }
    }
}
