import JSONView
package import Ports

/// Whether a token passes one of the console's checks.
package enum AuthCheck: Hashable, Sendable {
    case passed
    /// The token is alive and is not let in here: a fact, and no error.
    case refused

    /// Reads the answer to `Console.viewerCheck()` or `Console.tenantAdminCheck()`. A dead token is a problem.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer: HTTPAnswer
        do {
            answer = try ReadProblem.answer(in: result, from: console)
        } catch {
            guard error.kind == .permission || error.kind == .scope else { throw error }
            self = .refused
            return
        }
        let success = try ReadProblem.document(in: answer, from: console)["data"]["success"]
        guard let passed = success.readableBool else {
            throw .unintelligible(success.problem(expected: "true or false"), answer, from: console)
        }
        self = passed ? .passed : .refused
    }
}
