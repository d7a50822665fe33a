package import Ports

/// What comes back from the simulated console: an answer, or what a bad network or a broken server makes of one.
package struct Reply: Sendable {
    package enum Outcome: Sendable {
        case answer(HTTPAnswer)
        /// The connection closed without a byte.
        case lost
        /// The whole body announced, so many bytes of it sent, the connection closed.
        case cut(HTTPAnswer, after: Int)
        /// So many bytes of the body at a time.
        case drip(HTTPAnswer, bytes: Int, every: Duration)
        /// Another length announced than the body has.
        case misstated(HTTPAnswer, length: Int)
        /// Bytes that are no HTTP.
        case raw(Bytes)
    }

    package let outcome: Outcome
    /// To be waited before replying.
    package let delay: Duration

    init(_ outcome: Outcome, delay: Duration = .zero) {
        self.outcome = outcome
        self.delay = delay
    }
}
