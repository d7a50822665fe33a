import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("Event queries at the simulated console")
struct EventQueryTests {
    private func begin(_ visitor: inout Visitor, _ query: String) throws -> Document {
        let body: [String: String] = [
            "query": query, "fromDate": (visitor.now - .seconds(86_400)).description, "toDate": visitor.now.description,
        ]
        let text = String(decoding: try JSONSerialization.data(withJSONObject: body), as: UTF8.self)
        return try Document(visitor.reply("POST", "dv/init-query", body: text))
    }

    @Test("Deep Visibility goes through its states and finds what explore/events tells")
    func deepVisibility() throws {
        var visitor = Visitor.after(.burglary)
        let threat = try #require(try visitor.threats().first)
        let storyline = try #require(threat.text("threatInfo", "storyline"))
        let id = try #require(
            try begin(&visitor, "SrcProcStorylineId = \"\(storyline)\"").data.text("queryId"))
        var states: [String] = []
        for _ in 0..<5 {
            states.append(try visitor.get("dv/query-status", [("queryId", id)]).data.text("responseState") ?? "")
            if states.last != "FINISHED" { #expect(try visitor.get("dv/events", [("queryId", id)]).status == 409) }
            visitor.pass(.seconds(1))
        }
        #expect(states == ["RUNNING", "PROCESS_RUNNING", "EVENTS_RUNNING", "FINISHED", "FINISHED"])
        let rows = try visitor.walk("dv/events", [("queryId", id), ("limit", "5")])
        #expect(Set(rows.map(\.id)) == Set(try visitor.events(of: threat).map(\.id)))
        let named = try visitor.walk("dv/events/dns", [("queryId", id), ("limit", "1000")])
        #expect(!named.isEmpty && named.allSatisfy { $0.text("objectType") == "dns" })
        let narrowed = try visitor.walk("dv/events", [("queryId", id), ("subQuery", "EventType = \"DNS\"")])
        #expect(narrowed.map(\.id) == named.map(\.id))
    }

    @Test("a cancelled query stays cancelled, and an unknown one is unknown")
    func cancelled() throws {
        var visitor = Visitor.after(.burglary)
        let id = try #require(try begin(&visitor, "AgentName ContainsCIS \"HAR\"").data.text("queryId"))
        let body = #"{"queryId":"\#(id)"}"#
        #expect(try Document(visitor.reply("POST", "dv/cancel-query", body: body)).status == 200)
        visitor.pass(.seconds(60))
        let state = try visitor.get("dv/query-status", [("queryId", id)]).data
        #expect(state.text("responseState") == "QUERY_CANCELLED")
        #expect(try visitor.get("dv/events", [("queryId", id)]).status == 409)
        #expect(try visitor.get("dv/query-status", [("queryId", "qmoon")]).status == 404)
        #expect(try visitor.get("dv/query-status").status == 400)
    }

    @Test(
        "what is not understood is refused by name",
        arguments: [
            ("MoonPhase = \"full\"", "MoonPhase"), ("AgentName RegExp \"x\"", "RegExp"),
            ("AgentName = \"x\" OR AgentName = \"y\"", "OR"), ("AgentName = \"x", "quote"), ("AgentName =", "value"),
            ("AgentName = \"x\" | group count() by x", "group"),
        ])
    func refused(query: String, word: String) throws {
        var visitor = Visitor.after(.burglary)
        let answer = try begin(&visitor, query)
        #expect(answer.status == 400)
        #expect(answer.detail?.contains(word) == true, "\(answer.detail ?? "")")
    }

    @Test("a body with a wrapper, without a time, or over too long a time is refused")
    func bodies() throws {
        var visitor = Visitor()
        for body in [
            #"{"data":{"query":"AgentName = \"x\""}}"#, #"{"query":"AgentName = \"x\""}"#,
            #"{"query":"AgentName=\"x\"","fromDate":"2026-01-01T00:00:00Z","toDate":"2026-06-01T00:00:00Z"}"#,
        ] {
            #expect(try Document(visitor.reply("POST", "dv/init-query", body: body)).status == 400)
        }
    }

    private static let source = "dataSource.name = 'SentinelOne'"

    private func body(_ query: String, scope: String = #""tenant":true"#) -> String {
        let escaped = query.replacingOccurrences(of: "\"", with: "\\\"")
        return #"{"queryType":"PQ","startTime":"24h","endTime":"now",\#(scope),"pq":{"query":"\#(escaped)"}}"#
    }

    private func run(_ visitor: inout Visitor, _ body: String) throws -> [[Any]] {
        let launched = try visitor.lake("POST", body: body)
        #expect(launched.status == 200)
        let id = try #require(launched.root["id"] as? String)
        let tag = try #require(launched.answer.header("X-Dataset-Query-Forward-Tag"))
        for _ in 0..<10 {
            let answer = try visitor.lake("GET", id, tag: tag)
            let (done, total) = (answer.root["stepsCompleted"] as? Int, answer.root["stepsTotal"] as? Int)
            if let done, done == total {
                let data = try #require(answer.root["data"] as? [String: Any])
                #expect(try visitor.lake("DELETE", id, tag: tag).status == 200)
                #expect(try visitor.lake("GET", id, tag: tag).status == 404)
                return data["values"] as? [[Any]] ?? []
            }
            visitor.pass(.seconds(1))
        }
        Issue.record("the query does not end")
        return []
    }

    @Test("the data lake finds the same events, in the columns that were asked for")
    func dataLake() throws {
        var visitor = Visitor.after(.burglary)
        let threat = try #require(try visitor.threats().first)
        let storyline = try #require(threat.text("threatInfo", "storyline"))
        let query = "\(Self.source) and src.process.storyline.id = '\(storyline)' | columns n = event.id, event.type"
        let values = try run(&visitor, body(query))
        let events = try visitor.events(of: threat)
        #expect(Set(values.compactMap { $0.first as? String }) == Set(events.map(\.id)))
        #expect(values.allSatisfy { $0.count == 2 })
        #expect(try run(&visitor, body(query + " | limit 3")).count == 3)
    }

    @Test("an endpoint's other doings are found by its uuid, and told apart by their storylines")
    func beside() throws {
        var visitor = Visitor.after(.burglary)
        let threat = try #require(try visitor.threats().first)
        let agent = try #require(threat.text("agentRealtimeInfo", "agentUuid"))
        let query = "\(Self.source) and agent.uuid = '\(agent)' | columns src.process.storyline.id"
        let storylines = Set(try run(&visitor, body(query)).compactMap { $0.first as? String })
        #expect(storylines.count == 2)
    }

    @Test("who names no scope or no source finds nothing, and who names two scopes is refused")
    func scope() throws {
        var visitor = Visitor.after(.burglary)
        let query = "\(Self.source) and event.category = 'dns'"
        #expect(try run(&visitor, body(query)).isEmpty == false)
        #expect(try run(&visitor, body(query, scope: #""tenant":false"#)).isEmpty)
        #expect(try run(&visitor, body("event.category = 'dns'")).isEmpty)
        let account = try #require(try visitor.get("agents").rows.first?.text("accountId"))
        let own = #""tenant":false,"accountIds":["\#(account)"]"#
        #expect(try run(&visitor, body(query, scope: own)).isEmpty == false)
        let both = #""tenant":true,"accountIds":["\#(account)"]"#
        #expect(try visitor.lake("POST", body: body(query, scope: both)).status == 400)
    }

    @Test("the data lake wants Bearer, its tag, and to be asked again within thirty seconds")
    func manners() throws {
        var visitor = Visitor.after(.burglary)
        let query = body("\(Self.source) and event.category = 'dns'")
        let wrong = try visitor.lake("POST", body: query, prefix: "ApiToken")
        #expect(wrong.status == 500 && wrong.detail?.contains("Bearer") == true)
        let launched = try visitor.lake("POST", body: query)
        let id = try #require(launched.root["id"] as? String)
        let tag = try #require(launched.answer.header("X-Dataset-Query-Forward-Tag"))
        #expect(try visitor.lake("GET", id).status == 400)
        #expect(try visitor.lake("GET", id, tag: "moon").status == 400)
        visitor.pass(.seconds(29))
        #expect(try visitor.lake("GET", id, tag: tag).status == 200)
        visitor.pass(.seconds(29))
        #expect(try visitor.lake("GET", id, tag: tag).status == 200)
        visitor.pass(.seconds(31))
        #expect(try visitor.lake("GET", id, tag: tag).status == 404)
    }
}
