package import Ports

/// What comes back from the simulated console: an answer, or silence on a closed connection.
package struct Reply: Sendable {
    package enum Outcome: Sendable {
        case answer(HTTPAnswer)
        case lost
    }

    package let outcome: Outcome
    /// To be waited before replying.
    package let delay: Duration

    init(_ outcome: Outcome, delay: Duration = .zero) {
        self.outcome = outcome
        self.delay = delay
    }
}
