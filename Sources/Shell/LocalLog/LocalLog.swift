package import Pipeline
package import Ports

/// A group's one member on the embedded log: it is assigned every partition, once, and keeps them until it is let go
/// of. Made by `LocalStore.member`.
package final class LocalLog: TransactionalLog {
    /// How many turns in a row may find the log locked by somebody else. With the writer's wait of `Limits.busy` each,
    /// this is when an operator must hear of it.
    private static let busyLimit = 3

    private let group: String
    private let journal: String?
    private let file: LogFile
    private let seat: Seat
    private let epoch: Int64
    private let assignment: Assignment

    private var isAssigned = false
    private var reader: Reader
    private var committed: [Partition: Offset]
    private var busyTurns = 0

    package var recordLimit: Int { file.limits.record }

    init(group: String, sources: [String], journal: String?, file: LogFile, seat: Seat) throws(LogFailure) {
        self.group = group
        self.journal = journal
        self.file = file
        self.seat = seat
        let count = try Self.commonPartitionCount(of: sources + (journal.map { [$0] } ?? []), in: file)
        assignment = Assignment(generation: 1, numbers: Set(0..<count), partitionCount: count)
        epoch = try file.join(group)
        committed = [:]
        for source in sources {
            for partition in try file.partitions(of: source) {
                committed[partition] = try file.committed(group, partition)
            }
        }
        reader = Reader(file, at: committed)
    }

    package func poll(atMost count: Int, waiting: Duration) throws(LogFailure) -> Intake {
        if !isAssigned {
            isAssigned = true
            return .assigned(assignment)
        }
        let batch = try reader.take(atMost: count, waiting: waiting)
        return batch.records.isEmpty ? .nothing : .records(batch.records)
    }

    /// Whatever it answers but `.committed`, and whatever it throws, the log has rewound: who goes on polls the same
    /// records again.
    package func commit(_ turn: Turn) throws(LogFailure) -> TurnOutcome {
        do throws(LogFailure) {
            try check(turn)
            if turn.isEmpty { return .committed }
            var records: [LogFile.Addressed] = []
            records.reserveCapacity(turn.produced.count)
            for record in turn.produced { records.append(try addressed(record, in: turn)) }
            let outcome = try write(records, consuming: turn.consumed)
            if outcome == .aborted { try rewind() }
            return outcome
        } catch {
            try rewind()
            throw error
        }
    }

    package func rewind() throws(LogFailure) { reader.move(to: committed) }

    @discardableResult
    package func replay(
        _ partition: Partition, from start: Offset, _ body: (IncomingRecord) throws(LogFailure) -> Void
    ) throws(LogFailure) -> Offset {
        let end = try file.end(of: partition)
        if start > end {
            throw LogFailure(
                .stop, code: "log.shorter-than-known",
                detail: "\(partition) ends at \(end), but was already read up to \(start): records are missing. "
                    + "Was an older copy of the directory put back? Restore the whole of it, or start with none.")
        }
        var position = start
        while position < end {
            let records = try file.read(
                partition, from: position, to: end, atMost: Self.replayBatch, bytes: file.limits.batch)
            for record in records { try body(record) }
            position = records.last?.offset.next ?? position
        }
        return end
    }

    /// Records held in memory at once while replaying, beside the limit in bytes.
    private static let replayBatch = 1_000

    private func write(
        _ records: [LogFile.Addressed], consuming consumed: [Partition: Offset]
    ) throws(LogFailure) -> TurnOutcome {
        do throws(LogFailure) {
            let claim = LogFile.Claim(group: group, epoch: epoch, consumed: consumed)
            switch try file.write(records, for: claim) {
            case .written:
                committed.merge(consumed) { $1 }
                busyTurns = 0
                return .committed
            case .fenced: break
            }
        } catch {
            busyTurns += 1
            if error.remedy == .retry, busyTurns < Self.busyLimit { return .aborted }
            // After a failed write only the file knows whether the turn is in it: a new start will read it there.
            throw LogFailure(.stop, code: error.code, detail: error.detail)
        }
        throw LogFailure(
            .stop, code: "log.fenced",
            detail: "another process has become the member of group \(group): this one must not write any more")
    }

    private func check(_ turn: Turn) throws(LogFailure) {
        guard isAssigned, turn.assignment == assignment, turn.actsFor.isSubset(of: assignment.numbers) else {
            throw LogFailure(
                .stop, code: "log.turn-outside-assignment",
                detail: "a turn of group \(group) in generation \(turn.assignment.generation) for partitions "
                    + "\(turn.actsFor.sorted()) does not belong to generation \(assignment.generation) with "
                    + "\(assignment.numbers.sorted())")
        }
        for (partition, offset) in turn.consumed {
            guard let from = committed[partition], (from...reader.position(of: partition)).contains(offset) else {
                throw LogFailure(
                    .stop, code: "log.turn-out-of-step",
                    detail: "a turn of group \(group) consumes \(partition) up to \(offset), which was not polled "
                        + "since the last rewind")
            }
        }
    }

    private func addressed(_ record: OutgoingRecord, in turn: Turn) throws(LogFailure) -> LogFile.Addressed {
        let addressed = try file.address(record)
        if record.topic == journal, !turn.actsFor.contains(addressed.partition.number) {
            throw LogFailure(
                .stop, code: "log.turn-outside-assignment",
                detail: "a turn of group \(group) writes to \(addressed.partition), which it does not act for")
        }
        return addressed
    }

    private static func commonPartitionCount(of topics: [String], in file: LogFile) throws(LogFailure) -> Int32 {
        var counts: [(topic: String, count: Int32)] = []
        for topic in topics { counts.append((topic, try file.partitionCount(of: topic))) }
        guard let count = counts.first?.count, counts.allSatisfy({ $0.count == count }) else {
            throw LogFailure(
                .stop, code: "log.partition-counts",
                detail: "the topics of one loop must have the same number of partitions, so that partition n of each "
                    + "has one owner: " + counts.map { "\($0.topic) has \($0.count)" }.joined(separator: ", "))
        }
        return count
    }
}
