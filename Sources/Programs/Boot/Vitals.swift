import Ports
import Synchronization

/// How the loops of a program are: when each last came to the end of a step, and what kept it from working.
///
/// A loop that waits for the log comes to the end of a step all the time; one that hangs does not.
package final class Vitals: Sendable {
    struct Loop: Sendable {
        var lastStep: ContinuousClock.Instant
        var hasStepped = false
        /// Why the last step must be tried again.
        var trouble: String?
    }

    private let loops = Mutex<[String: Loop]>([:])

    /// From here on this loop must step.
    func expect(_ loop: String) { loops.withLock { $0[loop] = Loop(lastStep: .now) } }

    /// It came to the end of a step, which failed of `trouble` if that is not nil.
    func stepped(_ loop: String, trouble: String? = nil) {
        loops.withLock { $0[loop] = Loop(lastStep: .now, hasStepped: true, trouble: trouble) }
    }

    var all: [(name: String, loop: Loop)] {
        loops.withLock { $0.map { (name: $0.key, loop: $0.value) } }.sorted { $0.name < $1.name }
    }
}
