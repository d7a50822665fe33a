import Ports
import SQLite

/// The tables, and the topics in them.
enum LogSchema {
    static let migrations = [
        Migration(
            "topics, records and groups",
            """
            CREATE TABLE topics (
                id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL, kind TEXT NOT NULL
            ) STRICT;
            CREATE TABLE partitions (
                id INTEGER PRIMARY KEY, topic INTEGER NOT NULL REFERENCES topics, number INTEGER NOT NULL,
                next INTEGER NOT NULL DEFAULT 0, UNIQUE (topic, number)
            ) STRICT;
            CREATE TABLE records (
                place INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, key BLOB, value BLOB, headers BLOB NOT NULL,
                checksum INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE committed (
                member_group TEXT NOT NULL, partition INTEGER NOT NULL REFERENCES partitions, next INTEGER NOT NULL,
                PRIMARY KEY (member_group, partition)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE epochs (member_group TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            """),
        Migration(
            "members and leases",
            """
            CREATE TABLE members (
                id INTEGER PRIMARY KEY AUTOINCREMENT, member_group TEXT NOT NULL, boot TEXT NOT NULL,
                until INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE leases (
                member_group TEXT NOT NULL, number INTEGER NOT NULL, epoch INTEGER NOT NULL DEFAULT 0, owner INTEGER,
                PRIMARY KEY (member_group, number)
            ) STRICT, WITHOUT ROWID;
            DROP TABLE epochs;
            """),
        // `start`: retention has let go of what lies before. `walked`: what lies before may have gaps, because of each
        // key only the last record there is kept; `latest` says where that is, and since when it is a tombstone that
        // was walked. `dropped`: behind the last tombstone that was let go of. `noted`, `noted_at`: where the
        // partition ended at a moment.
        Migration(
            "housekeeping",
            """
            ALTER TABLE partitions ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE partitions ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE partitions ADD COLUMN walked INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE partitions ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE partitions ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE partitions ADD COLUMN noted_at INTEGER NOT NULL DEFAULT 0;
            UPDATE partitions SET bytes = (
                SELECT coalesce(sum(\(recordSize)), 0) FROM records
                WHERE place >= partitions.id << 40 AND place < (partitions.id + 1) << 40
            );
            CREATE TABLE latest (
                partition INTEGER NOT NULL REFERENCES partitions, key BLOB NOT NULL, place INTEGER NOT NULL,
                died INTEGER, PRIMARY KEY (partition, key)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX tombstones ON latest (partition, died) WHERE died IS NOT NULL;
            CREATE TABLE housekeeping (
                only INTEGER PRIMARY KEY CHECK (only = 0), boot TEXT NOT NULL, due INTEGER NOT NULL,
                partition INTEGER NOT NULL
            ) STRICT;
            INSERT INTO housekeeping VALUES (0, '', 0, 0);
            """),
    ]

    /// As `IncomingRecord.size`.
    static let recordSize = "coalesce(length(key), 0) + coalesce(length(value), 0) + length(headers)"

    /// Opens the database and brings its tables up to date. Where a log is expected, none is begun.
    static func open(
        _ location: Database.Location, isExpected: Bool, busyWaiting: Duration
    ) throws(LogFailure) -> Database {
        let isSound: Bool
        let isLost: Bool
        do throws(SQLiteFailure) {
            let database = try Database(location, busyWaiting: busyWaiting)
            isSound = try database.prepareForLog()
            isLost = try database.schemaVersion() == 0 && isExpected
            if isSound && !isLost {
                try database.migrate(migrations)
                return database
            }
        } catch {
            throw LogFailure(error)
        }
        throw isLost ? LogFailure(lost: location) : LogFailure(notLocal: location)
    }

    /// Creates the topics that are missing, and answers where each partition of the declared ones lies.
    static func declare(
        _ topics: [TopicDeclaration], in database: Database
    ) throws(LogFailure) -> (ids: [Partition: Int64], counts: [String: Int32]) {
        var known: [String: Int32]
        var ids: [Partition: Int64] = [:]
        do throws(SQLiteFailure) {
            known = try partitionCounts(in: database)
            if topics.contains(where: { known[$0.name] == nil }) {
                try create(topics, in: database)
                known = try partitionCounts(in: database)
            }
            let declared = Set(topics.map(\.name))
            let query = "SELECT name, number, partitions.id FROM partitions JOIN topics ON topics.id = topic"
            try Statement(query, in: database).each { row in
                if declared.contains(row.text(0)) {
                    ids[Partition(row.text(0), Int32(clamping: row.integer(1)))] = row.integer(2)
                }
                return true
            }
        } catch {
            throw LogFailure(error)
        }
        for topic in topics {
            guard let count = known[topic.name], count != topic.partitions else { continue }
            throw LogFailure(
                .stop, code: "log.partition-count",
                detail: "the topic \(topic.name) has \(count) partitions in this log, and \(topic.partitions) were "
                    + "declared: the number cannot change, because keys would move to other partitions")
        }
        return (ids, Dictionary(topics.map { ($0.name, $0.partitions) }) { first, _ in first })
    }

    private static func partitionCounts(in database: Database) throws(SQLiteFailure) -> [String: Int32] {
        var counts: [String: Int32] = [:]
        try Statement("SELECT name, partitions FROM topics", in: database).each { row in
            counts[row.text(0)] = Int32(clamping: row.integer(1))
            return true
        }
        return counts
    }

    private static func create(_ topics: [TopicDeclaration], in database: Database) throws(SQLiteFailure) {
        let insertTopic = try Statement(
            "INSERT INTO topics (name, partitions, kind) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
            in: database)
        let insertPartition = try Statement("INSERT INTO partitions (topic, number) VALUES (?, ?)", in: database)
        try database.transaction { () throws(SQLiteFailure) in
            for topic in topics {
                let created = try insertTopic.first(
                    .text(topic.name), .integer(Int64(topic.partitions)), .text(topic.kind.rawValue)
                ) { $0.integer(0) }
                guard let created else { continue }
                for number in 0..<topic.partitions {
                    try insertPartition.run(.integer(created), .integer(Int64(number)))
                }
            }
        }
    }
}

extension Database {
    /// Durable at each commit, also through a power cut; readers and one writer side by side.
    ///
    /// Answers false where that cannot be had: a file system without shared memory between processes silently keeps
    /// another journal mode.
    func prepareForLog() throws(SQLiteFailure) -> Bool {
        // Larger than SQLite's 4 kB because a record with its threat is 2 to 4 kB: several fit into a page.
        try execute("PRAGMA page_size = 8192")
        let mode = try Statement("PRAGMA journal_mode = WAL", in: self).first { $0.text(0) }
        try execute("PRAGMA synchronous = FULL")
        try execute("PRAGMA foreign_keys = ON")
        // What is let go of is overwritten where it lies among what stays; pages that are free as a whole are not
        // written once more only for that.
        try execute("PRAGMA secure_delete = FAST")
        // What the write-ahead log may keep of the disk after a large turn.
        try execute("PRAGMA journal_size_limit = 67108864")
        return mode == "wal" || mode == "memory"
    }
}
