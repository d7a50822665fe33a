import CSQLite
package import Ports

/// What a statement is given for one of its `?`.
package enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
    case bytes(Bytes)

    /// A nil is NULL; empty bytes are an empty blob, which is something else.
    package init(_ bytes: Bytes?) { self = bytes.map(SQLValue.bytes) ?? .null }
}

/// A prepared statement: prepared once, run many times, finalized when its owner lets go of it.
package struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let database: Database

    package init(_ sql: String, in database: Database) throws(SQLiteFailure) {
        var prepared: OpaquePointer?
        let result = ResultCode(
            rawValue: sqlite3_prepare_v3(database.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil))
        guard result == .ok, let prepared else { throw database.failure(result) }
        handle = prepared
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs to the end, dropping rows.
    package func run(_ values: SQLValue...) throws(SQLiteFailure) {
        try each(values) { _ in true }
    }

    /// Reads the first row, if there is one.
    package func first<R>(_ values: SQLValue..., read: (borrowing Row) -> R) throws(SQLiteFailure) -> R? {
        var found: R?
        try each(values) { row in
            found = read(row)
            return false
        }
        return found
    }

    /// Hands over row by row until `body` answers false. The read ends with this call, never later.
    package func each(_ values: [SQLValue] = [], body: (borrowing Row) -> Bool) throws(SQLiteFailure) {
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
        while true {
            let result = ResultCode(rawValue: sqlite3_step(handle))
            switch result {
            case .row: if !body(Row(handle)) { return }
            case .done: return
            default: throw database.failure(result)
            }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) throws(SQLiteFailure) {
        let result =
            switch value {
            case .null: sqlite3_bind_null(handle, index)
            case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
            case .text(let text): docket_sqlite_bind_text(handle, index, text, UInt64(text.utf8.count))
            case .blob(let array):
                array.withUnsafeBytes { docket_sqlite_bind_blob(handle, index, $0.baseAddress, UInt64($0.count)) }
            case .bytes(let bytes):
                bytes.withUnsafeBytes { docket_sqlite_bind_blob(handle, index, $0.baseAddress, UInt64($0.count)) }
            }
        try database.check(ResultCode(rawValue: result))
    }
}

/// The row that a statement stands on, readable only where it was handed over.
package struct Row: ~Copyable {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) { self.statement = statement }

    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    package func text(_ column: Int32) -> String {
        sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
    }

    /// nil for NULL.
    package func bytes(_ column: Int32) -> Bytes? {
        if sqlite3_column_type(statement, column) == SQLITE_NULL { return nil }
        return Bytes(buffer(column))
    }

    package func blob(_ column: Int32) -> [UInt8] { Array(buffer(column)) }

    private func buffer(_ column: Int32) -> UnsafeRawBufferPointer {
        // The pointer first: asking for the length before could convert the value and move it.
        let start = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }
}
