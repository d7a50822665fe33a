import Glibc
import Synchronization

/// Whether a program was asked to stop. Loops look at it between turns, so a turn is finished or never begun.
package final class StopSign: Sendable {
    private let raised = Atomic<Bool>(false)
    /// Readable for ever once the sign is set, so that whoever waits wakes at once.
    private let descriptor: Int32

    package init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC.rawValue | EFD_NONBLOCK.rawValue))
        precondition(descriptor >= 0, "the process has no file descriptor left to start with")
    }

    deinit { close(descriptor) }

    package var isSet: Bool { raised.load(ordering: .acquiring) }

    package func set() {
        raised.store(true, ordering: .releasing)
        eventfd_write(descriptor, 1)
    }

    /// Waits until the sign is set, at most so long; says whether it is. What a loop does when it has nothing to do.
    @discardableResult
    package func wait(atMost limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !isSet {
            let left = deadline - .now
            guard left > .zero else { return false }
            var events = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            poll(&events, 1, left.pollMilliseconds)
        }
        return true
    }
}

extension Duration {
    /// For poll(2): rounded up, so that a wait never turns into a spin just before its end.
    var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(clamping: min(seconds, 2_000_000) * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
