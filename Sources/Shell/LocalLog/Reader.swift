import Ports

/// Reads several partitions side by side, each in order, and none at the cost of another.
struct Reader {
    private let file: LogFile
    private let partitions: [Partition]
    private(set) var positions: [Partition: Offset]
    /// Who is asked first; another one each time, so that a small batch does not always come from the same partition.
    private var first = 0

    init(_ file: LogFile, at positions: [Partition: Offset]) {
        self.file = file
        self.positions = positions
        partitions = positions.keys.sorted { ($0.topic, $0.number) < ($1.topic, $1.number) }
    }

    struct Batch {
        let records: [IncomingRecord]
        let reachedEnd: Bool
    }

    /// What comes next, without waiting. What remains of count and bytes is shared out evenly among the partitions
    /// that have more, until it is used up.
    mutating func take(atMost count: Int) throws(LogFailure) -> Batch {
        precondition(count > 0, "a batch has room for a record")
        let ends = try file.ends()
        var pending = waiting(for: ends)
        var records: [IncomingRecord] = []
        var bytes = file.limits.batch
        while !pending.isEmpty, records.count < count, bytes > 0 {
            let share = max(1, (count - records.count) / pending.count)
            let byteShare = max(1, bytes / pending.count)
            for partition in pending where records.count < count && bytes > 0 {
                let start = position(of: partition)
                let taken = try file.read(
                    partition, from: start, to: ends[partition], atMost: share, bytes: byteShare)
                positions[partition] = taken.last?.offset.next ?? start
                bytes -= taken.reduce(0) { $0 + $1.size }
                records += taken
            }
            pending = pending.filter { position(of: $0) < ends[$0] }
        }
        return Batch(records: records, reachedEnd: pending.isEmpty)
    }

    /// As `take`, and where there is nothing, sleeps until there is or the time has passed.
    mutating func take(atMost count: Int, waiting: Duration) throws(LogFailure) -> Batch {
        let deadline = ContinuousClock.now + waiting
        while true {
            let batch = try take(atMost: count)
            if !batch.records.isEmpty { return batch }
            if try !file.wait(until: deadline, atMost: Bell.longestSleep) { return batch }
        }
    }

    mutating func move(to positions: [Partition: Offset]) { self.positions = positions }

    func position(of partition: Partition) -> Offset { positions[partition] ?? .start }

    private mutating func waiting(for ends: Ends) -> [Partition] {
        if partitions.isEmpty { return [] }
        first = (first + 1) % partitions.count
        return (partitions[first...] + partitions[..<first]).filter { position(of: $0) < ends[$0] }
    }
}

extension IncomingRecord {
    /// As `OutgoingRecord.size`.
    var size: Int { (key?.count ?? 0) + (value?.count ?? 0) + headers.encoded.count }
}
