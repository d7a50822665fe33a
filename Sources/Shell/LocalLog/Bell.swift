import Glibc
import Ports

/// How readers learn of a commit without asking again and again: a file whose time every writer touches.
final class Bell {
    /// A writer killed between its commit and its ring leaves the others asleep. So nobody sleeps longer than this
    /// without looking; long enough to cost nothing.
    static let longestSleep = Duration.seconds(2)

    /// A ring; and the end of somebody who could have rung, which the kernel reports for us however it comes.
    private static let events = UInt32(IN_ATTRIB | IN_CLOSE_WRITE)

    private let path: String
    private let file: Int32
    private var watch: Int32 = -1

    init(_ path: String) throws(LogFailure) {
        self.path = path
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if file < 0 { throw LogFailure(systemCall: "open", path: path) }
    }

    deinit {
        close(file)
        if watch >= 0 { close(watch) }
    }

    /// After a commit. Where it fails the commit stands all the same, and readers see it after `longestSleep`.
    func ring() { futimens(file, nil) }

    /// Sleeps until somebody rings or dies, at most so long; false where the deadline has passed. A ring between the
    /// caller's last look and this call is not lost: the kernel keeps it for us.
    func wait(until deadline: ContinuousClock.Instant, atMost longest: Duration) throws(LogFailure) -> Bool {
        let remaining = ContinuousClock.now.duration(to: deadline)
        if remaining <= .zero { return false }
        if watch < 0 {
            try startWatching()
            return true  // Whatever was committed before the watch began was not heard: look once more.
        }
        // Rounded up, so that the last millisecond is slept and not spun through.
        let milliseconds = min(remaining, longest, Self.longestSleep).wholeMilliseconds + 1
        var descriptor = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
        if poll(&descriptor, 1, Int32(clamping: milliseconds)) > 0 { drain() }
        return true
    }

    private func startWatching() throws(LogFailure) {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0, inotify_add_watch(descriptor, path, Self.events) >= 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw LogFailure(
                .stop, code: "log.cannot-watch",
                detail: "\(path): cannot be watched (\(reason)). "
                    + "Raise fs.inotify.max_user_instances with sysctl if too many are open.")
        }
        watch = descriptor
    }

    private func drain() {
        var events = [UInt8](repeating: 0, count: 4_096)
        while read(watch, &events, events.count) > 0 {}
    }
}
