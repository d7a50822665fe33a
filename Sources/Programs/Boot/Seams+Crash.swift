import Glibc
package import Pipeline

extension Seams {
    /// For tests that kill programs: `DOCKET_CRASH_AT=<seam>` kills the process without warning when it gets there,
    /// `DOCKET_CRASH_TRACE=<file>` appends the name of each seam reached, so that a test can list them.
    package static func crashing(environment: [String: String]) -> Seams {
        let fatal = environment["DOCKET_CRASH_AT"]
        let trace = environment["DOCKET_CRASH_TRACE"]
        guard fatal != nil || trace != nil else { return .none }
        return Seams { seam in
            if let trace { append(seam + "\n", to: trace) }
            if seam == fatal { kill(getpid(), SIGKILL) }
        }
    }

    /// One `write` on a file opened for appending: lines of several processes do not mix, and none is lost in a buffer
    /// when the process is killed right after.
    private static func append(_ line: String, to path: String) {
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        precondition(file >= 0, "DOCKET_CRASH_TRACE names a file that cannot be written")
        write(file, line, line.utf8.count)
        close(file)
    }
}
