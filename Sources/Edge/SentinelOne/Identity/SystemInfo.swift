import JSONView
package import Ports

/// Which version a console is of.
package struct SystemInfo: Sendable, Equatable {
    package let version: String?
    package let build: String?
    package let release: String?
    package let latestAgentVersion: String?

    /// Reads the answer to `Console.systemInfo()`.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let data = try ReadProblem.document(in: answer, from: console)["data"]
        guard data.kind == .object else {
            throw .unintelligible(data.problem(expected: "an object"), answer, from: console)
        }
        version = data["version"].readableID
        build = data["build"].readableID
        release = data["release"].readableID
        latestAgentVersion = data["latestAgentVersion"].readableID
    }
}

/// Whether a console says that it is well.
package enum SystemHealth: Hashable, Sendable {
    case ok
    case other(String)

    /// Reads the answer to `Console.systemStatus()`.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let health = try ReadProblem.document(in: answer, from: console)["data"]["health"]
        guard let word = health.readableWords else {
            throw .unintelligible(health.problem(expected: "text"), answer, from: console)
        }
        self = word.lowercased() == "ok" ? .ok : .other(console.quoted(word))
    }
}
