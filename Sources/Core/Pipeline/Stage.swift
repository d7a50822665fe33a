package import Ports

/// What a stage makes of one input: entries for its own journal, records for other topics, questions to the world.
package struct Decision<Entry: Sendable>: Sendable {
    package var entries: [Entry]
    package var outputs: [Draft]
    package var asks: [Ask]
    /// What is counted once the decision has come true, with its turn or, where it needs none, at once.
    package var measures: [Measure]

    package init(entries: [Entry] = [], outputs: [Draft] = [], asks: [Ask] = [], measures: [Measure] = []) {
        self.entries = entries
        self.outputs = outputs
        self.asks = asks
        self.measures = measures
    }

    package static var nothing: Decision { Decision() }
    /// Nothing to commit and nothing to ask; there may be something to count.
    package var isEmpty: Bool { entries.isEmpty && outputs.isEmpty && asks.isEmpty }
}

/// A look-up that a stage asks for. It may be repeated; its answer, or the reason why there is none, comes back as an
/// input for the same key.
///
/// That it was asked belongs into the journal: what `unanswered` does not name is lost with the process.
package struct Ask: Sendable {
    /// Names the question within its key, and what follows from the answer: a question asked anew, because time has
    /// passed, has a new id.
    package let id: String
    package let request: HTTPRequest

    package init(id: String, request: HTTPRequest) {
        self.id = id
        self.request = request
    }
}

package enum StageInput<Message: Sendable>: Sendable {
    /// A record, and when what it tells happened.
    case message(Message, at: Timestamp)
    /// The moment that `wakes` named has come.
    case tick(at: Timestamp)
    /// The answer to an ask of the stage.
    case answer(to: String, HTTPResult, at: Timestamp)
}

/// What a source record means to a stage.
package enum Reading<Message: Sendable, Row: Sendable>: Sendable {
    /// From a source that is not a table.
    case message(Message)
    /// A row of the stage's table, to be joined by key; nil deletes it. From a table, and from nothing else.
    case row(Row?)
    /// Something for another loop.
    case notMine
}

/// Consume → decide → produce, with a memory per key that is the fold of the stage's own journal.
///
/// Nothing here is `async`, touches a clock or does I/O, and nothing throws but `read`.
package protocol Stage<Message, Entry, Memory, Row> {
    associatedtype Message: Sendable
    associatedtype Entry: Sendable = Never
    associatedtype Memory: Sendable = Void
    associatedtype Row: Sendable = Never

    /// The memory of a key that nothing was ever journaled for.
    var blank: Memory { get }
    /// Where entries go, under the partition number and key of the input; nil for a stage without memory.
    var journal: Topic<Entry>? { get }
    /// The sources that are folded into the table of rows instead of being decided on. Compacted, and keyed like
    /// the other sources; replayed whole on assignment.
    var tables: Set<String> { get }

    func read(_ record: IncomingRecord) throws(Unreadable) -> Reading<Message, Row>
    /// Total. A message already answered decides nothing.
    func decide(_ input: StageInput<Message>, memory: Memory, row: Row?) -> Decision<Entry>
    /// The only thing that changes memory, live and on recovery. Total: what was journaled has happened.
    func recall(_ entry: Entry, into memory: inout Memory)
    /// When this memory wants a tick; nil for never. A tick that decides nothing commits nothing.
    func wakes(_ memory: Memory) -> Timestamp?
    /// The questions that the journal says are still open: asked again after a restart.
    func unanswered(in memory: Memory) -> [Ask]
}

extension Stage {
    package var tables: Set<String> { [] }
    package func wakes(_ memory: Memory) -> Timestamp? { nil }
    package func unanswered(in memory: Memory) -> [Ask] { [] }
}

extension Stage where Entry == Never {
    package var journal: Topic<Never>? { nil }
    package func recall(_ entry: Never, into memory: inout Memory) {}
}

extension Stage where Memory == Void {
    package var blank: Void { () }
}
