package import Ports

/// Why SQLite did not do it, and what a person can do about that. The file's path is always in `detail`.
package struct SQLiteFailure: Failure, Equatable {
    package let result: ResultCode
    package let remedy: Remedy
    package let code: String
    package let detail: String

    init(_ result: ResultCode, path: String, message: String) {
        self.result = result
        let (remedy, code, advice) = Self.classify(result)
        self.remedy = remedy
        self.code = code
        detail = "\(path): \(message) (SQLite \(result.rawValue)). \(advice)"
    }

    init(newerThanThisProgram path: String, version: Int, known: Int) {
        result = .ok
        remedy = .stop
        code = "sqlite.newer"
        detail =
            "\(path) was written by a newer version of this program (schema \(version), this one knows \(known)). "
            + "Run that version, or give this one a directory of its own."
    }

    private static func classify(_ result: ResultCode) -> (Remedy, code: String, advice: String) {
        switch result {
        case .busy:
            (.retry, "sqlite.busy", "Another process is writing; if this lasts, look for one that is frozen.")
        case .full:
            (.stop, "sqlite.full", "The disk is full: free some space and start again. Nothing committed is lost.")
        case .ioError:
            (
                .stop, "sqlite.io",
                "The disk cannot be read or written: check its health and free space, then start again."
            )
        case .readOnly:
            (.stop, "sqlite.read-only", "The file or its folder is read-only: make both writable for this user.")
        case .cannotOpen:
            (
                .stop, "sqlite.cannot-open",
                "Check that the folder exists, is on a local file system and is writable for this user."
            )
        case .corrupt:
            (.stop, "sqlite.corrupt", "The file is damaged: keep a copy, then restore it from a backup.")
        case .notADatabase:
            (.stop, "sqlite.not-a-database", "Something else lies under this name: move it away, or use another path.")
        default:
            (.stop, "sqlite.\(result.rawValue)", "This was not expected: report it with this line.")
        }
    }
}
