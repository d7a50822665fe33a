// A program's life: its loops run until SIGTERM or SIGINT asks them to stop, or until one of them ends, which ends all.
//
// The signals are blocked in every thread and read from a descriptor, so that no handler ever runs in the middle of
// something. That takes hold only in threads that are made later: `LoopGroup` must be made before anybody starts one.

import Glibc
package import Ports
import Synchronization

/// The loops of one program, and how they end together. One per process, made at the start of `main`.
package final class LoopGroup {
    /// How long a loop may take to finish its turn; a supervisor kills after 30 s as a rule.
    package static let grace = Duration.seconds(20)

    private let signals: Signals
    private let grace: Duration
    private let stop = StopSign()
    private var loops: [Loop] = []
    private let requests: Int32
    private let exits = Exits()

    package init(signals: Signals, grace: Duration = LoopGroup.grace) {
        self.signals = signals
        self.grace = grace
        var asked = sigset_t()
        sigemptyset(&asked)
        sigaddset(&asked, SIGTERM)
        sigaddset(&asked, SIGINT)
        pthread_sigmask(SIG_BLOCK, &asked, nil)
        // A peer that hangs up is an error of one write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        requests = signalfd(-1, &asked, Int32(SFD_CLOEXEC.rawValue | SFD_NONBLOCK.rawValue))
        precondition(requests >= 0, "the process has no file descriptor left to start with")
    }

    deinit { close(requests) }

    package func add(_ loop: Loop) { loops.append(loop) }

    /// Runs the loops to their end on threads of their own and says how the program ends. Comes back without them
    /// where they do not stop in time or a second signal came: the process must then exit at once.
    package func run() -> ExitCode {
        var running: [String] = []
        var code = ExitCode.asked
        for loop in loops {
            do {
                try loop.start(stop) { [exits] in exits.note($0) }
                running.append(loop.name)
                signals.info("loop.started", [.loop: .text(loop.name)])
            } catch {
                signals.failure("loop.failed", error)
                code = error.exitCode
                stop.set()
            }
        }
        var deadline: ContinuousClock.Instant? = stop.isSet ? .now + grace : nil
        while !running.isEmpty {
            wait(until: deadline)
            for exit in exits.taken() {
                running.removeAll { $0 == exit.loop }
                tell(exit)
                // The first reason is the program's: what follows may only be its consequence.
                if code == .asked { code = exit.exitCode }
                if deadline == nil { deadline = begin() }
            }
            for number in requested() {
                signals.info("stop.requested", [.signal: .text(number == SIGINT ? "SIGINT" : "SIGTERM")])
                if deadline != nil && !running.isEmpty { return abandoned(running, "a second signal came") }
                deadline = begin()
            }
            if let deadline, deadline <= .now, !running.isEmpty { return abandoned(running, "the time to stop is over") }
        }
        return code
    }

    private func begin() -> ContinuousClock.Instant {
        stop.set()
        return .now + grace
    }

    private func abandoned(_ running: [String], _ reason: String) -> ExitCode {
        signals.error(
            "loop.abandoned",
            [.loop: .text(running.joined(separator: ", ")), .errorCode: "loop.stuck", .errorDetail: .text(reason)])
        return .unexpected
    }

    private func tell(_ exit: LoopExit) {
        let loop = LogValue.text(exit.loop)
        switch exit.reason {
        case .asked: signals.info("loop.stopped", [.loop: loop])
        case .endedByItself:
            signals.error("loop.ended", [.loop: loop, .errorDetail: "it ended without having been asked to"])
        case .failed(let failure): signals.failure("loop.failed", failure, [.loop: loop])
        case .unclassified(let text):
            signals.error("loop.failed", [.loop: loop, .errorCode: "unclassified", .errorDetail: .text(text)])
        }
    }

    private func wait(until deadline: ContinuousClock.Instant?) {
        var events = [
            pollfd(fd: requests, events: Int16(POLLIN), revents: 0),
            pollfd(fd: exits.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        poll(&events, 2, deadline.map { max(.zero, $0 - .now).pollMilliseconds } ?? -1)
    }

    private func requested() -> [Int32] {
        var numbers: [Int32] = []
        var info = signalfd_siginfo()
        while read(requests, &info, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size {
            numbers.append(Int32(info.ssi_signo))
        }
        return numbers
    }
}

/// Where loops leave word of their end, and the descriptor that wakes who waits for it.
private final class Exits: Sendable {
    let descriptor: Int32
    private let waiting = Mutex<[LoopExit]>([])

    init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC.rawValue | EFD_NONBLOCK.rawValue))
        precondition(descriptor >= 0, "the process has no file descriptor left to start with")
    }

    deinit { close(descriptor) }

    func note(_ exit: LoopExit) {
        waiting.withLock { $0.append(exit) }
        eventfd_write(descriptor, 1)
    }

    func taken() -> [LoopExit] {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
        return waiting.withLock { exits in
            defer { exits = [] }
            return exits
        }
    }
}
