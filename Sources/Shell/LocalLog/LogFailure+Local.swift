import Glibc
import Ports
import SQLite

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

    /// What comes next for a reader was let go of before it was read. `group` is nil for who is no member.
    init(gone partition: Partition, next: Offset, start: Offset, group: String?, in location: Database.Location) {
        let whose = group.map { "what group \($0) has to read next" } ?? "what comes next"
        // Moves what is too late, and nothing else: what lies before a position that still is there must not come again.
        let begin = "(SELECT start FROM partitions WHERE id = partition)"
        let remedy = group.map {
            " Decide whether to go on without them. If so, end the group's programs and start them again after: "
                + "sqlite3 \(location) \"UPDATE committed SET next = \(begin) WHERE member_group = '\($0)' "
                + "AND next < \(begin)\""
        }
        self.init(
            .stop, code: "log.records-gone",
            detail: "\(partition) no longer holds \(whose), so records were lost to retention (it would go on at "
                + "\(next), and the log begins at \(start)).\(remedy ?? "")")
    }

    /// A reader was away for longer than a tombstone stays, and may know what is no more.
    init(overtaken partition: Partition, at position: Offset) {
        self.init(
            .stop, code: "log.tombstones-gone",
            detail: "\(partition): while this reader stood at \(position) for longer than a day, tombstones behind it "
                + "were let go of, so what it knows may be outdated. Start it again.",
            exitCode: .temporary)
    }

    init(damaged partition: Partition, at offset: Offset) {
        self.init(
            .stop, code: "log.damaged",
            detail: "\(partition) cannot be read at offset \(offset): a record is missing or was changed. "
                + "Keep a copy of the directory, then restore it from a backup.")
    }

    /// What `errno` says about a file.
    init(systemCall: String, path: String) {
        self.init(
            .stop, code: "log.cannot-open",
            detail: "\(path): \(systemCall): \(String(cString: strerror(errno))). "
                + "Check that the folder exists, is on a local file system and is writable for this user.")
    }
}
