import JSONView
package import Ports

/// One power query, from its launch to its rows: launched, asked about until it is done, then taken back, whether it
/// brought something or not, because a console runs few at a time. Pure: it is given answers and says what to send.
package struct PowerQueryRun: Sendable {
    private struct Handle: Sendable {
        let id: String
        /// Which of the console's machines runs it. Repeated on every later call.
        let tag: String?
        var stepSeen: Int
    }

    private enum State: Sendable {
        case launching
        case waiting(Handle)
        case cancelling(QueryOutcome<EventTable>)
        case over(QueryOutcome<EventTable>)
    }

    private static let pause = Duration.seconds(1)
    /// Less than the thirty seconds after which a query that nobody asks about is dropped.
    private static let deadline = Duration.seconds(20)

    private let query: PowerQuery
    private let console: Console
    private var state = State.launching
    private var patience = QueryPatience()

    package init(_ query: PowerQuery, at console: Console) {
        self.query = query
        self.console = console
    }

    /// The first call.
    package var launch: HTTPRequest { console.eventStore(.post, "", body: query.body) }

    /// Takes the result of the call that was sent last.
    package mutating func proceed(_ result: HTTPResult) -> QueryStep<EventTable> {
        switch state {
        case .launching:
            do throws(ReadProblem) {
                let (view, answer) = try read(result)
                guard let id = view["id"].readableID else {
                    throw ReadProblem.unintelligible(view["id"].problem(expected: "an id"), answer, from: console)
                }
                let tag = answer.header(Console.forwardTag)
                return follow(Handle(id: id, tag: tag, stepSeen: 0), view, answer)
            } catch {
                return end(.failed(error))
            }
        case .waiting(let handle):
            do throws(ReadProblem) {
                let (view, answer) = try read(result)
                return follow(handle, view, answer)
            } catch {
                if let pause = patience.pause(after: error) { return .send(poll(handle), after: pause) }
                return cancel(handle, then: .failed(error.kind == .absent ? error.lapsed : error))
            }
        // Whether it could be taken back changes nothing of what it brought: the console drops it after a while.
        case .cancelling(let outcome), .over(let outcome): return end(outcome)
        }
    }

    /// Gives the query up. The call to send, where there is something to take back at the console.
    package mutating func abandon() -> HTTPRequest? {
        defer { state = .over(.failed(ReadProblem(.console, "console \(console.id): the query was given up"))) }
        if case .waiting(let handle) = state { return cancellation(handle) }
        return nil
    }

    private func read(_ result: HTTPResult) throws(ReadProblem) -> (JSONView, HTTPAnswer) {
        let answer = try ReadProblem.answer(in: result, from: console)
        return (try ReadProblem.document(in: answer, from: console), answer)
    }

    private mutating func follow(
        _ handle: Handle, _ view: JSONView, _ answer: HTTPAnswer
    ) -> QueryStep<EventTable> {
        let (completed, total) = (view["stepsCompleted"].readableInteger, view["stepsTotal"].readableInteger)
        // Nothing of nothing is not done: the console has not planned the query yet.
        if let completed, let total, total > 0, completed >= total {
            do throws(JSONProblem) {
                return cancel(handle, then: .rows(try EventTable(view["data"])))
            } catch {
                return cancel(handle, then: .failed(.unintelligible(error, answer, from: console)))
            }
        }
        guard patience.lasts() else {
            let detail = "the query was not done after \(QueryPatience.polls) looks"
            return cancel(handle, then: .failed(ReadProblem(.console, "console \(console.id): \(detail)")))
        }
        var handle = handle
        handle.stepSeen = max(handle.stepSeen, completed ?? 0)
        state = .waiting(handle)
        return .send(poll(handle), after: Self.pause)
    }

    private mutating func cancel(_ handle: Handle, then outcome: QueryOutcome<EventTable>) -> QueryStep<EventTable> {
        state = .cancelling(outcome)
        return .send(cancellation(handle), after: .zero)
    }

    private mutating func end(_ outcome: QueryOutcome<EventTable>) -> QueryStep<EventTable> {
        state = .over(outcome)
        return outcome.step
    }

    private func poll(_ handle: Handle) -> HTTPRequest {
        call(.get, handle, [("lastStepSeen", String(handle.stepSeen))])
    }

    private func cancellation(_ handle: Handle) -> HTTPRequest { call(.delete, handle, []) }

    private func call(_ method: HTTPMethod, _ handle: Handle, _ query: [Parameter]) -> HTTPRequest {
        var request = console.eventStore(method, "/\(handle.id.asPathSegment)", query)
        if let tag = handle.tag { request.headers.append((Console.forwardTag, tag)) }
        request.deadline = Self.deadline
        return request
    }
}

extension ReadProblem {
    /// A query that the console has dropped: another one may be asked.
    fileprivate var lapsed: ReadProblem { ReadProblem(.console, "\(detail) (the query is gone)") }
}
