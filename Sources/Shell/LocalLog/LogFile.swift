import Ports
import SQLite

/// One connection to the log's database, with everything that members, appenders and tails do to it.
final class LogFile {
    /// A record's primary key is its partition's id and its offset in one number, so that a partition's records lie
    /// side by side. 2^40 offsets are 34 years of a thousand records a second.
    private static let offsetBits: Int64 = 40

    let limits: LocalStore.Limits
    private let location: Database.Location
    private let database: Database
    private let bell: Bell?
    private let now: @Sendable () -> Timestamp
    private let ids: [Partition: Int64]
    private let counts: [String: Int32]

    private let selectEnds: Statement
    private let selectRecords: Statement
    private let insertRecord: Statement
    private let updateEnd: Statement
    private let selectCommitted: Statement
    private let upsertCommitted: Statement
    private let selectEpoch: Statement
    private let raiseEpoch: Statement

    init(
        _ location: Database.Location, isExpected: Bool, bell: Bell?, topics: [TopicDeclaration],
        limits: LocalStore.Limits,
        now: @escaping @Sendable () -> Timestamp
    ) throws(LogFailure) {
        self.location = location
        self.limits = limits
        self.now = now
        self.bell = bell
        let isLost: Bool
        let isSound: Bool
        do throws(SQLiteFailure) {
            database = try Database(location, busyWaiting: limits.busy)
            isSound = try database.prepareForLog()
            let isNew = try database.schemaVersion() == 0
            isLost = isNew && isExpected
            if isSound && !isLost { try database.migrate(LogSchema.migrations) }
        } catch {
            throw LogFailure(error)
        }
        if isLost { throw LogFailure(lost: location) }
        if !isSound { throw LogFailure(notLocal: location) }
        (ids, counts) = try LogSchema.declare(topics, in: database)
        do throws(SQLiteFailure) {
            selectEnds = try Statement("SELECT id, next FROM partitions", in: database)
            selectRecords = try Statement(
                "SELECT place, timestamp, key, value, headers FROM records WHERE place >= ? AND place < ? "
                    + "ORDER BY place LIMIT ?", in: database)
            insertRecord = try Statement("INSERT INTO records VALUES (?, ?, ?, ?, ?)", in: database)
            updateEnd = try Statement("UPDATE partitions SET next = ? WHERE id = ?", in: database)
            selectCommitted = try Statement(
                "SELECT next FROM committed WHERE member_group = ? AND partition = ?", in: database)
            upsertCommitted = try Statement(
                "INSERT INTO committed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next", in: database)
            selectEpoch = try Statement("SELECT epoch FROM epochs WHERE member_group = ?", in: database)
            raiseEpoch = try Statement(
                "INSERT INTO epochs VALUES (?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1", in: database)
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
            try selectEnds.each { row in
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
            try selectRecords.each([.integer(first), .integer(Self.place(id, end)), limit]) { row in
                let offset = Offset(row.integer(0) - Self.place(id, .start))
                guard let headers = Headers(encoded: row.blob(4)), offset.value == start.value + Int64(records.count)
                else {
                    isDamaged = true
                    return false
                }
                let record = IncomingRecord(
                    partition: partition, offset: offset, key: row.bytes(2), value: row.bytes(3), headers: headers,
                    timestamp: Timestamp(microseconds: row.integer(1)))
                size += (record.key?.count ?? 0) + (record.value?.count ?? 0) + headers.encoded.count
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

    /// Waits for somebody's commit; false when the deadline has passed. In memory nobody else can commit meanwhile.
    func wait(until deadline: ContinuousClock.Instant) throws(LogFailure) -> Bool {
        guard let bell else { return false }
        return try bell.wait(until: deadline)
    }

    // MARK: Writing

    /// A record whose topic, partition and size are known to be right.
    struct Addressed {
        let record: OutgoingRecord
        let partition: Partition
        fileprivate let id: Int64
    }

    /// Finds each record's partition, and refuses what cannot be written before anything is.
    func address(_ record: OutgoingRecord) throws(LogFailure) -> Addressed {
        let count = try partitionCount(of: record.topic)
        // Without key and number any partition is right, so the first one is.
        let number = record.partition ?? record.key.map { Partitioner.partition(of: $0, among: count) } ?? 0
        let partition = Partition(record.topic, number)
        let size = record.size
        if size > limits.record {
            throw LogFailure(
                .setAside, code: "log.record-too-large",
                detail: "a record for \(partition) has \(size) bytes, the limit is \(limits.record)")
        }
        return Addressed(record: record, partition: partition, id: try id(of: partition))
    }

    /// What a member says about itself when it commits.
    struct Claim {
        let group: String
        let epoch: Int64
        let consumed: [Partition: Offset]
    }

    enum Verdict { case written([(Partition, Offset)]), fenced }

    /// Everything in one durable transaction, in which a claim's epoch is checked first.
    func write(_ records: [Addressed], for claim: Claim?) throws(LogFailure) -> Verdict {
        let verdict: Verdict
        do throws(SQLiteFailure) {
            verdict = try database.transaction { () throws(SQLiteFailure) -> Verdict in
                if let claim, try epoch(of: claim.group) != claim.epoch { return .fenced }
                let places = try insert(records)
                if let claim { try move(claim) }
                return .written(places)
            }
        } catch {
            throw complaint(about: error)
        }
        bell?.ring()
        return verdict
    }

    /// Names whoever keeps everybody else from writing: a process frozen inside its transaction freezes the log.
    private func complaint(about failure: SQLiteFailure) -> LogFailure {
        guard failure.remedy == .retry, case .file(let path) = location,
            let holder = WriteLock.holder(ofDatabase: path)
        else { return LogFailure(failure) }
        return LogFailure(
            .retry, code: failure.code,
            detail: "\(path): \(holder) has kept the log to itself for \(limits.busy). If it is frozen, end it.")
    }

    private func insert(_ records: [Addressed]) throws(SQLiteFailure) -> [(Partition, Offset)] {
        if records.isEmpty { return [] }
        var ends: [Int64: Int64] = [:]
        try selectEnds.each { row in
            ends[row.integer(0)] = row.integer(1)
            return true
        }
        let moment = now()
        var places: [(Partition, Offset)] = []
        places.reserveCapacity(records.count)
        for addressed in records {
            let record = addressed.record
            let offset = Offset(ends[addressed.id, default: 0])
            precondition(offset.value < 1 << Self.offsetBits, "\(addressed.partition) is full")
            try insertRecord.run(
                .integer(Self.place(addressed.id, offset)),
                .integer((record.timestamp ?? moment).microseconds),
                SQLValue(record.key), SQLValue(record.value), .blob(record.headers.encoded))
            ends[addressed.id] = offset.next.value
            places.append((addressed.partition, offset))
        }
        for id in Set(records.map(\.id)) { try updateEnd.run(.integer(ends[id, default: 0]), .integer(id)) }
        return places
    }

    // MARK: Groups

    /// Makes the caller the group's only writer: every earlier member is fenced from now on.
    func join(_ group: String) throws(LogFailure) -> Int64 {
        do throws(SQLiteFailure) {
            return try database.transaction { () throws(SQLiteFailure) -> Int64 in
                try raiseEpoch.run(.text(group))
                return try epoch(of: group)
            }
        } catch {
            throw LogFailure(error)
        }
    }

    /// Where a group goes on in a partition: the start where it never committed.
    func committed(_ group: String, _ partition: Partition) throws(LogFailure) -> Offset {
        let id = try id(of: partition)
        do throws(SQLiteFailure) {
            return Offset(try selectCommitted.first(.text(group), .integer(id)) { $0.integer(0) } ?? 0)
        } catch {
            throw LogFailure(error)
        }
    }

    private func move(_ claim: Claim) throws(SQLiteFailure) {
        for (partition, offset) in claim.consumed {
            guard let id = ids[partition] else { preconditionFailure("\(partition) was checked before the commit") }
            try upsertCommitted.run(.text(claim.group), .integer(id), .integer(offset.value))
        }
    }

    private func epoch(of group: String) throws(SQLiteFailure) -> Int64 {
        try selectEpoch.first(.text(group)) { $0.integer(0) } ?? 0
    }

    // MARK: Places

    private func id(of partition: Partition) throws(LogFailure) -> Int64 {
        if let id = ids[partition] { return id }
        let count = try partitionCount(of: partition.topic)
        throw LogFailure(
            .stop, code: "log.unknown-partition",
            detail: "\(partition) does not exist: \(partition.topic) has \(count) partitions")
    }

    private static func place(_ id: Int64, _ offset: Offset) -> Int64 { id << offsetBits | offset.value }
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

extension LogFailure {
    /// SQLite's words are the log's words: they name the file, the cause and what to do.
    init(_ failure: SQLiteFailure) {
        self.init(failure.remedy, code: failure.code, detail: failure.detail)
    }

    init(notLocal location: Database.Location) {
        self.init(
            .stop, code: "log.not-local",
            detail: "\(location): SQLite's write-ahead log does not work on this file system. "
                + "Put the log's directory on a local disk.")
    }

    init(lost location: Database.Location) {
        self.init(
            .stop, code: "log.lost",
            detail: "\(location) is missing or empty, though its directory held a log. Restore the directory from a "
                + "backup; to begin with an empty log on purpose, remove the whole directory.")
    }

    init(damaged partition: Partition, at offset: Offset) {
        self.init(
            .stop, code: "log.damaged",
            detail: "\(partition) cannot be read at offset \(offset): a record is missing or unreadable. "
                + "Keep a copy of the directory, then restore it from a backup.")
    }
}
