package import Ports

/// What a server of ours does with a request.
package struct ServedReply: Sendable {
    package enum Outcome: Sendable {
        case answer(HTTPAnswer)
        /// Closes the connection without a byte: the client cannot know what became of its request.
        case drop
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

/// Where a server listens and how much it takes on.
package struct HTTPServerSettings: Sendable, Equatable {
    /// A numeric IPv4 address. Others than this machine are let in only on purpose.
    package var address = "127.0.0.1"
    /// 0 lets the system choose; `HTTPServer.port` tells which.
    package var port: UInt16 = 0
    /// One thread each. Further connections wait in the system's backlog or are refused.
    package var connections = 128
    /// A connection that says nothing for so long is closed. Whole seconds, at least one.
    package var idleTimeout: Duration = .seconds(30)
    /// A longer request body is answered with 413, a very much longer one by closing the connection.
    package var bodyLimit = 8 << 20
    /// Request line and headers together must fit into this.
    package var headerLimit = 64 << 10

    package init() {}
}

/// Why a server does not listen.
package struct HTTPServerFailure: Failure, Equatable {
    package let remedy = Remedy.stop
    package let code: String
    package let detail: String
}
