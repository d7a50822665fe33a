package import Pipeline
package import Ports
import Synchronization

/// Kills a program under test at a named seam: from then on nothing that it does reaches the log or the world, as if
/// the process had ended there.
package final class Mortality: Sendable {
    private struct Fate {
        var reached: [String] = []
        var deathAt: Int?
        var isDead = false
    }

    private let fate: Mutex<Fate>

    /// Dies at the so-many-th seam reached, counted from zero; never without one.
    package init(atSeam index: Int? = nil) { fate = Mutex(Fate(deathAt: index)) }

    package var isDead: Bool { fate.withLock { $0.isDead } }
    /// The seams in the order they were reached, the fatal one included.
    package var reached: [String] { fate.withLock { $0.reached } }

    package var seams: Seams { Seams { [self] in pass($0) } }

    package func die() { fate.withLock { $0.isDead = true } }

    /// What everything answers that a dead program touches.
    package static let killed = LogFailure(.stop, code: "killed", detail: "the test ended this program here")

    package func check() throws(LogFailure) { if isDead { throw Self.killed } }

    private func pass(_ seam: String) {
        fate.withLock { fate in
            guard !fate.isDead else { return }
            fate.isDead = fate.reached.count == fate.deathAt
            fate.reached.append(seam)
        }
    }
}
