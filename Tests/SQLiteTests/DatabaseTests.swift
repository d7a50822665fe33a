import Foundation
import Ports
import SQLite
import Testing

@Suite("Database")
struct DatabaseTests {
    @Test("null, numbers, text, bytes and empty bytes come back as they were put in")
    func values() throws {
        let database = try Database(.memory)
        try database.execute("CREATE TABLE t (a INTEGER, b TEXT, c BLOB, d BLOB, e BLOB) STRICT")
        try Statement("INSERT INTO t VALUES (?, ?, ?, ?, ?)", in: database)
            .run(.integer(.min), .text("naïve ✓"), .bytes("b"), .blob([]), .null)
        let row = try Statement("SELECT a, b, c, d, e FROM t", in: database).first { row in
            (row.integer(0), row.text(1), row.bytes(2), row.bytes(3), row.bytes(4))
        }
        let (a, b, c, d, e) = try #require(row)
        #expect(a == .min)
        #expect(b == "naïve ✓")
        #expect(c == "b")
        #expect(d == .empty)
        #expect(e == nil)
    }

    @Test("a statement run again starts from nothing")
    func again() throws {
        let database = try Database(.memory)
        try database.execute("CREATE TABLE t (a INTEGER) STRICT")
        let insert = try Statement("INSERT INTO t VALUES (?)", in: database)
        try insert.run(.integer(1))
        try insert.run()
        let select = try Statement("SELECT count(*), count(a) FROM t", in: database)
        for _ in 0..<2 {
            let counts = try select.first { ($0.integer(0), $0.integer(1)) }
            #expect(counts?.0 == 2)
            #expect(counts?.1 == 1, "a value that was not given again is NULL, not the last one")
        }
    }

    @Test("a transaction whose body fails leaves nothing")
    func rollback() throws {
        let database = try Database(.memory)
        try database.execute("CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT; INSERT INTO t VALUES (7)")
        let failure = #expect(throws: SQLiteFailure.self) {
            try database.transaction { () throws(SQLiteFailure) in
                try database.execute("INSERT INTO t VALUES (1)")
                try database.execute("INSERT INTO t VALUES (7)")
            }
        }
        #expect(failure.map { ResultCode.constraint ~= $0.result } == true)
        #expect(failure?.remedy == .stop, "what nobody classified stops the process")
        #expect(try count(in: database) == 1)
        try database.transaction { () throws(SQLiteFailure) in try database.execute("INSERT INTO t VALUES (8)") }
        #expect(try count(in: database) == 2)
    }

    @Test(
        "after a transaction that need not survive a power cut, the next one is durable again",
        arguments: [false, true])
    func volatile(fails: Bool) throws {
        let database = try Database(.memory)
        // Prepared anew each time: SQLite answers this when it compiles it.
        func level() throws(SQLiteFailure) -> Int64? {
            try Statement("PRAGMA synchronous", in: database).first { $0.integer(0) }
        }
        try database.execute("PRAGMA synchronous = FULL; CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT")
        var within: Int64?
        do throws(SQLiteFailure) {
            try database.volatileTransaction { () throws(SQLiteFailure) in
                within = try level()
                try database.execute("INSERT INTO t VALUES (1)")
                if fails { try database.execute("INSERT INTO t VALUES (1)") }
            }
            #expect(!fails)
        } catch {
            #expect(fails)
        }
        #expect(within == 1)
        #expect(try level() == 2)
        #expect(try count(in: database) == (fails ? 0 : 1))
    }

    @Test("a statement may outlive the last mention of its database")
    func lifetime() throws {
        func statement() throws -> Statement { try Statement("SELECT 42", in: Database(.memory)) }
        let answer = try statement().first { $0.integer(0) }
        #expect(answer == 42)
    }

    @Test("wrong SQL is a failure with SQLite's own words")
    func wrongSQL() throws {
        let database = try Database(.memory)
        let failure = #expect(throws: SQLiteFailure.self) { try database.execute("SELEKT") }
        #expect(failure?.detail.contains("SELEKT") == true)
    }

    private func count(in database: Database) throws -> Int64? {
        try Statement("SELECT count(*) FROM t", in: database).first { $0.integer(0) }
    }
}

@Suite("SQLite failure")
struct SQLiteFailureTests {
    @Test("a primary code matches its whole family, an extended one only itself")
    func patterns() {
        let fsync = ResultCode(rawValue: 10 | 4 << 8)
        #expect(ResultCode.ioError ~= fsync)
        #expect(!(ResultCode.full ~= fsync))
        #expect(!(fsync ~= ResultCode.ioError))
        #expect(fsync.primary == .ioError)
    }

    @Test("a writer who meets another one is told to retry, after the time it was given")
    func busy() throws {
        let folder = try Folder()
        let first = try Database(.file(folder.path + "/busy"))
        let second = try Database(.file(folder.path + "/busy"), busyWaiting: .milliseconds(20))
        try first.execute("BEGIN IMMEDIATE")
        let failure = #expect(throws: SQLiteFailure.self) { try second.execute("BEGIN IMMEDIATE") }
        #expect(failure?.remedy == .retry)
        #expect(failure?.code == "sqlite.busy")
        try first.execute("COMMIT")
        try second.execute("BEGIN IMMEDIATE")
    }

    @Test("a full database stops, says so, and keeps what it had")
    func full() throws {
        let folder = try Folder()
        let path = folder.path + "/full"
        let database = try Database(.file(path))
        try database.execute("CREATE TABLE t (a BLOB) STRICT; INSERT INTO t VALUES (zeroblob(100))")
        try database.execute("PRAGMA max_page_count = 4")
        let failure = #expect(throws: SQLiteFailure.self) {
            try database.transaction { () throws(SQLiteFailure) in
                try database.execute("INSERT INTO t VALUES (zeroblob(100))")
                try database.execute("INSERT INTO t VALUES (zeroblob(100000))")
            }
        }
        #expect(failure?.remedy == .stop)
        #expect(failure?.code == "sqlite.full")
        #expect(failure?.detail.contains(path) == true)
        let kept = try Statement("SELECT count(*) FROM t", in: database).first { $0.integer(0) }
        #expect(kept == 1)
    }

    @Test("something else under the name is told from a damaged database")
    func notADatabase() throws {
        let folder = try Folder()
        try Data(repeating: 0x41, count: 4_096).write(to: URL(fileURLWithPath: folder.path + "/letter"))
        let database = try Database(.file(folder.path + "/letter"))
        let failure = #expect(throws: SQLiteFailure.self) { try database.execute("PRAGMA journal_mode = WAL") }
        #expect(failure?.code == "sqlite.not-a-database")
        #expect(failure?.remedy == .stop)
    }

    @Test("a file that cannot be opened is named, with what to check")
    func cannotOpen() {
        let failure = #expect(throws: SQLiteFailure.self) { _ = try Database(.file("/proc/version/below-a-file")) }
        #expect(failure?.code == "sqlite.cannot-open")
        #expect(failure?.remedy == .stop)
        #expect(failure?.detail.contains("/proc/version/below-a-file") == true)
    }
}

@Suite("Migrations")
struct MigrationTests {
    private let first = Migration("first", "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)")
    private let second = Migration("second", "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 9")

    @Test("each step is applied once, and a longer list goes on from where the shorter one ended")
    func steps() throws {
        let folder = try Folder()
        let location = Database.Location.file(folder.path + "/steps")
        for list in [[first], [first], [first, second], [first, second]] {
            try Database(location).migrate(list)
        }
        let row = try Statement("SELECT count(*), sum(y) FROM a", in: Database(location)).first {
            ($0.integer(0), $0.integer(1))
        }
        #expect(row?.0 == 1)
        #expect(row?.1 == 9)
    }

    @Test("a step that fails leaves the file at the step before")
    func broken() throws {
        let database = try Database(.memory)
        #expect(throws: SQLiteFailure.self) {
            try database.migrate([first, Migration("broken", "CREATE TABLE b (x INTEGER) STRICT; SELEKT")])
        }
        try database.migrate([first, second])
        #expect(throws: SQLiteFailure.self) { try Statement("SELECT * FROM b", in: database).run() }
    }

    @Test("a file from a newer program is refused")
    func newer() throws {
        let database = try Database(.memory)
        try database.migrate([first, second])
        let failure = #expect(throws: SQLiteFailure.self) { try database.migrate([first]) }
        #expect(failure?.code == "sqlite.newer")
        #expect(failure?.remedy == .stop)
    }
}

/// A folder that is gone when the test is over.
private final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("docket-sqlite-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("the test's folder \(path) is left behind: \(error)")
        }
    }
}
