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
    func start(_ stop: StopSign, ended: @escaping @Sendable (LoopExit) -> Void) throws(LoopFailure) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, Self.stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(Work(loop: self, stop: stop, ended: ended))
        var thread = pthread_t()
        let result = pthread_create(&thread, &attributes, runLoop, work.toOpaque())
        guard result == 0 else {
            work.release()
            throw LoopFailure(name, String(cString: strerror(result)))
        }
    }

    /// As much as a main thread has: parsers recurse within limits that were measured there.
    private static let stackSize = 8 << 20

    fileprivate func run(_ stop: StopSign) -> LoopExit {
        pthread_setname_np(pthread_self(), String(decoding: name.utf8.prefix(15), as: UTF8.self))
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

/// What travels to a new thread through C's one pointer.
private final class Work: Sendable {
    let loop: Loop
    let stop: StopSign
    let ended: @Sendable (LoopExit) -> Void

    init(loop: Loop, stop: StopSign, ended: @escaping @Sendable (LoopExit) -> Void) {
        self.loop = loop
        self.stop = stop
        self.ended = ended
    }
}

private func runLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
    work.ended(work.loop.run(work.stop))
    return nil
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

/// A loop whose thread could not be made.
package struct LoopFailure: Failure, Equatable {
    package let loop: String
    package let detail: String

    init(_ loop: String, _ reason: String) {
        self.loop = loop
        detail = "no thread for the loop \(loop): \(reason)"
    }

    package var remedy: Remedy { .stop }
    package var code: String { "loop.thread" }
}
