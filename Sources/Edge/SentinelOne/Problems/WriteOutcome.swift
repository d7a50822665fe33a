import JSONView
package import Ports

/// What is known after a write. Every doubt is `unknown`: that costs a question, the other mistake costs a machine.
package enum WriteOutcome: Sendable, Equatable {
    /// The console took it for exactly as many targets as were planned.
    case done(affected: Int)
    /// The console took it for none: ask why.
    case affectedNone(detail: String)
    /// The console took it for more than were planned: an incident.
    case affectedMore(Int, detail: String)
    /// It provably never left: the same again later, and no attempt is used.
    case notSent(detail: String)
    /// The console would not look at it now: the same again later, and no attempt is used.
    case throttled(retryAfter: Duration?, detail: String)
    /// Not with this token or role, for now.
    case held(detail: String)
    /// Not ever.
    case refused(detail: String)
    /// It may have happened or may still happen: ask, never repeat.
    case unknown(detail: String)

    package init(_ result: HTTPResult, planned: Int, from console: Console) {
        switch result {
        case .failure(let failure):
            let detail = "console \(console.id): \(failure.code): \(console.quoted(failure.detail))"
            switch failure.delivery {
            case .notSent: self = .notSent(detail: detail)
            case .mayHaveArrived: self = .unknown(detail: detail)
            }
        case .success(let answer) where answer.status == 200:
            self.init(accepted: answer, planned: planned, from: console)
        case .success(let answer):
            self.init(declined: answer, from: console)
        }
    }

    private init(declined answer: HTTPAnswer, from console: Console) {
        let errors = ConsoleErrors(answer.body)
        let detail = answer.summary(errors.words, from: console)
        switch answer.status {
        case 429: self = .throttled(retryAfter: answer.retryAfter, detail: detail)
        case 401: self = .held(detail: detail)
        case 403:
            switch Forbidden(errors) {
            case .permission: self = .held(detail: detail)
            case .scope, .licence: self = .refused(detail: detail)
            }
        case 400, 404, 405: self = .refused(detail: detail)
        default: self = .unknown(detail: detail)
        }
    }

    private init(accepted answer: HTTPAnswer, planned: Int, from console: Console) {
        let view: JSONView
        let affected: Int
        do {
            view = try JSONView(parsing: answer.body)
            affected = try view["data"]["affected"].integer
        } catch {
            let form = ConsoleErrors(answer.body).form
            self = .unknown(detail: answer.summary("\(form) without a count: \(error.detail)", from: console))
            return
        }
        let errors = ConsoleErrors(view)
        let detail = answer.summary("affected \(affected) of \(planned) planned", from: console)
        if errors.isListed {
            self = .unknown(detail: answer.summary("errors beside the count: \(errors.words)", from: console))
        } else if affected == planned {
            self = .done(affected: affected)
        } else if affected == 0 {
            self = .affectedNone(detail: detail)
        } else if affected > planned {
            self = .affectedMore(affected, detail: detail)
        } else {
            self = .unknown(detail: detail)
        }
    }

    /// What the performer must do next; nil when it is done.
    package var remedy: Remedy? {
        switch self {
        case .done: nil
        case .notSent, .throttled: .retry
        case .held: .hold
        case .refused: .refuse
        case .affectedNone, .affectedMore, .unknown: .inquire
        }
    }
}
