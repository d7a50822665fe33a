package import Ports

/// What a server of ours does with a request.
package struct ServedReply: Sendable {
    package enum Outcome: Sendable {
        case answer(HTTPAnswer)
        /// Closes the connection without a byte: the client cannot know what became of its request.
        case drop
        /// Announces the whole body, closes after so many bytes of it.
        case cut(HTTPAnswer, after: Int)
        /// So many bytes of the body at a time, with a pause before each but the first.
        case drip(HTTPAnswer, bytes: Int, every: Duration)
        /// Announces another length than the body has, sends the body, and closes.
        case misstated(HTTPAnswer, length: Int)
        /// In chunks, the body again and again, until somebody hangs up.
        case endless(HTTPAnswer)
        /// These bytes in place of an answer, HTTP or not; then closes.
        case raw(Bytes)
    }

    package var outcome: Outcome
    /// Held back for so long, which keeps one connection busy and nobody else.
    package var delay: Duration

    package init(_ outcome: Outcome, delay: Duration = .zero) {
        self.outcome = outcome
        self.delay = delay
    }

    package static func answer(_ answer: HTTPAnswer, delay: Duration = .zero) -> ServedReply {
        ServedReply(.answer(answer), delay: delay)
    }

    package static let drop = ServedReply(.drop)
}
