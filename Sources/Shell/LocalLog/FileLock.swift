import Glibc
import Ports

/// An exclusive lock that the kernel drops when its owner is let go of or its process dies, however it dies.
final class FileLock {
    private let descriptor: Int32

    /// For as long as its owner lives, as a proof of that. Nobody else may ask for the same.
    convenience init(provingLife path: String) throws(LogFailure) {
        try self.init(opening: path)
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { throw LogFailure(systemCall: "flock", path: path) }
        sign()
    }

    /// For a short while that others may wait for.
    convenience init(_ path: String, waiting: Duration) throws(LogFailure) {
        try self.init(opening: path)
        let deadline = ContinuousClock.now + waiting
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if ContinuousClock.now > deadline {
                throw LogFailure(
                    .retry, code: "log.opening",
                    detail: "\(path): another process (\(owner())) has been opening the log for \(waiting). "
                        + "If it is frozen, end it.")
            }
            usleep(5_000)
        }
        sign()
    }

    private init(opening path: String) throws(LogFailure) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw LogFailure(systemCall: "open", path: path) }
    }

    deinit { close(descriptor) }

    /// Whether the lock is there and nobody holds it: its owner is dead. One that is not there proves nothing.
    static func isOrphaned(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return false }
        defer { close(descriptor) }
        // Shared, so that two who look at the same moment do not take each other for the owner.
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0
    }

    /// Leaves our process id in the file, for the words in which somebody else is refused and for who looks at it.
    private func sign() {
        ftruncate(descriptor, 0)
        let text = "process \(getpid())"
        pwrite(descriptor, text, text.utf8.count, 0)
    }

    private func owner() -> String {
        var text = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &text, text.count, 0)
        return count > 0 ? String(decoding: text.prefix(count), as: UTF8.self) : "process unknown"
    }
}
