// The management API v2.1 of one console: requests as values, and what their answers mean. Nothing here sends; what
// is read stays as it came, and what cannot be read says so instead of being guessed.
//
// Requests: what can be asked; what the API refuses or misunderstands has no spelling. Pages: lists, and the walk over
// them. Answers: rows as facts. Events: questions to the event store, as state machines. Identity: who the token is.
// Problems: what went wrong, and what to do about it.

package import Ports

/// A console and the token to use with it: all that a request is built from.
package struct Console: Sendable {
    /// Given in the settings, and never changes.
    package let id: String
    package let origin: HTTPOrigin
    package let token: Secret

    package init(id: String, origin: HTTPOrigin, token: Secret) {
        self.id = id
        self.origin = origin
        self.token = token
    }

    static let basePath = "/web/api/v2.1"
    /// Lists take up to two seconds on a live console, heavy filters more than ten.
    static let readDeadline = Duration.seconds(60)
    /// A write whose answer is later than this counts as unknown and is asked about.
    package static let writeDeadline = Duration.seconds(15)
    /// The answer to a write is a count.
    static let writeBodyLimit = 1 << 20

    func get(_ path: String, _ query: [(name: String, value: String)] = []) -> HTTPRequest {
        HTTPRequest(
            .get, origin, path: Self.basePath + path, query: query, headers: [("Accept", "application/json")],
            authorization: authorization, deadline: Self.readDeadline)
    }

    func post(_ path: String, _ body: Bytes) -> HTTPRequest {
        HTTPRequest(
            .post, origin, path: Self.basePath + path,
            headers: [("Accept", "application/json"), ("Content-Type", "application/json")],
            authorization: authorization, body: body, deadline: Self.writeDeadline, bodyLimit: Self.writeBodyLimit)
    }

    /// A question that needs a body.
    func ask(_ path: String, _ body: Bytes) -> HTTPRequest {
        var request = post(path, body)
        request.deadline = Self.readDeadline
        request.isQuestion = true
        return request
    }

    static let tokenScheme = "ApiToken "

    private var authorization: Secret { Secret(Self.tokenScheme + token.reveal()) }

    /// A console's or a proxy's own words, fit for a log: without the token, on one line, and not long.
    func quoted(_ words: String) -> String {
        let secret = token.reveal()
        let clean = secret.isEmpty ? words : words.replacing(secret, with: "•••")
        return clean.printable(atMost: 200)
    }
}
