package import Pipeline
package import Ports

/// A group's member on the embedded log, with its share of the group's partitions. Made by `LocalStore.member`.
///
/// A member keeps its share for as long as it lives, which it shows by polling, replaying and committing: a loop that
/// does none of these for `Limits.lease` loses it where others wait for it. Its next turn is then aborted, whatever is
/// in it, and its next poll brings `.revoked`.
package final class LocalLog: TransactionalLog {
    /// How many turns in a row may find the log locked by somebody else. With the writer's wait of `Limits.busy` each,
    /// this is when an operator must hear of it.
    private static let busyLimit = 3

    /// What was assigned, and since which epochs its partitions are ours.
    private struct Holding {
        let assignment: Assignment
        let epochs: [Int32: Int64]
    }

    private enum Standing {
        /// Nothing is assigned.
        case waiting
        case working(Holding)
        /// It was told to give up its partitions, and may still commit until it polls again.
        case leaving(Holding)

        var holding: Holding? {
            switch self {
            case .waiting: nil
            case .working(let holding), .leaving(let holding): holding
            }
        }
    }

    private let group: String
    private let sources: [String]
    private let journal: String?
    private let partitionCount: Int32
    private let file: LogFile
    private let membership: Membership
    private let housekeeper: Housekeeper

    private var standing = Standing.waiting
    private var generation = 0
    private var reader: Reader
    private var committed: [Partition: Offset] = [:]
    private var busyTurns = 0

    package var recordLimit: Int { file.limits.record }

    init(
        group: String, sources: [String], journal: String?, file: LogFile, clock: LeaseClock, directory: String?
    ) throws(LogFailure) {
        self.group = group
        self.sources = sources
        self.journal = journal
        self.file = file
        partitionCount = try Self.commonPartitionCount(of: sources + (journal.map { [$0] } ?? []), in: file)
        reader = Reader(file, at: [:])
        housekeeper = Housekeeper(file, clock: clock)
        membership = try Membership(of: group, count: partitionCount, in: file, clock: clock, directory: directory)
    }

    package func poll(atMost count: Int, waiting: Duration) throws(LogFailure) -> Intake {
        let deadline = ContinuousClock.now + waiting
        while true {
            if let change = try attend() { return change }
            // Here no turn of this member is open or waits to be committed.
            try housekeeper.stepIfDue()
            if case .working = standing {
                let batch = try reader.take(atMost: count)
                if !batch.records.isEmpty { return .records(batch.records) }
            }
            if try !file.wait(until: deadline, atMost: membership.patience) { return .nothing }
        }
    }

    /// What has changed for this member, if anything has.
    private func attend() throws(LogFailure) -> Intake? {
        if case .working(let holding) = standing {
            let now = try membership.attend(givingUp: false)
            if now.epochs == holding.epochs && now.excess.isEmpty { return nil }
            try membership.askForPatience()
            standing = .leaving(holding)
            return .revoked(holding.assignment)
        }
        let isLeaving = standing.holding != nil
        let epochs = try membership.attend(givingUp: isLeaving).epochs
        standing = .waiting
        if epochs.isEmpty { return nil }
        return .assigned(try assign(epochs))
    }

    private func assign(_ epochs: [Int32: Int64]) throws(LogFailure) -> Assignment {
        let partitions = sources.flatMap { source in epochs.keys.map { Partition(source, $0) } }
        committed = try positions(in: partitions)
        let fresh = partitions.filter { committed[$0] == nil }
        try file.begin(group, at: fresh)
        committed.merge(try positions(in: fresh)) { $1 }
        reader = Reader(file, at: committed, group: group)
        generation += 1
        let assignment = Assignment(
            generation: generation, numbers: Set(epochs.keys), partitionCount: partitionCount)
        standing = .working(Holding(assignment: assignment, epochs: epochs))
        return assignment
    }

    private func positions(in partitions: [Partition]) throws(LogFailure) -> [Partition: Offset] {
        var positions: [Partition: Offset] = [:]
        for partition in partitions { positions[partition] = try file.committed(group, partition) }
        return positions
    }

    /// Whatever it answers but `.committed`, and whatever it throws, the log has rewound: who goes on polls the same
    /// records again.
    package func commit(_ turn: Turn) throws(LogFailure) -> TurnOutcome {
        do throws(LogFailure) {
            let holding = try holding(of: turn)
            if turn.isEmpty { return .committed }
            var records: [LogFile.Addressed] = []
            records.reserveCapacity(turn.produced.count)
            for record in turn.produced { records.append(try addressed(record, in: turn)) }
            let outcome = try write(records, consuming: turn.consumed, of: holding)
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
        _ = try file.id(of: partition)
        let first = try file.bounds()[partition]
        if start > first.end {
            throw LogFailure(
                .stop, code: "log.shorter-than-known",
                detail: "\(partition) ends at \(first.end), but was already read up to \(start): records are missing. "
                    + "Was an older copy of the directory put back? Restore the whole of it, or start with none.")
        }
        if partition.topic == journal, first.start > start {
            throw LogFailure(
                .stop, code: "log.journal-shortened",
                detail: "\(partition) begins at \(first.start), and its entries from \(start) on are gone: a journal "
                    + "is kept whole", exitCode: .doNotRestart)
        }
        var reader = Reader(file, of: partition, from: start, upTo: first.end)
        while reader.position(of: partition) < first.end {
            try membership.renewIfDue()
            for record in try reader.take(atMost: Self.replayBatch).records { try body(record) }
        }
        return first.end
    }

    /// Records held in memory at once while replaying, beside the limit in bytes.
    private static let replayBatch = 1_000

    private func write(
        _ records: [LogFile.Addressed], consuming consumed: [Partition: Offset], of holding: Holding
    ) throws(LogFailure) -> TurnOutcome {
        do throws(LogFailure) {
            let claim = LogFile.Claim(
                group: group, membership: membership, epochs: holding.epochs, consumed: consumed)
            switch try file.write(records, for: claim) {
            case .written:
                committed.merge(consumed) { $1 }
                busyTurns = 0
                return .committed
            // Somebody else has taken over. The next poll finds that out in its own way, and says so.
            case .fenced: return .aborted
            }
        } catch {
            busyTurns += 1
            if error.remedy == .retry, busyTurns < Self.busyLimit { return .aborted }
            // After a failed write only the file knows whether the turn is in it: a new start will read it there.
            throw LogFailure(.stop, code: error.code, detail: error.detail)
        }
    }

    /// What the turn was made in; refuses a turn that was made in something else.
    private func holding(of turn: Turn) throws(LogFailure) -> Holding {
        guard let holding = standing.holding, turn.assignment == holding.assignment,
            turn.actsFor.isSubset(of: holding.assignment.numbers)
        else {
            let numbers = standing.holding?.assignment.numbers ?? []
            throw LogFailure(
                .stop, code: "log.turn-outside-assignment",
                detail: "a turn of group \(group) in generation \(turn.assignment.generation) for partitions "
                    + "\(turn.actsFor.sorted()) does not belong to generation \(generation) with \(numbers.sorted())")
        }
        for (partition, offset) in turn.consumed {
            guard let from = committed[partition], (from...reader.position(of: partition)).contains(offset) else {
                throw LogFailure(
                    .stop, code: "log.turn-out-of-step",
                    detail: "a turn of group \(group) consumes \(partition) up to \(offset), which was not polled "
                        + "since the last rewind")
            }
        }
        return holding
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
