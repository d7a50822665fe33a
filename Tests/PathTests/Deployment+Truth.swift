import Foundation
import HTTPClient
import JSONView
import Ports

// What really happened and what there really is, by the simulator's own word, and what people do in it.
extension Deployment {
    struct Effect: Equatable {
        let action: String
        let ids: [String]
        let affected: Int
    }

    /// Every change of state that the simulator was asked for through its API, and how many endpoints it met.
    func effects() throws -> [Effect] {
        try told("/effects")["effects"].elements.filter { try $0["via"].text == "api" }.map { effect in
            Effect(
                action: try effect["action"].text, ids: try effect["ids"].elements.map { try $0.id },
                affected: try effect["affected"].integer)
        }
    }

    func told(_ path: String) throws -> JSONView { try JSONView(parsing: call(HTTPRequest(.get, control, path: path))) }

    func tell(_ path: String, _ body: String) throws {
        _ = try call(HTTPRequest(.post, control, path: path, body: Bytes(body)))
    }

    func forgive() throws { _ = try call(HTTPRequest(.delete, control, path: "/faults")) }

    /// The rows of a list as the console has them now: as many as fit on one page.
    func rows(of list: String) throws -> [JSONView] {
        let file = folder.appending(path: "console/viewer.token")
        let token = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        var request = HTTPRequest(.get, console, path: "/web/api/v2.1/\(list)", query: [("limit", "1000")])
        request.authorization = Secret("ApiToken \(token)")
        return try Array(JSONView(parsing: call(request))["data"].elements)
    }

    private func call(_ request: HTTPRequest) throws -> Bytes {
        calls.start(request, as: CallID("control"))
        while true {
            if let answer = calls.finished(waiting: .seconds(1)).first { return try answer.result.get().body }
        }
    }
}
