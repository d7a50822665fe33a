import JSONView
package import Ports

/// Why a read brought nothing, and what to do about it.
package struct ReadProblem: Failure, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case unreachable, throttled
        /// The token is wrong, revoked or expired.
        case unauthenticated
        case permission, scope, licence
        /// The console does not know the cursor any more: the walk begins again at its watermark.
        case cursor
        /// The console does not understand the request.
        case rejected
        /// No such object or route, or a module that this console does not have.
        case absent
        /// The console's own trouble.
        case console
        /// An answer that says success and cannot be read: a login page, a cut body.
        case unintelligible
    }

    package let kind: Kind
    package let detail: String
    /// The least time to wait, where the console says one.
    package let retryAfter: Duration?

    init(_ kind: Kind, _ detail: String, retryAfter: Duration? = nil) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
    }

    /// A reading in several calls that did not come to its end, though each was answered.
    package static func incomplete(_ detail: String) -> ReadProblem { ReadProblem(.unintelligible, detail) }

    package var code: String { "console.\(kind.rawValue)" }

    package var remedy: Remedy {
        switch kind {
        case .unreachable, .throttled, .console, .unintelligible: .retry
        case .unauthenticated, .permission, .scope, .licence: .hold
        case .cursor: .abort
        case .rejected, .absent: .refuse
        }
    }
}

extension ReadProblem {
    /// What it means as the answer to that request. Some routes tell a service user who lacks a permission that its
    /// token is wrong: taken at their word they would stop everything else that the token does.
    package func answering(_ request: HTTPRequest) -> ReadProblem {
        guard kind == .unauthenticated, request.path.hasPrefix(Console.basePath) else { return self }
        let route = request.path.dropFirst(Console.basePath.count)
        guard Self.confused.contains(where: { route == $0 || route.hasPrefix($0 + "/") }) else { return self }
        return ReadProblem(.permission, "\(detail) (which here stands for a missing permission)")
    }

    private static let confused = [
        "/remote-scripts/pending-executions", "/remote-scripts/guardrails", "/remote-scripts/script-content",
        "/settings",
    ]

    /// What a status that is not 200 means for a read.
    init(_ answer: HTTPAnswer, from console: Console) {
        let errors = ConsoleErrors(answer.body)
        let detail = answer.summary(errors.words, from: console)
        switch answer.status {
        case 401: self.init(.unauthenticated, detail)
        case 403:
            switch Forbidden(errors) {
            case .permission: self.init(.permission, detail)
            case .scope: self.init(.scope, detail)
            case .licence: self.init(.licence, detail)
            }
        case 404, 405, 410, 501: self.init(.absent, detail)
        case 429: self.init(.throttled, detail, retryAfter: answer.retryAfter)
        case 503: self.init(.console, detail, retryAfter: answer.retryAfter)
        case 408, 409: self.init(.console, detail)
        case 400 where errors.names("cursor"): self.init(.cursor, detail)
        case 400..<500: self.init(.rejected, detail)
        default: self.init(.console, detail)
        }
    }

    /// The answer of a call that succeeded.
    static func answer(in result: HTTPResult, from console: Console) throws(ReadProblem) -> HTTPAnswer {
        switch result {
        case .failure(let failure):
            throw ReadProblem(.unreachable, "console \(console.id): \(failure.code): \(console.quoted(failure.detail))")
        case .success(let answer) where answer.status == 200: return answer
        case .success(let answer): throw ReadProblem(answer, from: console)
        }
    }

    /// The document that a successful answer holds. Errors beside the data make it a failure: what is there may be a
    /// part of what was asked for.
    static func document(
        in answer: HTTPAnswer, from console: Console, limits: JSONLimits = .standard
    ) throws(ReadProblem) -> JSONView {
        let view: JSONView
        do {
            view = try JSONView(parsing: answer.body, limits: limits)
        } catch {
            let form = ConsoleErrors(answer.body).form
            throw ReadProblem(.unintelligible, answer.summary("\(form): \(error.detail)", from: console))
        }
        let errors = ConsoleErrors(view)
        if errors.entries.contains(where: \.saysSomething) {
            throw ReadProblem(.console, answer.summary("errors beside the data: \(errors.words)", from: console))
        }
        return view
    }

    static func unintelligible(_ problem: JSONProblem, _ answer: HTTPAnswer, from console: Console) -> ReadProblem {
        ReadProblem(.unintelligible, answer.summary(problem.detail, from: console))
    }
}
