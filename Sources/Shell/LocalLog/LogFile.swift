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

    /// The offset behind the last committed record, of every partition at one moment.
    func ends() throws(LogFailure) -> Ends {
        var byID: [Int64: Int64] = [:]
        do throws(SQLiteFailure) {
            try statements.selectEnds.each { row in
                byID[row.integer(0)] = row.integer(1)
                return true
            }
        } catch {
            throw LogFailure(error)
        }
        return Ends(of: ids, byID: byID)
    }

    func end(of partition: Partition) throws(LogFailure) -> Offset {
        _ = try id(of: partition)
        return try ends()[partition]
    }

    // MARK: Reading

    /// Records from `start` up to `end`, until there are `count` of them or more than `bytes` bytes; at least one.
    func read(
        _ partition: Partition, from start: Offset, to end: Offset, atMost count: Int, bytes: Int
    ) throws(LogFailure) -> [IncomingRecord] {
        let id = try id(of: partition)
        var records: [IncomingRecord] = []
        var size = 0
        var isDamaged = false
        do throws(SQLiteFailure) {
            let first = Self.place(id, start)
            let limit = SQLValue.integer(Int64(count))
            try statements.selectRecords.each([.integer(first), .integer(Self.place(id, end)), limit]) { row in
                let offset = Offset(start.value + Int64(records.count))
                guard let record = Self.record(in: row, at: offset, of: partition, id: id) else {
                    isDamaged = true
                    return false
                }
                size += record.size
                records.append(record)
                return size <= bytes
            }
        } catch {
            throw LogFailure(error)
        }
        if isDamaged || (records.isEmpty && start < end) {
            throw LogFailure(damaged: partition, at: Offset(start.value + Int64(records.count)))
        }
        return records
    }

    /// nil where the row is not this offset's, or not as it was written.
    private static func record(
        in row: borrowing Row, at offset: Offset, of partition: Partition, id: Int64
    ) -> IncomingRecord? {
        guard row.integer(0) == place(id, offset), let headers = Headers(encoded: row.blob(4)) else { return nil }
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

/// How far each partition reaches, at one moment. Asked only for partitions that are known.
struct Ends {
    private let ids: [Partition: Int64]
    private let byID: [Int64: Int64]

    fileprivate init(of ids: [Partition: Int64], byID: [Int64: Int64]) {
        self.ids = ids
        self.byID = byID
    }

    subscript(partition: Partition) -> Offset {
        guard let end = ids[partition].flatMap({ byID[$0] }) else { preconditionFailure("\(partition) is unknown") }
        return Offset(end)
    }
}
