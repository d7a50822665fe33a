import Ports
import SimulatedConsole
import Testing

@Suite("Isolation and release at the simulated console")
struct ActionTests {
    @Test("an isolation is accepted at once, takes effect later, and leaves both traces")
    func lifecycle() throws {
        var visitor = Visitor { $0.maximumThreats = 0 }
        let agent = try visitor.firstAgent()
        visitor.pass(.seconds(10))
        let accepted = visitor.now
        #expect(try visitor.act("disconnect", #"{"ids":["\#(agent)"]}"#).affected == 1)
        let going = try visitor.get("agents", [("ids", agent)]).rows[0]
        #expect(going.text("networkStatus") == "disconnecting")
        #expect(going.text("updatedAt") == accepted.description)
        visitor.pass(.milliseconds(999))
        #expect(try visitor.get("agents", [("ids", agent)]).rows[0].text("networkStatus") == "disconnecting")
        visitor.pass(.milliseconds(1))
        let gone = try visitor.get("agents", [("ids", agent)]).rows[0]
        #expect(gone.text("networkStatus") == "disconnected")
        #expect(gone.text("updatedAt") == (accepted + .seconds(1)).description)

        #expect(try visitor.act("connect", #"{"ids":["\#(agent)"]}"#).affected == 1)
        visitor.pass(.seconds(5))
        #expect(try visitor.get("agents", [("ids", agent)]).rows[0].text("networkStatus") == "connected")
        let traces = try visitor.get("activities", [("agentIds", agent), ("sortBy", "createdAt")]).rows
        #expect(traces.map { $0.members["activityType"] as? Int } == [61, 1001, 62, 1002])
        let me = try visitor.get("user", token: visitor.console.responderToken).data.id
        #expect(traces.map { $0.text("userId") } == [me, nil, me, nil])
    }

    @Test("what is already so is not affected again, and the newer order wins over one on its way")
    func again() throws {
        var visitor = Visitor { $0.maximumThreats = 0 }
        let filter = #"{"ids":["\#(try visitor.firstAgent())"]}"#
        #expect(try visitor.act("connect", filter).affected == 0)
        #expect(try visitor.act("disconnect", filter).affected == 1)
        #expect(try visitor.act("disconnect", filter).affected == 0)
        #expect(try visitor.act("connect", filter).affected == 1)
        visitor.pass(.seconds(10))
        #expect(try visitor.get("agents", [("networkStatuses", "connected"), ("countOnly", "true")]).total == 20)
    }

    @Test(
        "disconnect refuses a filter without ids or groups, connect takes it for the whole scope",
        arguments: [
            "{}", #"{"ids":[]}"#,
        ])
    func emptyFilter(filter: String) throws {
        var visitor = Visitor { $0.maximumThreats = 0 }
        let refused = try visitor.act("disconnect", filter)
        #expect(refused.status == 400)
        #expect(refused.detail?.contains("ids") == true)
        let account = try #require(try visitor.get("agents").rows.first?.text("accountId"))
        #expect(try visitor.act("disconnect", #"{"accountIds":["\#(account)"]}"#).status == 400)
        let all = try visitor.walk("agents", [("limit", "1000")]).map { "\"\($0.id)\"" }.joined(separator: ",")
        #expect(try visitor.act("disconnect", #"{"ids":[\#(all)]}"#).affected == 20)
        #expect(try visitor.act("connect", filter).affected == 20)
    }

    @Test("a body without a filter is refused", arguments: ["", "{}", "[]", #"{"filter":null}"#, #"{"filter":[]}"#])
    func noFilter(body: String) throws {
        var visitor = Visitor()
        let reply = visitor.reply("POST", "agents/actions/connect", body: body, token: visitor.console.responderToken)
        #expect(try Document(reply).status == 400)
    }

    @Test("only the role that holds the permission may act, and every attempt is in the truth")
    func roles() throws {
        var visitor = Visitor()
        let filter = #"{"ids":["\#(try visitor.firstAgent())"]}"#
        let viewer = try visitor.act("disconnect", filter, token: visitor.console.viewerToken)
        #expect(viewer.status == 403)
        #expect(viewer.errorCode == 4_030_010)
        let stranger = try visitor.act("disconnect", filter, token: Secret("nobody"))
        #expect(stranger.status == 401)
        #expect(stranger.errorCode == 4_010_010)
        #expect(try visitor.act("disconnect", filter).affected == 1)
        let effects = try visitor.control("GET", "/effects").effects
        #expect(effects.map { $0.members["status"] as? Int } == [403, 401, 200])
        #expect(effects.map { $0.members["affected"] as? Int } == [0, 0, 1])
        #expect(effects.map { $0.text("user") } == ["svc-reader", nil, "svc-responder"])
    }

    @Test("a token finds its role's permissions through its user", arguments: [true, false])
    func permissions(responder: Bool) throws {
        var visitor = Visitor()
        let token = responder ? visitor.console.responderToken : visitor.console.viewerToken
        let user = try visitor.get("user", token: token).data
        let scopeRole = try #require((user.members["scopeRoles"] as? [[String: Any]])?.first)
        let id = try #require(scopeRole["roleId"] as? String)
        let role = try visitor.get("rbac/role/\(id)", token: token).data
        let pages = try #require(role.members["pages"] as? [[String: Any]])
        let endpoints = try #require(pages.first { $0["name"] as? String == "Endpoints" })
        let permissions = try #require(endpoints["permissions"] as? [[String: Any]])
        let held = permissions.filter { $0["value"] as? Bool == true }.compactMap { $0["identifier"] as? String }
        let acts = ["disconnectFromNetwork", "reconnectToNetwork"]
        #expect(held.contains("view"))
        #expect(acts.allSatisfy { held.contains($0) == responder })
        #expect(try visitor.get("rbac/role/1", token: token).status == 404)
        #expect(try visitor.get("users/viewer-auth-check", token: token).data.members["success"] as? Bool == true)
    }

    @Test("a role that holds for one site changes nothing elsewhere, whatever the filter says")
    func reach() throws {
        var visitor = Visitor { $0.agents = 40 }
        let token = try #require(visitor.console.token(of: "site-ir-team"))
        let mine = Set(try visitor.walk("agents", [("limit", "100")], token: token).map(\.id))
        let all = Set(try visitor.walk("agents", [("limit", "100")]).map(\.id))
        #expect(!mine.isEmpty && mine.isStrictSubset(of: all))
        let ids = all.map { "\"\($0)\"" }.joined(separator: ",")
        #expect(try visitor.act("disconnect", #"{"ids":[\#(ids)]}"#, token: token).affected == mine.count)
        visitor.pass(.seconds(10))
        #expect(try visitor.act("disconnect", #"{"ids":[\#(ids)]}"#).affected == all.count - mine.count)
        visitor.pass(.seconds(10))
        #expect(try visitor.act("connect", "{}", token: token).affected == mine.count)
        let met = try visitor.control("GET", "/effects").effects.last?.members["ids"] as? [String]
        #expect(Set(met ?? []) == mine)
    }

    @Test("a decommissioned endpoint is hidden unless asked for, and out of reach")
    func decommissioned() throws {
        var visitor = Visitor()
        let agent = try visitor.firstAgent()
        try visitor.control("POST", "/people", #"{"do":"decommission","agentId":"\#(agent)"}"#)
        #expect(try visitor.get("agents", [("ids", agent)]).total == 0)
        #expect(try visitor.get("agents", [("ids", agent), ("isDecommissioned", "true,false")]).total == 1)
        #expect(try visitor.act("disconnect", #"{"ids":["\#(agent)"]}"#).affected == 0)
    }
}

@Suite("Faults, people and the truth at the simulated console")
struct ControlTests {
    private let route = "agents/actions/disconnect"

    private func fault(_ kind: String, _ more: String = "") -> String {
        #"{"route":"\#(route)","kind":"\#(kind)"\#(more)}"#
    }

    @Test("a lost reply was carried out, a lost request was not", arguments: [("lose-reply", 1), ("lose-request", 0)])
    func lost(kind: String, carriedOut: Int) throws {
        var visitor = Visitor()
        let agent = try visitor.firstAgent()
        try visitor.control("POST", "/faults", fault(kind))
        #expect(throws: Document.Lost.self) { try visitor.act("disconnect", #"{"ids":["\#(agent)"]}"#) }
        visitor.pass(.seconds(2))
        let truth = try visitor.control("GET", "/effects")
        #expect(truth.effects.count == carriedOut)
        #expect((truth.root["calls"] as? [String: Int])?[route] == 1)
        let isolation = truth.root["isolation"] as? [String: String]
        #expect(isolation?[agent] == (carriedOut == 1 ? "disconnected" : "connected"))
        #expect(try visitor.act("disconnect", #"{"ids":["\#(agent)"]}"#).affected == 1 - carriedOut)
    }

    @Test(
        "a status may come before or after the effect, and as often as asked",
        arguments: [
            ("status", 0), ("status-after-effect", 1),
        ])
    func status(kind: String, carriedOut: Int) throws {
        var visitor = Visitor()
        let filter = #"{"ids":["\#(try visitor.firstAgent())"]}"#
        try visitor.control("POST", "/faults", fault(kind, #","status":503,"times":2"#))
        #expect(try visitor.act("disconnect", filter).status == 503)
        #expect(try visitor.act("disconnect", filter).status == 503)
        #expect(try visitor.act("disconnect", filter).affected == 1 - carriedOut)
    }

    @Test("a late effect comes when it was told to, and a slow answer says how slow")
    func late() throws {
        var visitor = Visitor { $0.maximumThreats = 0 }
        let agent = try visitor.firstAgent()
        try visitor.control("POST", "/faults", fault("effect-late", #","delayMilliseconds":3600000"#))
        #expect(try visitor.act("disconnect", #"{"ids":["\#(agent)"]}"#).affected == 1)
        visitor.pass(.seconds(3599))
        #expect(try visitor.get("agents", [("ids", agent)]).rows[0].text("networkStatus") == "disconnecting")
        visitor.pass(.seconds(1))
        #expect(try visitor.get("agents", [("ids", agent)]).rows[0].text("networkStatus") == "disconnected")
        try visitor.control("POST", "/faults", #"{"route":"threats","kind":"slow","delayMilliseconds":250}"#)
        #expect(visitor.reply("GET", "threats").delay == .milliseconds(250))
        #expect(visitor.reply("GET", "threats").delay == .zero)
    }

    @Test("people release, isolate, judge and close under their own user id")
    func people() throws {
        var visitor = Visitor()
        visitor.pass(.seconds(2))
        let threat = try #require(try visitor.get("threats").rows.first)
        let agent = try #require(threat.text("agentRealtimeInfo", "agentId"))
        visitor.pass(.milliseconds(500))
        for order in [
            #"{"do":"isolate","agentId":"\#(agent)"}"#,
            #"{"do":"verdict","threatId":"\#(threat.id)","analystVerdict":"false_positive"}"#,
            #"{"do":"status","threatId":"\#(threat.id)","incidentStatus":"resolved"}"#,
        ] {
            #expect(try visitor.control("POST", "/people", order).root["affected"] as? Int == 1)
        }
        let judged = try #require(try visitor.get("threats").rows.first)
        #expect(judged.text("threatInfo", "analystVerdict") == "false_positive")
        #expect(judged.text("threatInfo", "incidentStatus") == "resolved")
        #expect(judged.text("threatInfo", "updatedAt") == visitor.now.description)
        #expect(judged.text("agentRealtimeInfo", "agentNetworkStatus") == "disconnecting")
        let mine = try visitor.get("user", token: visitor.console.responderToken).data.id
        let acts = try visitor.get("activities", [("activityTypes", "61,2028,2030")]).rows
        #expect(acts.count == 3)
        #expect(acts.allSatisfy { $0.text("userId") != nil && $0.text("userId") != mine })
    }

    @Test(
        "a wrong order is refused with a sentence",
        arguments: [
            ("/faults", "nonsense"), ("/faults", #"{"route":"moon","kind":"slow"}"#),
            ("/faults", #"{"route":"threats","kind":"sulk"}"#),
            ("/faults", #"{"route":"threats","kind":"slow","tiems":1}"#),
            ("/faults", #"{"route":"threats","kind":"status","status":42}"#), ("/people", #"{"do":"dance"}"#),
            ("/people", #"{"do":"release","agentId":"1"}"#), ("/nowhere", "{}"),
        ])
    func wrongOrder(path: String, body: String) throws {
        var visitor = Visitor()
        let answer = try visitor.control("POST", path, body)
        #expect(answer.status >= 400 && answer.status < 500)
        #expect((answer.root["error"] as? String)?.isEmpty == false)
        #expect(try visitor.get("threats").status == 200)
    }

    @Test("any text given to it comes back unharmed")
    func escaping() throws {
        var visitor = Visitor()
        let agent = try visitor.firstAgent()
        let order = #"{"do":"isolate","agentId":"\#(agent)","why":"a \"quote\", a \\ and \u0001\n\u00e9 \ud83d\ude00"}"#
        try visitor.control("POST", "/people", order)
        let effect = try #require(try visitor.control("GET", "/effects").effects.first)
        #expect(effect.text("filter", "why") == "a \"quote\", a \\ and \u{1}\né 😀")
    }

    @Test("what the console does not have is told plainly")
    func unknown() throws {
        var visitor = Visitor()
        guard case .answer(let answer) = visitor.reply("GET", "moons").outcome else {
            Issue.record("no answer")
            return
        }
        #expect(answer.status == 404)
        #expect(answer.body.text == "404 page not found\n")
        #expect(try Document(visitor.reply("POST", "threats")).status == 405)
        let health = visitor.reply("GET", "system/status", token: Secret("nobody"))
        #expect(try Document(health).status == 200)
    }
}
