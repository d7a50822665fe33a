import Foundation
import Glibc
package import Ports

/// One loop, one OS thread, for its whole life. The body builds what it needs on that thread, so nothing that is not
/// `Sendable` ever crosses over; it looks at the sign between turns and returns once it is set.
package struct Loop: Sendable {
    package let name: String
    let body: @Sendable (StopSign) throws -> Void

    /// The first 15 bytes of the name are the thread's in `top` and in a debugger.
    package init(_ name: String, _ body: @escaping @Sendable (StopSign) throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Starts the thread; `ended` is called on it, as the last thing that it does.
    func start(_ stop: StopSign, ended: @escaping @Sendable (LoopExit) -> Void) {
        let thread = Thread {
            nameThread()
            ended(run(stop))
        }
        thread.stackSize = Self.stackSize
        thread.start()
    }

    /// Through the kernel's own file, because `Thread.name` is lost when the new thread sets it before `start`, on the
    /// old one, has stored which thread is new. A name is for people: where it cannot be set, nothing is lost.
    private func nameThread() {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        write(file, name, min(name.utf8.count, 15))
        close(file)
    }

    /// As much as a main thread has: parsers recurse within limits that were measured there.
    private static let stackSize = 8 << 20

    private func run(_ stop: StopSign) -> LoopExit {
        do {
            try body(stop)
            return LoopExit(loop: name, reason: stop.isSet ? .asked : .endedByItself)
        } catch let failure as any Failure {
            return LoopExit(loop: name, reason: .failed(failure))
        } catch {
            return LoopExit(loop: name, reason: .unclassified("\(error)"))
        }
    }
}

/// Why a loop came to its end.
package struct LoopExit: Sendable {
    package enum Reason: Sendable {
        case asked
        case endedByItself
        case failed(any Failure)
        /// An error that no adapter classified: its remedy is to stop.
        case unclassified(String)
    }

    package let loop: String
    package let reason: Reason

    package var exitCode: ExitCode {
        switch reason {
        case .asked: .asked
        case .endedByItself, .unclassified: .unexpected
        case .failed(let failure): failure.exitCode
        }
    }
}
