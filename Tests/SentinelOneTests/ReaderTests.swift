import Ports
import SentinelOne
import Testing

@Suite("Every reader")
struct ReaderTests {
    private func problem(_ reader: Reader, _ result: HTTPResult) -> ReadProblem? {
        do {
            _ = try reader.read(result)
            return nil
        } catch {
            if let problem = error as? ReadProblem { return problem }
            Issue.record("\(reader.name) threw \(error)")
            return nil
        }
    }

    private static let bodies: [Bytes] =
        [.empty, htmlPage]
        + [
            "404 page not found", "{", "{}", "[]", "null", #"{"data":null}"#, #"{"errors":null}"#,
            #"{"errors":[{"code":4000010,"title":"\#(token)","detail":"bad \#(token)"}]}"#,
            #"{"errors":{"limit":"\#(token)","detail":"\#(token)"}}"#, #"{"errors":"\#(token)"}"#,
            #"<html><body>ApiToken \#(token)</body></html>"#, token,
            #"{"data":[{"\#(token)":1}],"errors":[{"title":"\#(token)"}]}"#, #"{"\#(token)":{"\#(token)":"#,
            #"{"data":{"health":"\#(token)","success":"\#(token)"}}"#,
        ].map { Bytes($0) }

    @Test("the token gets into no problem, whatever the console answers", arguments: Reader.all.indices)
    func canary(index: Int) {
        let reader = Reader.all[index]
        let headers: [(name: String, value: String)] = [("X-RQID", "r-\(token)"), ("Retry-After", token)]
        for status in [200, 204, 302, 400, 401, 403, 404, 405, 409, 429, 500, 501, 503] {
            for body in Self.bodies {
                guard let found = problem(reader, answer(status, body, headers)) else { continue }
                #expect(!"\(found) \(found.detail)".contains(token), "\(reader.name): \(status)")
                #expect(found.detail.contains("request r-•••"), "\(reader.name): \(found.detail)")
            }
        }
        let failure = HTTPFailure(.notSent, code: "http.connect", detail: "sending ApiToken \(token)")
        #expect(problem(reader, .failure(failure)).map { !"\($0)".contains(token) } == true)
    }

    @Test("the same answer is the same problem for every reader", arguments: Reader.all.indices)
    func alike(index: Int) {
        let reader = Reader.all[index]
        func kind(_ status: Int, _ body: Bytes = .empty) -> ReadProblem.Kind? {
            problem(reader, answer(status, body))?.kind
        }
        #expect(kind(401) == .unauthenticated)
        #expect(kind(429, htmlPage) == .throttled)
        #expect(kind(503) == .console)
        #expect(kind(405) == .absent)
        #expect(kind(404, "404 page not found") == .absent)
        #expect(kind(403, #"{"errors":[{"detail":"Feature STAR is not available for the scope"}]}"#) == .licence)
        #expect(kind(200, htmlPage) == .unintelligible)
        #expect(kind(200) == .unintelligible)
        #expect(kind(200, #"{"data":[],"errors":[{"title":"No"}]}"#) == .console)
        #expect(problem(reader, .failure(HTTPFailure(.notSent, code: "x", detail: "y")))?.kind == .unreachable)
    }
}

@Suite("Routes that say 401 for 403")
struct ConfusedRouteTests {
    private func problem(at path: String, status: Int = 401) throws -> ReadProblem {
        let request = HTTPRequest(.get, console.origin, path: path)
        do {
            _ = try Page(answer(status, .empty), of: .threats, from: console)
        } catch { return error.answering(request) }
        throw CancellationError()
    }

    @Test(
        "there a service user's missing permission is not taken for a dead token",
        arguments: [
            "remote-scripts/pending-executions", "remote-scripts/guardrails/check", "settings/smtp",
            "remote-scripts/script-content",
        ])
    func confused(route: String) throws {
        let found = try problem(at: "/web/api/v2.1/\(route)")
        #expect(found.kind == .permission && found.remedy == .hold)
        #expect(found.detail.contains("stands for a missing permission"))
        #expect(try problem(at: "/web/api/v2.1/\(route)", status: 500).kind == .console)
    }

    @Test(
        "everywhere else a 401 is what it says",
        arguments: ["threats", "remote-scripts", "settingsX", "remote-scripts/guardrailsX"])
    func plain(route: String) throws {
        #expect(try problem(at: "/web/api/v2.1/\(route)").kind == .unauthenticated)
        #expect(try problem(at: "/sdl/v2/api/queries").kind == .unauthenticated)
    }
}
