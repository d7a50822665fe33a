package import Ports

/// Effects: what turns requests into calls that change the world, with an intent committed before each of them.
///
/// `decide`, `recall` and the ledger behind them are pure. A performer also keeps volatile observations (the token's
/// role, what the tails said, a target's identity just read); they decay by time and are never journaled as such.
package protocol Performer<Message, Entry, Memory> {
    associatedtype Message: Sendable
    associatedtype Entry: Sendable
    associatedtype Memory: Sendable

    var blank: Memory { get }
    var journal: Topic<Entry> { get }
    /// Keys that want errands even before anything was journaled for them.
    var keys: [Bytes] { get }

    /// nil: something for another loop.
    func read(_ record: IncomingRecord) throws(Unreadable) -> Message?
    /// Idempotent: what was answered before decides nothing.
    mutating func decide(_ message: Message, for key: Bytes, memory: Memory, at now: Timestamp) -> Decision<Entry>
    func recall(_ entry: Entry, into memory: inout Memory)

    /// In each step, between polling and deciding: whatever the tails brought.
    mutating func refresh(at now: Timestamp) throws(LogFailure)
    /// What should be journaled because time has passed (an approval expired), and nothing else asked for.
    mutating func lapses(for key: Bytes, memory: Memory, at now: Timestamp) -> Decision<Entry>
    /// The calls that are due now for one key. Those with an intent are started only after it was committed, and one
    /// that finds no room, or whose turn is undone, is not started but asked for again: to be returned here is not yet
    /// to be made. An attempt in the memory without an outcome, whose call is not in flight, was made by somebody
    /// before us: it is inquired about, never returned again.
    mutating func errands(for key: Bytes, memory: Memory, at now: Timestamp) -> [Errand<Entry>]
    /// After the intent was committed and immediately before the call: nil lets it go; else why it is not made.
    mutating func lastLook(
        _ errand: Errand<Entry>, for key: Bytes, memory: Memory, at now: Timestamp
    ) -> Decision<Entry>?
    /// What an answer means. Also called again, with the same answer and the same moment (of its arrival), when the
    /// turn was aborted.
    mutating func conclude(
        _ errand: Errand<Entry>, _ result: HTTPResult, for key: Bytes, memory: Memory, at now: Timestamp
    ) -> Decision<Entry>
}
