/// Where a request goes. The client talks to this host and port and to no other.
package struct HTTPOrigin: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable { case http, https }

    package let scheme: Scheme
    package let host: String
    package let port: UInt16

    package init(_ scheme: Scheme, host: String, port: UInt16) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    package var description: String { "\(scheme)://\(host):\(port)" }
}

package enum HTTPMethod: String, Sendable { case get = "GET", post = "POST", put = "PUT", delete = "DELETE" }

/// A request as a value: built at the edge, sent by the shell. The token travels as a `Secret` and never in `headers`.
package struct HTTPRequest: Sendable {
    package var origin: HTTPOrigin
    package var method: HTTPMethod
    /// Absolute path, already percent-encoded where it holds foreign text.
    package var path: String
    /// Percent-encoded by the client.
    package var query: [(name: String, value: String)]
    package var headers: [(name: String, value: String)]
    package var authorization: Secret?
    package var body: Bytes?
    /// From the start of the call to the last byte of the answer.
    package var deadline: Duration
    /// A longer answer, after decompression, is a failure.
    package var bodyLimit: Int
    /// Changes nothing, so that it may wait for its turn and be asked again. Every GET does; of the others, those that
    /// whoever builds them says it of.
    package var isQuestion: Bool

    package init(
        _ method: HTTPMethod, _ origin: HTTPOrigin, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], authorization: Secret? = nil, body: Bytes? = nil,
        deadline: Duration = .seconds(60), bodyLimit: Int = 64 << 20
    ) {
        self.origin = origin
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.authorization = authorization
        self.body = body
        self.deadline = deadline
        self.bodyLimit = bodyLimit
        isQuestion = method == .get
    }
}

package struct HTTPAnswer: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: Bytes

    package init(status: Int, headers: [(name: String, value: String)] = [], body: Bytes) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, in any case of letters.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why there is no answer. The one thing that matters about a write: can it have arrived?
package struct HTTPFailure: Failure, Equatable {
    package enum Delivery: Sendable, Equatable {
        /// Provably never sent: no address, connection refused, certificate rejected.
        case notSent
        /// Sent, or perhaps sent.
        case mayHaveArrived
    }

    package let delivery: Delivery
    package let code: String
    package let detail: String
    package var remedy: Remedy { .retry }

    package init(_ delivery: Delivery, code: String, detail: String) {
        self.delivery = delivery
        self.code = code
        self.detail = detail
    }
}

package typealias HTTPResult = Result<HTTPAnswer, HTTPFailure>

/// Many calls side by side, driven by the one thread that owns them. `start` never blocks and never fails: whatever
/// goes wrong is the call's result.
package protocol HTTPCalls: AnyObject {
    func start(_ request: HTTPRequest, as call: CallID)
    /// Asked before a write's intent is committed: whether this call, started soon, would be let go. Where not, it is
    /// asked again later, and nothing was noted of the call but that it is wanted.
    func mayStart(_ request: HTTPRequest, as call: CallID) -> Bool
    /// The calls that ended, waiting at most so long for the first of them. Must be called for calls to progress.
    func finished(waiting: Duration) -> [(call: CallID, result: HTTPResult)]
}

extension HTTPCalls {
    /// Where nothing limits it.
    package func mayStart(_ request: HTTPRequest, as call: CallID) -> Bool { true }
}

/// Names a call among those in flight; chosen by whoever starts it.
package struct CallID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
}

/// A request as a server of ours receives it.
package struct ServedRequest: Sendable {
    package let method: String
    /// Percent-decoded.
    package let path: String
    package let query: [(name: String, value: String)]
    package let headers: [(name: String, value: String)]
    package let body: Bytes

    package init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: Bytes = .empty
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, in any case of letters.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
