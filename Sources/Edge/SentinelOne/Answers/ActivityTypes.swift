import JSONView
package import Ports

/// The kinds of activity that a console knows: asking for another is refused.
package struct ActivityTypes: Sendable, Equatable {
    /// What each is called.
    package let names: [Int: String]

    /// Reads the answer to `Console.activityTypes()`. What has no number is left out.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let data = try ReadProblem.document(in: answer, from: console)["data"]
        guard let rows = try? data.elements else {
            throw .unintelligible(data.problem(expected: "an array"), answer, from: console)
        }
        let named = rows.compactMap { row in row["id"].readableInteger.map { ($0, row["action"].readableText ?? "") } }
        names = Dictionary(named) { first, _ in first }
    }
}
