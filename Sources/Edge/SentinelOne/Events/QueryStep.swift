package import Ports

/// What whoever drives a query does next.
package enum QueryStep<Rows: Sendable>: Sendable {
    /// Sends this after so long, and brings the result back.
    case send(HTTPRequest, after: Duration)
    case rows(Rows)
    case failed(ReadProblem)
}

/// How a query ends.
enum QueryOutcome<Rows: Sendable>: Sendable {
    case rows(Rows)
    case failed(ReadProblem)

    var step: QueryStep<Rows> {
        switch self {
        case .rows(let rows): .rows(rows)
        case .failed(let problem): .failed(problem)
        }
    }
}

/// How long a query is waited for. Bounded in calls, because nothing here has a clock.
struct QueryPatience: Sendable {
    /// Each at least a second after the one before: five minutes.
    static let polls = 300
    /// In a row. A query that is not asked about for thirty seconds is dropped by the console.
    static let failures = 5

    private var polls = 0
    private var failures = 0

    /// Whether to ask once more after an answer that was not the last one.
    mutating func lasts() -> Bool {
        failures = 0
        polls += 1
        return polls < Self.polls
    }

    /// Whether, and after how long, to ask the same again after this problem.
    mutating func pause(after problem: ReadProblem) -> Duration? {
        failures += 1
        polls += 1
        guard problem.remedy == .retry, failures < Self.failures, polls < Self.polls else { return nil }
        // Longer would outlast the query.
        return min(max(problem.retryAfter ?? .zero, .seconds(2)), .seconds(20))
    }
}
