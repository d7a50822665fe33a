import Ports
import SQLite

// What `Membership` asks of the database.
extension LogFile {
    /// After a writer was met that took too long, nobody waits that long for it again before he says so.
    private static let shortPatience = Duration.milliseconds(100)

    func reading<R>(_ body: () throws(SQLiteFailure) -> R) throws(LogFailure) -> R {
        do throws(SQLiteFailure) {
            return try body()
        } catch {
            throw LogFailure(error)
        }
    }

    /// A transaction that need not survive a power cut: no member survives one either. So an idle log does not keep a
    /// disk awake.
    @discardableResult
    func leasing<R>(_ body: () throws(SQLiteFailure) -> R) throws(LogFailure) -> R {
        database.busyWaiting = isHeldUp ? Self.shortPatience : limits.lease
        defer { database.busyWaiting = limits.busy }
        do throws(SQLiteFailure) {
            let result = try database.volatileTransaction(body)
            isHeldUp = false
            return result
        } catch {
            throw complaint(about: error)
        }
    }

    /// Adds a member to a group, and the group's leases where it is new.
    func enrol(in group: String, count: Int32, boot: String, until: Duration) throws(LogFailure) -> Int64 {
        try leasing { () throws(SQLiteFailure) -> Int64 in
            for number in 0..<count { try statements.insertLease.run(.text(group), .integer(Int64(number))) }
            let id = try statements.insertMember.first(
                .text(group), .text(boot), .integer(until.wholeMicroseconds)
            ) { $0.integer(0) }
            guard let id else { preconditionFailure("an insert returns what it inserted") }
            return id
        }
    }

    func dismiss(_ members: [Int64], from group: String) throws(LogFailure) {
        try leasing { () throws(SQLiteFailure) in try bury(members, of: group) }
    }

    /// What these members own is free from now on. Inside a transaction.
    func bury(_ members: [Int64], of group: String) throws(SQLiteFailure) {
        for member in members {
            try statements.freeLeases.run(.text(group), .integer(member))
            try statements.deleteMember.run(.integer(member))
        }
    }
}
