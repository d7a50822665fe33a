import JSONView
package import Ports

/// When a token was made and when it ends, by the console's word.
package struct TokenDetails: Sendable, Equatable {
    package let createdAt: Timestamp?
    /// nil where the console does not say, which is not for ever.
    package let expiresAt: Timestamp?

    /// Reads the answer to `Console.tokenDetails()`.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let data = try ReadProblem.document(in: answer, from: console)["data"]
        guard data.kind == .object else {
            throw .unintelligible(data.problem(expected: "an object"), answer, from: console)
        }
        createdAt = data["createdAt"].readableTime
        expiresAt = data["expiresAt"].readableTime
    }
}
