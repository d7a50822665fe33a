import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("The truth that the control side tells")
struct TruthTests {
    /// Per id the versions, as the truth has them; what changed around a threat without a new time of its own is one.
    private func shown(_ visitor: inout Visitor, _ stream: String) throws -> [String: [String]] {
        let told = try visitor.control("GET", "/truth/\(stream)")
        let records = told.root["shown"] as? [String: [[String: Any]]] ?? [:]
        return records.mapValues { versions in
            versions.compactMap { $0["updatedAt"] as? String }.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
        }
    }

    @Test(
        "the truth holds exactly the versions that a reader saw, whatever became of the other answers",
        arguments: 1...8 as ClosedRange<UInt64>)
    func equalsWhatWasSeen(seed: UInt64) throws {
        var visitor = Visitor(seed: seed) { $0.maximumThreats = 40 }
        for kind in [
            "lose-reply", "cut-body", "garbage", "empty-body", "wrong-length", "status-after-effect", "lose-request",
            "gzip-bomb", "status", "forbidden", "redirect",
        ] {
            let size = kind == "gzip-bomb" ? #","bytes":1000"# : ""
            try visitor.control("POST", "/faults", #"{"route":"*","kind":"\#(kind)","percent":8\#(size)}"#)
        }
        var seen: [String: [String]] = [:]
        for turn in 0..<60 {
            visitor.pass(.seconds(1))
            if turn % 5 == 4, let id = seen.keys.sorted().first {
                try visitor.control(
                    "POST", "/people", #"{"do":"verdict","threatId":"\#(id)","analystVerdict":"suspicious"}"#)
            }
            guard
                case .answer(let answer) = visitor.reply(
                    "GET", "threats", [("limit", "7"), ("sortBy", "updatedAt"), ("sortOrder", "desc")]
                ).outcome,
                answer.status == 200, answer.header("Content-Encoding") == nil, !answer.body.isEmpty
            else { continue }
            for row in try Document(answer).rows {
                let version = try #require(row.text("threatInfo", "updatedAt"))
                if seen[row.id]?.last != version { seen[row.id, default: []].append(version) }
            }
        }
        #expect(seen.count > 5)
        #expect(seen.values.contains { $0.count > 1 })
        #expect(try shown(&visitor, "threats") == seen)
        #expect(try shown(&visitor, "agents").isEmpty)
        #expect(try visitor.control("GET", "/truth/moons").status == 404)
        let all = try visitor.control("GET", "/truth").root["shown"] as? [String: Any]
        #expect(all?.keys.sorted() == ["threats"])
    }

    @Test("calls are counted per operation, and their rate per prefix with the highest that ten seconds have seen")
    func calls() throws {
        var visitor = Visitor()
        for _ in 0..<20 {
            _ = try visitor.get("threats")
            visitor.pass(.milliseconds(100))
        }
        visitor.pass(.seconds(20))
        for _ in 0..<5 {
            _ = try visitor.get("agents")
            _ = try visitor.get("threats")
        }
        visitor.pass(.seconds(1))
        let told = try visitor.control("GET", "/calls").root
        #expect((told["operations"] as? [String: Int]) == ["threats": 25, "agents": 5])
        let threats = (told["prefixes"] as? [String: [String: Any]])?["/threats"] as? [String: Int]
        #expect(threats?["last10s"] == 5)
        #expect(threats?["last60s"] == 25)
        #expect(threats?["highest10s"] == 20)
    }

    @Test("no token is in any answer of the control side, whatever is asked")
    func canary() throws {
        var visitor = Visitor()
        let first = visitor.console.tokens.map { $0.token.reveal() }
        var told = ""
        let text = try #require(visitor.console.token(of: "soc")).reveal()
        _ = try visitor.get("user", token: visitor.console.token(of: "admin"))
        for (method, path, body) in [
            ("GET", "/", ""), ("GET", "/effects", ""), ("GET", "/fleet", ""), ("GET", "/truth", ""),
            ("GET", "/calls", ""), ("GET", "/tokens", ""), ("GET", "/faults", ""), ("GET", "/nowhere", ""),
            ("POST", "/tokens", #"{"do":"rotate","token":"ir-team"}"#),
            ("POST", "/tokens", #"{"do":"revoke","token":"viewer"}"#),
            ("POST", "/tokens", #"{"do":"rotate","token":"nobody"}"#), ("GET", "/stories", ""),
            ("GET", "/tokens", ""),
        ] {
            let answer = visitor.console.controlAnswer(
                ServedRequest(method: method, path: path, body: Bytes(body)), at: visitor.now)
            told += answer.body.text ?? ""
        }
        for (method, path, _) in SimulatedConsole.operations where method == "GET" {
            let request = ServedRequest(
                method: method, path: "/web/api/v2.1\(path)", headers: [("Authorization", "ApiToken \(text)")])
            if case .answer(let answer) = visitor.console.answer(request, at: visitor.now).outcome {
                told += answer.body.text ?? ""
            }
        }
        #expect(told.count > 10_000)
        for token in first + visitor.console.tokens.map({ $0.token.reveal() }) { #expect(!told.contains(token)) }
    }

    @Test("what a simulation's time is moved by, happens")
    func clock() throws {
        var visitor = Visitor { $0.isClockMovable = true }
        #expect(try visitor.get("threats").total == 0)
        let moved = try visitor.control("POST", "/clock", #"{"advance":"1m"}"#)
        #expect(moved.root["now"] as? String == (visitor.now + .seconds(60)).description)
        #expect(try visitor.get("threats").total == 30)
        visitor.pass(.seconds(2))
        #expect(try visitor.get("threats").total == 31)
        for body in ["", "{}", #"{"advance":"-1m"}"#, #"{"advance":7}"#, #"{"advnace":"1m"}"#] {
            #expect(try visitor.control("POST", "/clock", body).status == 400)
        }
        var fixed = Visitor()
        let refused = try fixed.control("POST", "/clock", #"{"advance":"1m"}"#)
        #expect(refused.status == 400)
        #expect((refused.root["error"] as? String)?.contains("--time-scale") == true)
    }

    @Test("the control side tells what it offers, and what was probably meant")
    func overview() throws {
        var visitor = Visitor()
        let offers = try visitor.control("GET", "/").root["offers"] as? [[String: String]] ?? []
        #expect(offers.count >= 12)
        #expect(offers.allSatisfy { $0["says"]?.isEmpty == false })
        for offer in offers where offer["call"]?.hasPrefix("GET") == true {
            let path = (offer["call"] ?? "").dropFirst(4)
            let filled = path == "/truth/" ? "/truth/threats" : String(path)
            #expect(try visitor.control("GET", filled).status == 200, "\(path)")
        }
        let wrong = try visitor.control("GET", "/efects").root["error"] as? String
        #expect(wrong?.contains("did you mean GET /effects?") == true)
    }

    @Test("people move, re-image, switch off and bring back endpoints, and burst detections come in one microsecond")
    func deeds() throws {
        var visitor = Visitor { $0.maximumThreats = 0 }
        let agent = try #require(try visitor.get("agents", [("limit", "1")]).rows.first)
        let others = try visitor.get("agents", [("limit", "100")]).rows
        let site = try #require(others.first { $0.text("siteId") != agent.text("siteId") }?.text("siteId"))
        visitor.pass(.seconds(1))
        func agentNow() throws -> Document.Row {
            try #require(
                try visitor.get("agents", [("ids", agent.id), ("isDecommissioned", "true,false")]).rows.first)
        }
        for (deed, more) in [
            ("move", #","siteId":"\#(site)""#), ("reimage", ""), ("rename", #","as":"\#(others[1].id)""#),
            ("offline", ""), ("online", ""),
            ("decommission", ""), ("recommission", ""),
        ] {
            let order = #"{"do":"\#(deed)","agentId":"\#(agent.id)"\#(more)}"#
            #expect(try visitor.control("POST", "/people", order).root["affected"] as? Int == 1, "\(deed)")
            let row = try agentNow()
            #expect(row.text("updatedAt") == visitor.now.description, "\(deed)")
            switch deed {
            case "move": #expect(row.text("siteId") == site)
            case "reimage": #expect(row.text("uuid") != agent.text("uuid"))
            case "rename":
                #expect(row.text("computerName") == others[1].text("computerName"))
                #expect(try visitor.get("agents", [("computerName", others[1].text("computerName") ?? "")]).total == 2)
            case "offline": #expect(row.members["isActive"] as? Bool == false)
            case "online": #expect(row.members["isActive"] as? Bool == true)
            case "decommission": #expect(row.members["isDecommissioned"] as? Bool == true)
            default: #expect(row.members["isDecommissioned"] as? Bool == false)
            }
            visitor.pass(.seconds(1))
        }
        #expect(try visitor.control("POST", "/people", #"{"do":"detect","count":25}"#).root["affected"] as? Int == 25)
        let burst = try visitor.walk("threats", [("limit", "10"), ("sortBy", "updatedAt")])
        #expect(Set(burst.map(\.id)).count == 25)
        #expect(Set(burst.map { $0.text("threatInfo", "updatedAt") }).count == 1)
        let threat = try #require(burst.first?.id)
        visitor.pass(.seconds(1))
        try visitor.control("POST", "/people", #"{"do":"status","threatId":"\#(threat)","incidentStatus":"resolved"}"#)
        try visitor.control("POST", "/people", #"{"do":"reopen","threatId":"\#(threat)"}"#)
        let reopened = try #require(try visitor.get("threats", [("ids", threat)]).rows.first)
        #expect(reopened.text("threatInfo", "incidentStatus") == "unresolved")
        try visitor.control("POST", "/people", #"{"do":"note","threatId":"\#(threat)","text":"seen <before>"}"#)
        #expect(try visitor.get("threats/\(threat)/notes").rows.map { $0.text("text") } == ["seen <before>"])
        let wrong = try visitor.control("POST", "/people", #"{"do":"isolat"}"#)
        #expect((wrong.root["error"] as? String)?.contains("did you mean isolate?") == true)
    }

    @Test("the page for people shows no token, loads nothing, and takes no text for markup")
    func page() throws {
        var visitor = Visitor()
        _ = try visitor.get("threats")
        let answer = visitor.console.statusPage(
            origin: "http://127.0.0.1:1", directory: #"/tmp/<script>alert("x")</script>&'"#, at: visitor.now)
        let text = try #require(answer.body.text)
        #expect(text.contains("/tmp/&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;/viewer.token"))
        #expect(!text.contains("<script"))
        #expect(!text.contains("src=") && !text.contains("href=") && !text.contains("url("))
        #expect(answer.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
        for (_, token) in visitor.console.tokens { #expect(!text.contains(token.reveal())) }
        #expect(visitor.console.statusLine(at: visitor.now).contains("threats 0"))
    }
}
