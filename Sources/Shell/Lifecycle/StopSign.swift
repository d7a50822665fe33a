import Glibc
import Synchronization

/// Whether a program was asked to stop. Loops look at it between turns, so a turn is finished or never begun.
package final class StopSign: Sendable {
    private let raised = Atomic<Bool>(false)
    // A pipe that gets one byte, which nobody takes out: from then on every wait for it ends at once.
    private let waitable: Int32
    private let settable: Int32

    package init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "the process has no file descriptor left to start with")
        (waitable, settable) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        close(waitable)
        close(settable)
    }

    package var isSet: Bool { raised.load(ordering: .acquiring) }

    package func set() {
        guard !raised.exchange(true, ordering: .acquiringAndReleasing) else { return }
        write(settable, [1], 1)
    }

    /// Waits until the sign is set, at most so long; says whether it is. What a loop does when it has nothing to do.
    @discardableResult
    package func wait(atMost limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !isSet {
            let left = deadline - .now
            guard left > .zero else { return false }
            var events = [pollfd(fd: waitable, events: Int16(POLLIN), revents: 0)]
            poll(&events, 1, left.pollMilliseconds)
        }
        return true
    }
}

extension Duration {
    /// For poll(2): rounded up, so that a wait never turns into a spin just before its end.
    fileprivate var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        let milliseconds = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: min(seconds, 2_000_000) * 1_000 + milliseconds)
    }
}
