package import Ports
import Synchronization

/// A clock that moves when it is told to, or when somebody would have waited.
package final class ScriptedClock: Sendable {
    private let moment: Mutex<Timestamp>

    package init(at start: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)) { moment = Mutex(start) }

    package var now: Timestamp { moment.withLock { $0 } }
    package func advance(by duration: Duration) { moment.withLock { $0 = $0 + duration } }
}
