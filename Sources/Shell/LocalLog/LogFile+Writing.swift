import Ports
import SQLite

// What appenders and members write, and what a group is.
extension LogFile {
    /// A record whose topic, partition and size are known to be right.
    struct Addressed {
        let record: OutgoingRecord
        let partition: Partition
        let id: Int64
    }

    /// Finds each record's partition, and refuses what cannot be written before anything is.
    func address(_ record: OutgoingRecord) throws(LogFailure) -> Addressed {
        let count = try partitionCount(of: record.topic)
        // Without key and number any partition is right, so the first one is.
        let number = record.partition ?? record.key.map { Partitioner.partition(of: $0, among: count) } ?? 0
        let partition = Partition(record.topic, number)
        if record.key == nil, keepings[record.topic] == .lastOfEachKey {
            throw LogFailure(
                .stop, code: "log.key-missing",
                detail: "a record for \(partition) has no key: of this topic the last record of each key is kept")
        }
        let size = record.size
        if size > limits.record {
            throw LogFailure(
                .setAside, code: "log.record-too-large",
                detail: "a record for \(partition) has \(size) bytes, the limit is \(limits.record)")
        }
        return Addressed(record: record, partition: partition, id: try id(of: partition))
    }

    /// What a member says about itself when it commits: whose partitions it believes to own, and since when.
    struct Claim {
        let group: String
        let membership: Membership
        let epochs: [Int32: Int64]
        let consumed: [Partition: Offset]
    }

    enum Verdict { case written([(Partition, Offset)]), fenced }

    /// Everything in one durable transaction, in which a claim's epochs are checked first.
    func write(_ records: [Addressed], for claim: Claim?) throws(LogFailure) -> Verdict {
        let verdict: Verdict
        do throws(SQLiteFailure) {
            verdict = try database.transaction { () throws(SQLiteFailure) -> Verdict in
                if let claim, try !claim.membership.stillHolds(claim.epochs) { return .fenced }
                let places = try insert(records)
                if let claim { try move(claim) }
                return .written(places)
            }
        } catch {
            throw complaint(about: error)
        }
        isHeldUp = false
        bell?.ring()
        return verdict
    }

    /// Names whoever keeps everybody else from writing: a process frozen inside its transaction freezes the log.
    func complaint(about failure: SQLiteFailure) -> LogFailure {
        guard failure.remedy == .retry else { return LogFailure(failure) }
        isHeldUp = true
        guard case .file(let path) = location, let holder = WriteLock.holder(ofDatabase: path) else {
            return LogFailure(failure)
        }
        return LogFailure(
            .retry, code: failure.code,
            detail: "\(path): \(holder) has kept the log to itself for \(database.busyWaiting) or longer. "
                + "If it is frozen, end it.")
    }

    private func insert(_ records: [Addressed]) throws(SQLiteFailure) -> [(Partition, Offset)] {
        if records.isEmpty { return [] }
        var ends: [Int64: Int64] = [:]
        var sizes: [Int64: Int] = [:]
        try statements.selectBounds.each { row in
            ends[row.integer(0)] = row.integer(4)
            return true
        }
        let moment = now()
        var places: [(Partition, Offset)] = []
        places.reserveCapacity(records.count)
        for addressed in records {
            let record = addressed.record
            let offset = Offset(ends[addressed.id, default: 0])
            precondition(offset.value < 1 << LogFile.offsetBits, "\(addressed.partition) is full")
            let place = Self.place(addressed.id, offset)
            let timestamp = timedByArrival.contains(addressed.id) ? moment : record.timestamp ?? moment
            let checksum = Checksum.of(
                place: place, timestamp: timestamp, key: record.key, value: record.value, headers: record.headers)
            try statements.insertRecord.run(
                .integer(place), .integer(timestamp.microseconds), SQLValue(record.key), SQLValue(record.value),
                .blob(record.headers.encoded), .integer(checksum))
            ends[addressed.id] = offset.next.value
            sizes[addressed.id, default: 0] += record.size
            places.append((addressed.partition, offset))
        }
        for (id, size) in sizes {
            try statements.updateEnd.run(.integer(ends[id, default: 0]), .integer(Int64(size)), .integer(id))
        }
        return places
    }

    /// Where a group goes on in a partition; nil where it was never assigned it.
    func committed(_ group: String, _ partition: Partition) throws(LogFailure) -> Offset? {
        let id = try id(of: partition)
        return try reading { () throws(SQLiteFailure) in
            try statements.selectCommitted.first(.text(group), .integer(id)) { Offset($0.integer(0)) }
        }
    }

    /// A group begins where the log does. That is noted before it has read anything: what retention lets go of from then
    /// on is missed by somebody.
    func begin(_ group: String, at partitions: [Partition]) throws(LogFailure) {
        var begun: [Int64] = []
        for partition in partitions { begun.append(try id(of: partition)) }
        if begun.isEmpty { return }
        try leasing { () throws(SQLiteFailure) in
            for id in begun { try statements.insertCommitted.run(.text(group), .integer(id)) }
        }
    }

    private func move(_ claim: Claim) throws(SQLiteFailure) {
        for (partition, offset) in claim.consumed {
            guard let id = ids[partition] else { preconditionFailure("\(partition) was checked before the commit") }
            try statements.upsertCommitted.run(.text(claim.group), .integer(id), .integer(offset.value))
        }
    }
}
