import Glibc
import Ports

/// An exclusive lock that the kernel drops when its owner is let go of or its process dies, however it dies.
final class FileLock {
    private let descriptor: Int32

    /// For as long as somebody is a group's member. A second one is refused with the first one's process id.
    convenience init(_ path: String, heldFor group: String) throws(LogFailure) {
        try self.init(opening: path)
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            throw LogFailure(
                .stop, code: "log.group-taken",
                detail: "\(path): the group \(group) has a member already (\(owner())). "
                    + "Only one at a time can work for it: stop that one first, or use another directory.")
        }
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

    /// Leaves our process id in the file, for the words in which somebody else is refused.
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
