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
