/// One step from an older schema to a newer one. The list of them only ever grows at its end.
package struct Migration: Sendable {
    package let name: String
    package let sql: String

    package init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}

extension Database {
    /// Applies what this file has not seen yet, each step in its own transaction. A file that knows more steps than
    /// this program is refused.
    package func migrate(_ migrations: [Migration]) throws(SQLiteFailure) {
        let version = try schemaVersion()
        if version > migrations.count {
            throw SQLiteFailure(newerThanThisProgram: path, version: version, known: migrations.count)
        }
        for (index, migration) in migrations.enumerated() where index >= version {
            try transaction { () throws(SQLiteFailure) in
                // Somebody else may have applied it while this one waited for the write lock.
                if try schemaVersion() > index { return }
                try execute(migration.sql)
                try execute("PRAGMA user_version = \(index + 1)")
            }
        }
    }

    /// How many steps this file has seen; 0 for a new one.
    package func schemaVersion() throws(SQLiteFailure) -> Int {
        let statement = try Statement("PRAGMA user_version", in: self)
        return Int(try statement.first { $0.integer(0) } ?? 0)
    }
}
