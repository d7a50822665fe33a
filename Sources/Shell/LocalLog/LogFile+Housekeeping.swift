import Ports
import SQLite

// What one step of housekeeping does to one partition. Inside its transaction.
extension LogFile {
    /// A transaction for which nobody waits long, and which itself waits for nobody: where somebody writes it is not
    /// begun. Like a lease it need not survive a power cut, because what is let go of twice is gone once.
    func tidying(_ body: () throws(SQLiteFailure) -> Void) throws(LogFailure) {
        database.busyWaiting = .zero
        defer { database.busyWaiting = limits.busy }
        do throws(SQLiteFailure) {
            try database.volatileTransaction(body)
        } catch {
            if error.remedy != .retry { throw LogFailure(error) }
        }
    }

    /// How a partition stands.
    private struct Standing {
        var start: Int64
        var next: Int64
        var bytes: Int64
        var walked: Int64
        var noted: Int64
        var notedAt: Timestamp
    }

    private func standing(of id: Int64) throws(SQLiteFailure) -> Standing? {
        try statements.housekeeping.selectPartition.first(.integer(id)) {
            Standing(
                start: $0.integer(0), next: $0.integer(1), bytes: $0.integer(2), walked: $0.integer(3),
                noted: $0.integer(4), notedAt: Timestamp(microseconds: $0.integer(5)))
        }
    }

    /// Lets go of the beginning: of what is older than `oldest`, and of what there is beyond so many bytes, which are
    /// always kept. A record that is young enough keeps all that is behind it.
    func shorten(
        _ id: Int64, to oldest: Timestamp?, bytes limit: Int64?, within budget: inout StepBudget
    ) throws(SQLiteFailure) {
        guard var standing = try standing(of: id) else { return }
        while !budget.isSpent {
            let (room, bytes) = (budget.room, budget.bytes)
            let first = Self.place(id, Offset(standing.start))
            var (count, size, end) = (0, Int64(0), first)
            try statements.housekeeping.selectSizes.each([
                .integer(first), .integer(Self.place(id, Offset(standing.next))), .integer(Int64(room)),
            ]) { row in
                let isOld = oldest.map { row.integer(1) < $0.microseconds } ?? false
                let isBeyond = limit.map { standing.bytes - size - row.integer(2) >= $0 } ?? false
                guard isOld || isBeyond, size < bytes else { return false }
                (count, size, end) = (count + 1, size + row.integer(2), row.integer(0) + 1)
                return true
            }
            if count == 0 { return }
            standing.start += end - first
            standing.bytes -= size
            try statements.housekeeping.deleteRange.run(.integer(first), .integer(end))
            try statements.housekeeping.updateStart.run(.integer(standing.start), .integer(size), .integer(id))
            budget.spend(records: count, bytes: size)
            if count < room { return }
        }
    }
}

// Compaction: what was noted as the end a while ago is walked once, from where the last step came to. Each record that
// is met replaces the one of its key that was met before, which is deleted, so behind the walk each key stands once.
// Where that is says `latest`, a row for each key: finding what is outdated costs a look-up and no second reading.
//
// Whoever reads meanwhile loses nothing. What is deleted has a successor further on that was there before the deletion,
// and a reader that has not come to the one comes to the other. Only a tombstone has none, so it stays for a day after
// it was walked, that is, after the last value that a reader could have seen was deleted.
extension LogFile {
    func compact(_ id: Int64, at now: Timestamp, within budget: inout StepBudget) throws(SQLiteFailure) {
        try dropTombstones(of: id, walkedBefore: now - limits.housekeeping.tombstones, within: &budget)
        guard let standing = try standing(of: id) else { return }
        if standing.walked < standing.noted {
            // A clock that was set back would keep it waiting for as long as it was wrong.
            let isOfAge = standing.notedAt <= now - limits.housekeeping.minimumAge || standing.notedAt > now
            if isOfAge { try walk(id, from: standing.walked, to: standing.noted, at: now, within: &budget) }
        } else if standing.noted < standing.next {
            try statements.housekeeping.updateNoted.run(.integer(now.microseconds), .integer(id))
        }
    }

    private func walk(
        _ id: Int64, from start: Int64, to end: Int64, at now: Timestamp, within budget: inout StepBudget
    ) throws(SQLiteFailure) {
        let limit = Self.place(id, Offset(end))
        var place = Self.place(id, Offset(start))
        var freed: Int64 = 0
        while place < limit, !budget.isSpent {
            let room = budget.room
            var met: [(place: Int64, key: Bytes?, isTombstone: Bool)] = []
            try statements.housekeeping.selectKeys.each([.integer(place), .integer(limit), .integer(Int64(room))]) {
                met.append((place: $0.integer(0), key: $0.bytes(1), isTombstone: $0.integer(2) != 0))
                return true
            }
            for record in met where !budget.isSpent {
                var size: Int64 = 0
                // One from a time when the topic took records without a key stays: nothing can replace it.
                if let key = record.key {
                    size = try replace(key, in: id, by: record.place, since: record.isTombstone ? now : nil)
                }
                budget.spend(records: 1, bytes: size)
                (place, freed) = (record.place + 1, freed + size)
            }
            if met.count < room, place > met.last?.place ?? 0 { place = limit }
        }
        try statements.housekeeping.updateWalked.run(
            .integer(place - Self.place(id, .start)), .integer(freed), .integer(id))
    }

    /// Deletes the record of this key that was met before, and answers with its size.
    private func replace(
        _ key: Bytes, in id: Int64, by newer: Int64, since died: Timestamp?
    ) throws(SQLiteFailure) -> Int64 {
        let older = try statements.housekeeping.selectLatest.first(.integer(id), .bytes(key)) { $0.integer(0) }
        try statements.housekeeping.upsertLatest.run(
            .integer(id), .bytes(key), .integer(newer), died.map { .integer($0.microseconds) } ?? .null)
        return try older.map { older throws(SQLiteFailure) in try delete(older) } ?? 0
    }

    private func dropTombstones(
        of id: Int64, walkedBefore moment: Timestamp, within budget: inout StepBudget
    ) throws(SQLiteFailure) {
        var due: [(key: Bytes, place: Int64)] = []
        try statements.housekeeping.selectTombstones.each([
            .integer(id), .integer(moment.microseconds), .integer(Int64(budget.room)),
        ]) { row in
            if let key = row.bytes(0) { due.append((key: key, place: row.integer(1))) }
            return true
        }
        guard let last = due.map(\.place).max() else { return }
        var freed: Int64 = 0
        for (key, place) in due {
            freed += try delete(place)
            try statements.housekeeping.deleteLatest.run(.integer(id), .bytes(key))
        }
        try statements.housekeeping.updateDropped.run(
            .integer(last + 1 - Self.place(id, .start)), .integer(freed), .integer(id))
        budget.spend(records: due.count, bytes: freed)
    }

    private func delete(_ place: Int64) throws(SQLiteFailure) -> Int64 {
        try statements.housekeeping.deleteRecord.first(.integer(place)) { $0.integer(0) } ?? 0
    }
}
