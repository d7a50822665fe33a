// A program's life: its loops run until SIGTERM or SIGINT asks them to stop, or until one of them ends, which ends all.
//
// The signals are blocked in every thread and taken by the one that waits, so that no handler ever runs in the middle
// of something. Blocking reaches only threads that are made later: the group is made before anybody starts one.

import Glibc
package import Ports
import Synchronization

/// The loops of one program, and how they end together. One per process, made at the start of `main`.
package struct LoopGroup: Sendable {
    /// How long a loop may take to finish its turn; a supervisor kills after 30 s as a rule.
    package static let grace = Duration.seconds(20)

    private let signals: Signals
    private let grace: Duration
    private let stop = StopSign()
    private let exits = Exits()
    private let awaited: sigset_t

    package init(signals: Signals, grace: Duration = LoopGroup.grace) {
        self.signals = signals
        self.grace = grace
        var awaited = sigset_t()
        sigemptyset(&awaited)
        for number in [SIGTERM, SIGINT, Exits.word] { sigaddset(&awaited, number) }
        pthread_sigmask(SIG_BLOCK, &awaited, nil)
        self.awaited = awaited
        // A peer that hangs up is an error of one write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Runs the loops to their end, each on a thread of its own, and says how the program ends. Comes back without
    /// those that do not stop in time or before a second signal: the process must then exit at once. Called once.
    package func run(_ loops: [Loop]) -> ExitCode {
        exits.expect()
        defer { exits.leave() }
        var running = loops.map(\.name)
        for loop in loops {
            signals.info("loop.started", [.loop: .text(loop.name)])
            loop.start(stop) { [exits] in exits.note($0) }
        }
        var code = ExitCode.asked
        var asked = false
        var deadline: ContinuousClock.Instant?
        while !running.isEmpty {
            let number = next(before: deadline)
            for exit in exits.taken() {
                running.removeAll { $0 == exit.loop }
                tell(exit)
                // The first reason is the program's: what follows may only be its consequence.
                if code == .asked { code = exit.exitCode }
                if deadline == nil { deadline = stopAll() }
            }
            if running.isEmpty { break }
            if number == SIGTERM || number == SIGINT {
                signals.info("stop.requested", [.signal: .text(number == SIGINT ? "SIGINT" : "SIGTERM")])
                if asked { return abandoned(running, "asked to stop a second time") }
                asked = true
                if deadline == nil { deadline = stopAll() }
            }
            if let deadline, deadline <= .now { return abandoned(running, "not stopped within \(grace.asWritten)") }
        }
        return code
    }

    private func stopAll() -> ContinuousClock.Instant {
        stop.set()
        return .now + grace
    }

    private func abandoned(_ running: [String], _ reason: String) -> ExitCode {
        let loops = running.joined(separator: ", ")
        signals.error("loop.abandoned", [.loop: .text(loops), .errorCode: "loop.stuck", .errorDetail: .text(reason)])
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

    /// The next signal; nil where the deadline, or an hour, passed without one.
    private func next(before deadline: ContinuousClock.Instant?) -> Int32? {
        let left = deadline.map { max(.zero, $0 - .now) } ?? .seconds(3_600)
        let (seconds, attoseconds) = left.components
        var limit = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var awaited = awaited
        let number = sigtimedwait(&awaited, nil, &limit)
        return number > 0 ? number : nil
    }
}

/// Where loops leave word of their end.
private final class Exits: Sendable {
    /// Wakes the waiting thread. Sent to that thread only, which has it blocked, so it can hit nobody unprepared.
    static let word = SIGUSR1

    private struct State {
        var exits: [LoopExit] = []
        /// Nil again once nobody waits: an abandoned loop must not signal a thread that is gone.
        var waiter: pthread_t?
    }

    private let state = Mutex(State())

    /// From here on the calling thread is woken by each exit.
    func expect() { state.withLock { $0.waiter = pthread_self() } }

    func leave() { state.withLock { $0.waiter = nil } }

    func note(_ exit: LoopExit) {
        state.withLock { state in
            state.exits.append(exit)
            if let waiter = state.waiter { pthread_kill(waiter, Self.word) }
        }
    }

    func taken() -> [LoopExit] {
        state.withLock { state in
            defer { state.exits = [] }
            return state.exits
        }
    }
}
