import JSONView
package import Ports

/// What a query of the older form found.
package struct DeepVisibilityRows: Sendable {
    /// Of the same form as the events of a threat.
    package fileprivate(set) var items: [Page.Item] = []
    package fileprivate(set) var unreadable: [Page.Unreadable] = []
    /// Whether this is all that the query was allowed to find.
    package fileprivate(set) var isWhole = true
}

/// One query of the older form, from its start to its rows. Pure: it is given answers and says what to send. A query
/// that is given up while it runs is taken back, because a console runs few at a time.
package struct DeepVisibilityRun: Sendable {
    private enum State: Sendable {
        case starting
        case waiting(id: String)
        case reading(id: String, Walk)
        case cancelling(QueryOutcome<DeepVisibilityRows>)
        case over(QueryOutcome<DeepVisibilityRows>)
    }

    /// The console allows one look a second.
    private static let pause = Duration.seconds(2)

    private let query: DeepVisibilityQuery
    private let console: Console
    private var state = State.starting
    private var patience = QueryPatience()
    private var rows = DeepVisibilityRows()

    package init(_ query: DeepVisibilityQuery, at console: Console) {
        self.query = query
        self.console = console
    }

    /// The first call. A console takes one a minute.
    package var start: HTTPRequest { console.startDeepVisibility(query) }

    /// Takes the result of the call that was sent last.
    package mutating func proceed(_ result: HTTPResult) -> QueryStep<DeepVisibilityRows> {
        switch state {
        case .starting:
            do throws(ReadProblem) {
                let (data, answer) = try read(result)
                guard let id = data["queryId"].readableID else {
                    throw ReadProblem.unintelligible(data["queryId"].problem(expected: "an id"), answer, from: console)
                }
                state = .waiting(id: id)
                return .send(console.deepVisibilityStatus(id), after: Self.pause)
            } catch {
                return end(.failed(error))
            }
        case .waiting(let id):
            do throws(ReadProblem) {
                let (data, answer) = try read(result)
                return follow(id, data, answer)
            } catch {
                return ask(console.deepVisibilityStatus(id), again: error, of: id)
            }
        case .reading(let id, let walk):
            do throws(ReadProblem) {
                return take(try Page(result, of: .events, from: console), of: id, walk)
            } catch {
                return ask(page(of: id, walk), again: error, of: id)
            }
        case .cancelling(let outcome), .over(let outcome): return end(outcome)
        }
    }

    /// Gives the query up. The call to send, where there is something to take back at the console.
    package mutating func abandon() -> HTTPRequest? {
        defer { state = .over(.failed(ReadProblem(.console, "console \(console.id): the query was given up"))) }
        switch state {
        case .waiting(let id), .reading(let id, _): return console.cancelDeepVisibility(id)
        case .starting, .cancelling, .over: return nil
        }
    }

    private func read(_ result: HTTPResult) throws(ReadProblem) -> (JSONView, HTTPAnswer) {
        let answer = try ReadProblem.answer(in: result, from: console)
        return (try ReadProblem.document(in: answer, from: console)["data"], answer)
    }

    private mutating func follow(
        _ id: String, _ data: JSONView, _ answer: HTTPAnswer
    ) -> QueryStep<DeepVisibilityRows> {
        let word = data["responseState"].readableText
        let known = word.flatMap { DeepVisibilityState(rawValue: $0.uppercased()) }
        if let known, let failure = known.failure {
            let why = data["responseError"].readableWords.map { ": \($0)" } ?? ""
            return end(.failed(ReadProblem(failure, answer.summary("\(known.rawValue)\(why)", from: console))))
        }
        if known == .finished {
            let walk = Walk(budget: Self.pages(query.limit))
            state = .reading(id: id, walk)
            return .send(page(of: id, walk), after: .zero)
        }
        // A state that is new is waited for like one that runs.
        guard patience.lasts() else {
            let detail = "the query was still \(word ?? "without a state") after \(QueryPatience.polls) looks"
            return cancel(id, then: .failed(ReadProblem(.console, answer.summary(detail, from: console))))
        }
        return .send(console.deepVisibilityStatus(id), after: Self.pause)
    }

    private mutating func take(_ page: Page, of id: String, _ walk: Walk) -> QueryStep<DeepVisibilityRows> {
        var walk = walk
        rows.items += page.items
        rows.unreadable += page.unreadable
        switch walk.advance(past: page) {
        case .next:
            state = .reading(id: id, walk)
            return .send(self.page(of: id, walk), after: .zero)
        case .end: return end(.rows(rows))
        case .beginAgain:
            rows.isWhole = rows.items.count + rows.unreadable.count >= query.limit
            return end(.rows(rows))
        }
    }

    /// The same call again, or the end of it.
    private mutating func ask(
        _ request: HTTPRequest, again problem: ReadProblem, of id: String
    ) -> QueryStep<DeepVisibilityRows> {
        if let pause = patience.pause(after: problem) { return .send(request, after: pause) }
        return cancel(id, then: .failed(problem))
    }

    private mutating func cancel(
        _ id: String, then outcome: QueryOutcome<DeepVisibilityRows>
    ) -> QueryStep<DeepVisibilityRows> {
        state = .cancelling(outcome)
        return .send(console.cancelDeepVisibility(id), after: .zero)
    }

    private mutating func end(_ outcome: QueryOutcome<DeepVisibilityRows>) -> QueryStep<DeepVisibilityRows> {
        state = .over(outcome)
        return outcome.step
    }

    private func page(of id: String, _ walk: Walk) -> HTTPRequest {
        console.deepVisibilityEvents(
            id, after: walk.cursor, limit: min(query.limit, VendorStream.events.pageLimit))
    }

    private static func pages(_ rows: Int) -> Int {
        (rows + VendorStream.events.pageLimit - 1) / VendorStream.events.pageLimit
    }
}
