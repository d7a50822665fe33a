import PipelineTesting
import Ports
import SimulatedConsole
import Testing

/// Whatever is pointed at the simulated console was written by somebody else.
@Suite("Odd requests to the simulated console")
struct OddRequestTests {
    private static let values = [
        "", " ", "-1", "0", "9223372036854775807", "-9223372036854775808", "99999999999999999999999", "1e9", "NaN",
        "null",
        "\u{0}", "é\u{301}😀", "%", ",", ",,,", "true,false", "TRUE", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "1-0", "0-9223372036854775807", "-", "1.2.3.4.5",
        "{}", #"{"a":[null]}"#, "asc", "desc", "id", "updatedAt", "createdAt", "100000000000000000",
        "1867455400000001406", String(repeating: "x", count: 10_000), String(repeating: "1,", count: 6_000),
    ]

    private static let bodies = [
        "", "null", "[]", "{}", "\"", #"{"filter":null,"data":null}"#, #"{"filter":{"ids":[1,null,{}]},"data":[]}"#,
        #"{"filter":{"ids":["9223372036854775808"]}}"#, #"{"data":{"apiToken":{}}}"#, #"{"data":{"apiToken":""}}"#,
        #"{"query":"","fromDate":"x","toDate":9e99}"#, #"{"query":"a in (","fromDate":null}"#,
        #"{"queryType":"PQ","startTime":"-9e9d","endTime":"0001-01-01T00:00:00Z","tenant":true,"pq":{"query":"|||="}}"#,
        #"{"queryId":"q-1"}"#, String(repeating: "[", count: 10_000), #"{"route":"*","kind":"lie","times":-1}"#,
        #"{"do":"move","agentId":"-9223372036854775808","siteId":"x"}"#, #"{"advance":"-1s"}"#, #"{"do":"detect"}"#,
        #"{"do":"rotate","token":"nobody"}"#, #"{"do":"verdict","threatId":9223372036854775807}"#, "\u{feff}{}",
    ]

    private static let lists = [
        "threats", "agents", "activities", "alerts", "groups", "sites", "accounts",
    ]

    private static let routes =
        [
            "threats", "agents", "agents/count", "agents/tags", "agents/applications", "activities", "activities/types",
            "cloud-detection/alerts", "cloud-detection/rules", "groups", "sites", "accounts", "user", "rbac/roles",
            "service-users", "system/info", "dv/query-status", "dv/events", "dv/events/process",
        ]
        + ["sites", "accounts", "threats", "rbac/role", "hashes", "users"].flatMap { place in
            values.filter { $0.utf8.count < 40 }.flatMap { id in
                [
                    "\(place)/\(id)", "\(place)/\(id)/timeline", "\(place)/\(id)/explore/events",
                    "\(place)/\(id)/verdict",
                ]
            }
        }

    private static let control = [
        "/", "/effects", "/fleet", "/faults", "/people", "/truth", "/truth/threats", "/truth/x", "/calls", "/stories",
        "/tokens", "/clock",
    ]

    @Test(
        "whatever is asked gets an answer in the console's own form, and the next question too",
        arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func answered(seed: UInt64) throws {
        var visitor = Visitor(seed: seed) {
            $0.agents = 8
            $0.history = 20
            $0.stories = SimulatedConsoleSettings.usualStories
            $0.timeScale = 10_000
        }
        visitor.pass(.seconds(60))
        let names =
            Self.lists.flatMap { list in ParameterTable.lines(list).map(\.name) } + [
                "limit", "skip", "cursor", "sortBy", "sortOrder", "countOnly", "skipCount", "queryId", "eventTypes",
                "eventSubTypes", "eventId", "processName__like", "isLegacy", "lastStepSeen", "subQuery",
            ]
        var random = SplitMix64(seed: seed)
        for _ in 0..<4_000 {
            guard let route = Self.routes.randomElement(using: &random),
                let method = ["GET", "GET", "GET", "POST", "PUT", "DELETE"].randomElement(using: &random)
            else { return }
            let query = (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in
                names.randomElement(using: &random).flatMap { name in
                    Self.values.randomElement(using: &random).map { (name: name, value: $0) }
                }
            }
            let body = Self.bodies.randomElement(using: &random) ?? ""
            check(visitor.reply(method, route, query, body: method == "GET" ? "" : body))
        }
        for path in ["dv/init-query", "dv/cancel-query", "users/api-token-details", "agents/actions/disconnect"] {
            for body in Self.bodies { check(visitor.reply("POST", path, body: body)) }
        }
        let bearer = [(name: "Authorization", value: "Bearer \(visitor.console.viewerToken.reveal())")]
        for body in Self.bodies {
            for (method, path) in [("POST", ""), ("GET", "/x"), ("DELETE", "/9223372036854775807")] {
                let request = ServedRequest(
                    method: method, path: "/sdl/v2/api/queries" + path, query: [("lastStepSeen", "-1")],
                    headers: bearer, body: Bytes(body))
                check(visitor.console.answer(request, at: visitor.now))
            }
        }
        #expect(try visitor.get("threats").status == 200)
    }

    @Test("whatever is ordered on the control side is done or refused with a sentence")
    func controlled() throws {
        for path in Self.control {
            for method in ["GET", "POST", "DELETE", "PUT"] {
                for body in Self.bodies {
                    var visitor = Visitor { $0.agents = 3 }
                    visitor.pass(.seconds(3))
                    let request = ServedRequest(method: method, path: path, body: Bytes(body))
                    let answer = visitor.console.controlAnswer(request, at: visitor.now)
                    #expect((200..<500).contains(answer.status), "\(method) \(path) \(body.prefix(60))")
                }
            }
        }
    }

    private func check(_ reply: Reply) {
        guard case .answer(let answer) = reply.outcome else {
            Issue.record("no answer")
            return
        }
        #expect((200...501).contains(answer.status))
        #expect(answer.body.text != nil)
    }
}
