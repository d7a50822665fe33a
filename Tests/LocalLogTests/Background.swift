import Foundation
import Synchronization

/// Work on a thread of its own: the threads of Swift's pool are few, and other tests block them.
final class Background: Sendable {
    private let outcome = Mutex<Result<Void, any Error>>(.success(()))
    private let done = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () throws -> Void) {
        Thread { [self] in
            let result = Result(catching: body)
            outcome.withLock { $0 = result }
            done.signal()
        }.start()
    }

    /// Waits for its end and throws what it threw.
    func finish() throws {
        done.wait()
        try outcome.withLock { try $0.get() }
    }
}

/// The same for a whole test that takes seconds, which meanwhile leaves the pool's thread to others.
func apart<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result(catching: body)) }.start()
    }
}
