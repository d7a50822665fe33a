import Ports
import SQLite

/// One connection to the log's database, with everything that members, appenders and tails do to it.
final class LogFile {
    /// A record's primary key is its partition's id and its offset in one number, so that a partition's records lie
    /// side by side. 2^40 offsets are 34 years of a thousand records a second.
    static let offsetBits: Int64 = 40

    let limits: LocalStore.Limits
    let location: Database.Location
    let database: Database
    let bell: Bell?
    let now: @Sendable () -> Timestamp
    let ids: [Partition: Int64]
    let counts: [String: Int32]
    let keepings: [String: Keeping]
    /// The partitions whose records are dated by the log.
    let timedByArrival: Set<Int64>
    let statements: LogStatements
    /// Whether the last attempt to write found somebody else writing for all the time that it waited.
    var isHeldUp = false

    init(
        _ location: Database.Location, isExpected: Bool, bell: Bell?, topics: [TopicDeclaration],
        limits: LocalStore.Limits, now: @escaping @Sendable () -> Timestamp
    ) throws(LogFailure) {
        self.location = location
        self.limits = limits
        self.now = now
        self.bell = bell
        database = try LogSchema.open(location, isExpected: isExpected, busyWaiting: limits.busy)
        (ids, counts) = try LogSchema.declare(topics, in: database)
        keepings = Dictionary(topics.map { ($0.name, Keeping($0)) }) { first, _ in first }
        let timed = Set(topics.filter(\.isTimedByArrival).map(\.name))
        timedByArrival = Set(ids.filter { timed.contains($0.key.topic) }.values)
        do throws(SQLiteFailure) {
            statements = try LogStatements(in: database)
        } catch {
            throw LogFailure(error)
        }
    }

    // MARK: What there is

    /// How many partitions a topic has. Unknown topics are refused.
    func partitionCount(of topic: String) throws(LogFailure) -> Int32 {
        guard let count = counts[topic] else {
            throw LogFailure(
                .stop, code: "log.unknown-topic",
                detail: "the topic \"\(topic)\" is not in the catalogue that this log was opened with")
        }
        return count
    }

    func partitions(of topic: String) throws(LogFailure) -> [Partition] {
        let count = try partitionCount(of: topic)
        return (0..<count).map { Partition(topic, $0) }
    }

    /// Where every partition begins and ends.
    func bounds() throws(LogFailure) -> Bounds {
        var byID: [Int64: Bounds.Range] = [:]
        do throws(SQLiteFailure) {
            try statements.selectBounds.each { row in
                byID[row.integer(0)] = Bounds.Range(
                    start: Offset(row.integer(1)), walked: Offset(row.integer(2)), dropped: Offset(row.integer(3)),
                    end: Offset(row.integer(4)))
                return true
            }
        } catch {
            throw LogFailure(error)
        }
        return Bounds(of: ids, byID: byID)
    }

    // MARK: Reading

    /// Everything that is read in `body` is of one moment. Never for longer than a batch.
    func snapshot<R>(_ body: () throws(LogFailure) -> R) throws(LogFailure) -> R {
        try reading { () throws(SQLiteFailure) in try statements.begin.run() }
        let outcome: Result<R, LogFailure>
        do {
            outcome = .success(try body())
        } catch {
            outcome = .failure(error)
        }
        try reading { () throws(SQLiteFailure) in try statements.end.run() }
        return try outcome.get()
    }

    /// What a reader gets, and where it goes on.
    struct Section {
        var records: [IncomingRecord] = []
        var next: Offset
        var size = 0
    }

    /// Records from `start` up to `end`, until there are `count` of them or more than `bytes` bytes; at least one,
    /// where there is one. Nothing may be missing but what compaction has walked over.
    func read(
        _ partition: Partition, from start: Offset, to end: Offset, in range: Bounds.Range, atMost count: Int,
        bytes: Int
    ) throws(LogFailure) -> Section {
        let id = try id(of: partition)
        var section = Section(next: start)
        var damage: Offset?
        var isFull = false
        do throws(SQLiteFailure) {
            let first = Self.place(id, start)
            let limit = SQLValue.integer(Int64(count))
            try statements.selectRecords.each([.integer(first), .integer(Self.place(id, end)), limit]) { row in
                let offset = Offset(row.integer(0) - Self.place(id, .start))
                guard offset == section.next || offset <= range.walked,
                    let record = Self.record(in: row, at: offset, of: partition)
                else {
                    damage = section.next
                    return false
                }
                section.records.append(record)
                section.size += record.size
                section.next = offset.next
                isFull = section.size > bytes || section.records.count == count
                return !isFull
            }
        } catch {
            throw LogFailure(error)
        }
        if damage == nil, !isFull, section.next < end {
            if end > range.walked { damage = section.next } else { section.next = end }
        }
        if let damage { throw LogFailure(damaged: partition, at: damage) }
        return section
    }

    /// nil where the row is not as it was written.
    private static func record(
        in row: borrowing Row, at offset: Offset, of partition: Partition
    ) -> IncomingRecord? {
        guard let headers = Headers(encoded: row.blob(4)) else { return nil }
        let record = IncomingRecord(
            partition: partition, offset: offset, key: row.bytes(2), value: row.bytes(3), headers: headers,
            timestamp: Timestamp(microseconds: row.integer(1)))
        let checksum = Checksum.of(
            place: row.integer(0), timestamp: record.timestamp, key: record.key, value: record.value, headers: headers)
        return checksum == row.integer(5) ? record : nil
    }

    /// Waits for somebody's commit, at most so long; false when the deadline has passed. In memory nobody else can
    /// commit meanwhile.
    func wait(until deadline: ContinuousClock.Instant, atMost longest: Duration) throws(LogFailure) -> Bool {
        guard let bell else { return false }
        return try bell.wait(until: deadline, atMost: longest)
    }

    func id(of partition: Partition) throws(LogFailure) -> Int64 {
        if let id = ids[partition] { return id }
        let count = try partitionCount(of: partition.topic)
        throw LogFailure(
            .stop, code: "log.unknown-partition",
            detail: "\(partition) does not exist: \(partition.topic) has \(count) partitions")
    }

    static func place(_ id: Int64, _ offset: Offset) -> Int64 { id << offsetBits | offset.value }
}

/// Where each partition begins and ends at one moment. Asked only for partitions that are known.
struct Bounds {
    struct Range {
        /// Retention has let go of what lies before.
        let start: Offset
        /// Compaction has: what lies before may have gaps.
        let walked: Offset
        /// Behind the last tombstone that is gone.
        let dropped: Offset
        /// Behind the last record.
        let end: Offset
    }

    private let ids: [Partition: Int64]
    private let byID: [Int64: Range]

    fileprivate init(of ids: [Partition: Int64], byID: [Int64: Range]) {
        self.ids = ids
        self.byID = byID
    }

    subscript(partition: Partition) -> Range {
        guard let range = ids[partition].flatMap({ byID[$0] }) else { preconditionFailure("\(partition) is unknown") }
        return range
    }
}
