import SQLite

/// Everything that is ever asked of the database once it is open, prepared once per connection.
final class LogStatements {
    let begin: Statement
    let end: Statement
    let selectBounds: Statement
    let selectRecords: Statement
    let insertRecord: Statement
    let updateEnd: Statement
    let selectCommitted: Statement
    let upsertCommitted: Statement
    let insertCommitted: Statement
    let insertMember: Statement
    let upsertMember: Statement
    let extendMember: Statement
    let deleteMember: Statement
    let selectMembers: Statement
    let insertLease: Statement
    let takeLease: Statement
    let freeLease: Statement
    let freeLeases: Statement
    let selectLeases: Statement
    let housekeeping: HousekeepingStatements

    init(in database: Database) throws(SQLiteFailure) {
        begin = try Statement("BEGIN", in: database)
        end = try Statement("COMMIT", in: database)
        selectBounds = try Statement("SELECT id, start, walked, dropped, next FROM partitions", in: database)
        selectRecords = try Statement(
            "SELECT place, timestamp, key, value, headers, checksum FROM records WHERE place >= ? AND place < ? "
                + "ORDER BY place LIMIT ?", in: database)
        insertRecord = try Statement("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", in: database)
        updateEnd = try Statement("UPDATE partitions SET next = ?, bytes = bytes + ? WHERE id = ?", in: database)
        selectCommitted = try Statement(
            "SELECT next FROM committed WHERE member_group = ? AND partition = ?", in: database)
        upsertCommitted = try Statement(
            "INSERT INTO committed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next", in: database)
        insertCommitted = try Statement(
            "INSERT INTO committed SELECT ?, id, start FROM partitions WHERE id = ? ON CONFLICT DO NOTHING",
            in: database)
        insertMember = try Statement(
            "INSERT INTO members (member_group, boot, until) VALUES (?, ?, ?) RETURNING id", in: database)
        // Whoever was taken for dead and is not comes back under its number.
        upsertMember = try Statement(
            "INSERT INTO members VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until", in: database)
        extendMember = try Statement("UPDATE members SET until = max(until, ?) WHERE id = ?", in: database)
        deleteMember = try Statement("DELETE FROM members WHERE id = ?", in: database)
        selectMembers = try Statement("SELECT id, boot, until FROM members WHERE member_group = ?", in: database)
        insertLease = try Statement(
            "INSERT INTO leases (member_group, number) VALUES (?, ?) ON CONFLICT DO NOTHING", in: database)
        takeLease = try Statement(
            "UPDATE leases SET owner = ?, epoch = epoch + 1 WHERE member_group = ? AND number = ?", in: database)
        freeLease = try Statement(
            "UPDATE leases SET owner = NULL WHERE member_group = ? AND number = ?", in: database)
        freeLeases = try Statement(
            "UPDATE leases SET owner = NULL WHERE member_group = ? AND owner = ?", in: database)
        selectLeases = try Statement("SELECT number, epoch, owner FROM leases WHERE member_group = ?", in: database)
        housekeeping = try HousekeepingStatements(in: database)
    }
}

/// What is asked of it beside the work.
final class HousekeepingStatements {
    let selectDue: Statement
    let updateDue: Statement
    let selectPartition: Statement
    let selectSizes: Statement
    let deleteRange: Statement
    let updateStart: Statement
    let selectKeys: Statement
    let selectLatest: Statement
    let upsertLatest: Statement
    let deleteRecord: Statement
    let updateWalked: Statement
    let updateNoted: Statement
    let selectTombstones: Statement
    let deleteLatest: Statement
    let updateDropped: Statement

    init(in database: Database) throws(SQLiteFailure) {
        selectDue = try Statement("SELECT boot, due, partition FROM housekeeping", in: database)
        updateDue = try Statement("UPDATE housekeeping SET boot = ?, due = ?, partition = ?", in: database)
        selectPartition = try Statement(
            "SELECT start, next, bytes, walked, noted, noted_at FROM partitions WHERE id = ?", in: database)
        selectSizes = try Statement(
            "SELECT place, timestamp, \(LogSchema.recordSize) FROM records WHERE place >= ? AND place < ? "
                + "ORDER BY place LIMIT ?", in: database)
        deleteRange = try Statement("DELETE FROM records WHERE place >= ? AND place < ?", in: database)
        updateStart = try Statement("UPDATE partitions SET start = ?, bytes = bytes - ? WHERE id = ?", in: database)
        selectKeys = try Statement(
            "SELECT place, key, value IS NULL FROM records WHERE place >= ? AND place < ? ORDER BY place LIMIT ?",
            in: database)
        selectLatest = try Statement("SELECT place FROM latest WHERE partition = ? AND key = ?", in: database)
        upsertLatest = try Statement(
            "INSERT INTO latest VALUES (?, ?, ?, ?) "
                + "ON CONFLICT DO UPDATE SET place = excluded.place, died = excluded.died", in: database)
        deleteRecord = try Statement(
            "DELETE FROM records WHERE place = ? RETURNING \(LogSchema.recordSize)", in: database)
        updateWalked = try Statement("UPDATE partitions SET walked = ?, bytes = bytes - ? WHERE id = ?", in: database)
        updateNoted = try Statement("UPDATE partitions SET noted = next, noted_at = ? WHERE id = ?", in: database)
        selectTombstones = try Statement(
            "SELECT key, place FROM latest WHERE partition = ? AND died <= ? LIMIT ?", in: database)
        deleteLatest = try Statement("DELETE FROM latest WHERE partition = ? AND key = ?", in: database)
        updateDropped = try Statement(
            "UPDATE partitions SET dropped = max(dropped, ?), bytes = bytes - ? WHERE id = ?", in: database)
    }
}
