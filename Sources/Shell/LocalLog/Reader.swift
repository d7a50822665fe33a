import Ports

/// Reads several partitions side by side, each in order, and none at the cost of another.
struct Reader {
    private let file: LogFile
    private let group: String?
    private let partitions: [Partition]
    private(set) var positions: [Partition: Offset]
    /// Whether what was not begun yet begins where the log does, wherever that is by then.
    private let beginsWithTheLog: Bool
    /// Where to stop; nil: nowhere.
    private let limit: Offset?
    /// Which tombstones were gone when each partition was looked at last.
    private var dropped: [Partition: Offset] = [:]
    /// Who is asked first; another one each time, so that a small batch does not always come from the same partition.
    private var first = 0

    init(
        _ file: LogFile, at positions: [Partition: Offset], group: String? = nil, beginsWithTheLog: Bool = false
    ) {
        self.file = file
        self.group = group
        self.positions = positions
        self.beginsWithTheLog = beginsWithTheLog
        limit = nil
        partitions = positions.keys.sorted { ($0.topic, $0.number) < ($1.topic, $1.number) }
    }

    /// For who already knows what lies before `start`, and reads on up to `limit`.
    init(_ file: LogFile, of partition: Partition, from start: Offset, upTo limit: Offset) {
        self.file = file
        group = nil
        positions = [partition: start]
        beginsWithTheLog = true
        self.limit = limit
        // A tombstone that was behind it then and is gone now was never seen.
        dropped = start == .start ? [:] : [partition: .start]
        partitions = [partition]
    }

    struct Batch {
        let records: [IncomingRecord]
        let reachedEnd: Bool
    }

    /// What comes next, without waiting. What remains of count and bytes is shared out evenly among the partitions
    /// that have more, until it is used up.
    mutating func take(atMost count: Int) throws(LogFailure) -> Batch {
        precondition(count > 0, "a batch has room for a record")
        let file = file
        return try file.snapshot { () throws(LogFailure) in try takeNow(atMost: count) }
    }

    private mutating func takeNow(atMost count: Int) throws(LogFailure) -> Batch {
        let bounds = try file.bounds()
        for partition in partitions { try check(partition, against: bounds[partition]) }
        let limit = limit
        func end(_ partition: Partition) -> Offset { min(bounds[partition].end, limit ?? bounds[partition].end) }
        var pending = inTurn().filter { position(of: $0) < end($0) }
        var records: [IncomingRecord] = []
        var bytes = file.limits.batch
        while !pending.isEmpty, records.count < count, bytes > 0 {
            let share = max(1, (count - records.count) / pending.count)
            let byteShare = max(1, bytes / pending.count)
            for partition in pending where records.count < count && bytes > 0 {
                let taken = try file.read(
                    partition, from: position(of: partition), to: end(partition), in: bounds[partition],
                    atMost: share, bytes: byteShare)
                positions[partition] = taken.next
                bytes -= taken.size
                records += taken.records
            }
            pending = pending.filter { position(of: $0) < end($0) }
        }
        return Batch(records: records, reachedEnd: pending.isEmpty)
    }

    /// Whether all that this reader has to read still is there.
    private mutating func check(_ partition: Partition, against range: Bounds.Range) throws(LogFailure) {
        let position = position(of: partition)
        if position < range.start {
            guard beginsWithTheLog, position == .start else {
                throw LogFailure(
                    gone: partition, next: position, start: range.start, group: group, in: file.location)
            }
            positions[partition] = range.start
        }
        let known = dropped.updateValue(range.dropped, forKey: partition) ?? range.dropped
        if range.dropped > known, range.dropped > position, position > .start {
            throw LogFailure(overtaken: partition, at: position)
        }
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

    private mutating func inTurn() -> [Partition] {
        if partitions.isEmpty { return [] }
        first = (first + 1) % partitions.count
        return Array(partitions[first...] + partitions[..<first])
    }
}

extension IncomingRecord {
    /// As `OutgoingRecord.size`.
    var size: Int { (key?.count ?? 0) + (value?.count ?? 0) + headers.encoded.count }
}
