package import Ports

/// The partitions that one member works on. All topics of a loop have the same partition count, so an assignment is a
/// set of numbers: number *n* of every source, and of the loop's journal.
package struct Assignment: Hashable, Sendable {
    /// Grows with each assignment that this log object was given; a turn is void in any other.
    package let generation: Int
    package let numbers: Set<Int32>
    /// Of every topic of the loop.
    package let partitionCount: Int32

    package init(generation: Int, numbers: Set<Int32>, partitionCount: Int32) {
        self.generation = generation
        self.numbers = numbers
        self.partitionCount = partitionCount
    }

    /// Whether a key's records come to this member.
    package func owns(_ key: Bytes) -> Bool {
        numbers.contains(Partitioner.partition(of: key, among: partitionCount))
    }
}

/// One turn of the wheel: what was consumed and what it made. Committed whole or not at all.
package struct Turn: Sendable {
    package let assignment: Assignment
    /// Every partition number whose offsets fence this turn: those it consumed and those whose journal it writes,
    /// also where it consumed nothing.
    package private(set) var actsFor: Set<Int32> = []
    package private(set) var produced: [OutgoingRecord] = []
    private var ends = PartitionOffsets()

    /// Behind the last record of each partition that was consumed.
    package var consumed: [Partition: Offset] { ends.all }

    package init(in assignment: Assignment) { self.assignment = assignment }

    /// Marks a record as done with. Records of one partition are consumed in order.
    package mutating func consume(_ record: IncomingRecord) {
        if ends.move(record.partition, to: record.offset.next) { actsFor.insert(record.partition.number) }
    }

    /// Many are on their way.
    package mutating func reserve(_ count: Int) { produced.reserveCapacity(count) }

    package mutating func produce(_ record: consuming OutgoingRecord) { produced.append(record) }

    /// Writes to the loop's own journal: to the partition with this number, which the turn then acts for.
    package mutating func journal(_ record: OutgoingRecord, at number: Int32) {
        var record = record
        record.partition = number
        produced.append(record)
        actsFor.insert(number)
    }

    package var isEmpty: Bool { ends.all.isEmpty && produced.isEmpty }
}

package enum TurnOutcome: Sendable, Equatable { case committed, aborted }

/// What polling brings. A rebalance arrives here, in order, and never as a callback from another thread.
package enum Intake: Sendable {
    case nothing
    case records([IncomingRecord])
    /// All that this member works on from now on, whatever it had before.
    case assigned(Assignment)
    /// The partitions are given up when `poll` is called the next time; until then turns in this assignment may
    /// still be committed. From then on there is nothing to work on until the next `assigned`.
    case revoked(Assignment)
}

/// A group's consumer and its fenced producer, seen as one thing, used by one thread.
package protocol TransactionalLog: AnyObject {
    /// The largest `OutgoingRecord.size` that `commit` takes.
    var recordLimit: Int { get }

    /// The next records of the assigned partitions, in order per partition, or a change of assignment; waits at most
    /// so long for the first of them. Each record is polled once, unless `rewind` or an aborted turn brings it again:
    /// then everything comes again that was polled and not consumed by a committed turn.
    func poll(atMost count: Int, waiting: Duration) throws(LogFailure) -> Intake

    /// Makes the whole turn visible and moves the offsets, or neither. On `.aborted` the log has already rewound, so
    /// the next `poll` brings the same records again. A turn outside its assignment is refused with `stop`. A turn
    /// never commits what was only polled: offsets move by `consume` alone.
    func commit(_ turn: Turn) throws(LogFailure) -> TurnOutcome

    /// Forgets what was polled since the last commit, of every assigned partition.
    func rewind() throws(LogFailure)

    /// Every committed record of one partition from `start` on, up to all that was ever written before this call.
    /// Returns the offset from which a later replay has to go on.
    @discardableResult
    func replay(
        _ partition: Partition, from start: Offset, _ body: (IncomingRecord) throws(LogFailure) -> Void
    ) throws(LogFailure) -> Offset
}
