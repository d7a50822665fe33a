import CSQLite
import Ports

/// One connection to one SQLite database, for one thread at a time; closed when it is let go of.
///
/// Statements keep their connection alive, so nothing is ever finalized after the close.
package final class Database {
    package enum Location: Hashable, Sendable, CustomStringConvertible {
        case file(String)
        case memory

        /// The file's path, as SQLite wants it.
        package var description: String {
            switch self {
            case .file(let path): path
            case .memory: ":memory:"
            }
        }
    }

    let handle: OpaquePointer
    let path: String

    /// How long whoever meets another writer waits for it.
    package var busyWaiting: Duration {
        didSet { sqlite3_busy_timeout(handle, Int32(clamping: busyWaiting.wholeMilliseconds)) }
    }

    /// Opens the file, creating it where it is missing. Whoever meets another writer waits at most `busyWaiting`.
    package init(_ location: Location, busyWaiting: Duration = .seconds(5)) throws(SQLiteFailure) {
        path = location.description
        // One thread per connection is our own rule, so SQLite need not lock against a second one.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let result = sqlite3_open_v2(path, &opened, flags, nil)
        guard result == SQLITE_OK, let opened else {
            let failure = SQLiteFailure(
                ResultCode(rawValue: result), path: path, message: String(cString: sqlite3_errstr(result)))
            sqlite3_close_v2(opened)
            throw failure
        }
        handle = opened
        self.busyWaiting = busyWaiting
        sqlite3_busy_timeout(opened, Int32(clamping: busyWaiting.wholeMilliseconds))
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs statements that return nothing of interest.
    package func execute(_ sql: String) throws(SQLiteFailure) {
        try check(ResultCode(rawValue: sqlite3_exec(handle, sql, nil, nil, nil)))
    }

    /// Everything in `body` becomes durable together, or nothing does. The write lock is taken before `body` starts.
    package func transaction<R>(_ body: () throws(SQLiteFailure) -> R) throws(SQLiteFailure) -> R {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // A full disk or a failed write has already rolled back; then there is nothing left to undo.
            if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// A transaction as whole as any other, which a power cut may undo together with what came after it. Only for a
    /// connection that is otherwise durable.
    package func volatileTransaction<R>(_ body: () throws(SQLiteFailure) -> R) throws(SQLiteFailure) -> R {
        try execute("PRAGMA synchronous = NORMAL")
        let outcome: Result<R, SQLiteFailure>
        do {
            outcome = .success(try transaction(body))
        } catch {
            outcome = .failure(error)
        }
        // First of all: whatever became of this one, the next transaction is durable, or there is none.
        try execute("PRAGMA synchronous = FULL")
        return try outcome.get()
    }

    func check(_ result: ResultCode) throws(SQLiteFailure) {
        if result != .ok { throw failure(result) }
    }

    func failure(_ result: ResultCode) -> SQLiteFailure {
        SQLiteFailure(result, path: path, message: String(cString: sqlite3_errmsg(handle)))
    }
}
