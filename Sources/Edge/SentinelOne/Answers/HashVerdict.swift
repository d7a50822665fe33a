import JSONView
package import Ports

/// What the vendor's cloud says of a file's content, or that it does not know the file: that is a fact, and no error.
package enum HashVerdict: Hashable, Sendable {
    /// In the console's words, lower case: `black`, `white`, `undefined`…
    case says(String)
    case unknown

    /// Reads the answer to `Console.verdict(on:)`.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer: HTTPAnswer
        do {
            answer = try ReadProblem.answer(in: result, from: console)
        } catch {
            guard case .success(let answer) = result, answer.saysNoSuchObject else { throw error }
            self = .unknown
            return
        }
        let verdict = try ReadProblem.document(in: answer, from: console)["data"]["verdict"]
        guard !verdict.isMissing, verdict.isNull || verdict.readableText != nil else {
            throw .unintelligible(verdict.problem(expected: "a verdict"), answer, from: console)
        }
        self = verdict.readableWords.map { .says($0.lowercased()) } ?? .unknown
    }
}
