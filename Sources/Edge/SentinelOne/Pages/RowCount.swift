import JSONView
package import Ports

/// How many rows there are.
package enum RowCount: Hashable, Sendable {
    case exactly(Int)
    /// The console counts no further.
    case atLeast(Int)

    /// The activities that a console counts at most.
    static let activityCap = 50_000

    package var least: Int {
        switch self {
        case .exactly(let count), .atLeast(let count): count
        }
    }

    init?(_ total: Int?, of stream: VendorStream) {
        guard let total, total >= 0 else { return nil }
        self = stream == .activities && total >= Self.activityCap ? .atLeast(total) : .exactly(total)
    }

    /// Reads the answer to `Console.count(_:)`.
    package init(_ result: HTTPResult, of stream: VendorStream, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let total = try ReadProblem.document(in: answer, from: console)["pagination"]["totalItems"]
        guard let count = Self(total.readableInteger, of: stream) else {
            throw .unintelligible(total.problem(expected: "a count"), answer, from: console)
        }
        self = count
    }

    /// Reads the answer to `Console.agentCount(_:)`.
    package init(agents result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let total = try ReadProblem.document(in: answer, from: console)["data"]["total"]
        guard let count = Self(total.readableInteger, of: .agents) else {
            throw .unintelligible(total.problem(expected: "a count"), answer, from: console)
        }
        self = count
    }
}
