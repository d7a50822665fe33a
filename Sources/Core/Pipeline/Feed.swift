package import Ports

/// A call that a feed or a performer wants made now, named so that it is not started twice.
package struct Errand<Entry: Sendable>: Sendable {
    /// Unique among what may be in flight at once. The ids of what follows from the answer are derived from it too:
    /// where an answer is journaled, an id that comes again must mean the same.
    package let id: CallID
    /// What kind of call: for statistics, logs and crash points, e.g. `threats-page` or `disconnect`.
    package let label: String
    package let request: HTTPRequest
    /// What must be committed before the call is made. Empty for a call that only reads.
    package let intent: [Entry]

    package init(id: CallID, label: String, request: HTTPRequest, intent: [Entry] = []) {
        self.id = id
        self.label = label
        self.request = request
        self.intent = intent
    }
}

/// A question to the log instead of the world: which of these are on a topic.
package struct ReadBack: Sendable {
    /// As an errand's.
    package let id: CallID
    package let topic: String
    /// The name of what this record proves to be there; nil for any other record.
    package let wants: @Sendable (IncomingRecord) -> String?

    package init(id: CallID, topic: String, wants: @escaping @Sendable (IncomingRecord) -> String?) {
        self.id = id
        self.topic = topic
        self.wants = wants
    }
}

/// Polling: for each key (a console) that this member owns, the calls that are due, and what their answers become.
///
/// A feed may keep volatile facts of its own (pacing, back-off); everything that matters is in the journal.
package protocol Feed<Entry, Memory> {
    associatedtype Entry: Sendable
    associatedtype Memory: Sendable

    var blank: Memory { get }
    var journal: Topic<Entry> { get }
    /// The keys to poll, from the settings. The runner asks only for those whose partition it owns.
    var keys: [Bytes] { get }

    /// Which key's memory a journal record belongs to: its own key, unless the journal is compacted by something
    /// finer. Entries keep the record key that the journal's topic gives them.
    func owner(of record: IncomingRecord) -> Bytes?
    /// What a record of the loop's sources (an order) means for its key; nil: something for another loop. Idempotent:
    /// what was answered before decides nothing.
    mutating func decide(
        on record: IncomingRecord, memory: Memory, at now: Timestamp
    ) throws(Unreadable) -> Decision<Entry>?
    /// The calls that are due now. Asked again after every step; what is already in flight is ignored by its id, and
    /// what finds no room is asked for again.
    mutating func errands(for key: Bytes, memory: Memory, at now: Timestamp) -> [Errand<Entry>]
    /// One answer becomes one turn: records and the new cursor together. Also called again, with the same answer and
    /// the same moment (of its arrival), when the turn was aborted.
    mutating func conclude(
        _ errand: Errand<Entry>, _ result: HTTPResult, for key: Bytes, memory: Memory, at now: Timestamp
    ) -> Decision<Entry>
    /// What must be looked for on a topic of this loop's own now; one is answered after the other.
    func readBacks(for key: Bytes) -> [ReadBack]
    /// As `conclude` for an errand: everything is told that was on the topic when it was read to its end.
    mutating func conclude(
        _ readBack: ReadBack, found: Set<String>, for key: Bytes, memory: Memory, at now: Timestamp
    ) -> Decision<Entry>
    func recall(_ entry: Entry, into memory: inout Memory)
    /// The moment when something may be due, so that the runner need not spin.
    func nextDue(for key: Bytes, memory: Memory, at now: Timestamp) -> Timestamp?
}

extension Feed {
    package func owner(of record: IncomingRecord) -> Bytes? { record.key }
    package func readBacks(for key: Bytes) -> [ReadBack] { [] }
    package func conclude(
        _ readBack: ReadBack, found: Set<String>, for key: Bytes, memory: Memory, at now: Timestamp
    ) -> Decision<Entry> { .nothing }
}
