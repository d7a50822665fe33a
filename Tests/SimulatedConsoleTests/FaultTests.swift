import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("What goes wrong on demand at the simulated console")
struct FaultTests {
    private func visitor(_ faults: String...) throws -> Visitor {
        var visitor = Visitor()
        visitor.pass(.seconds(30))
        for fault in faults { #expect(try visitor.control("POST", "/faults", fault).status == 200) }
        return visitor
    }

    private func answer(_ visitor: inout Visitor, _ path: String = "threats") throws -> HTTPAnswer {
        guard case .answer(let answer) = visitor.reply("GET", path).outcome else { throw Document.Lost() }
        return answer
    }

    @Test(
        "429 comes with, without and with an odd Retry-After, as JSON and as HTML",
        arguments: [nil, "7", "Fri, 20 Nov 2026 10:15:31 GMT", "soon", "-5", "99999999999999999999"],
        ["json", "html", "text", "empty"])
    func tooMany(retryAfter: String?, body: String) throws {
        let more = retryAfter.map { #","retryAfter":"\#($0)""# } ?? ""
        var visitor = try visitor(#"{"route":"threats","kind":"rate-limited","body":"\#(body)"\#(more)}"#)
        let refused = try answer(&visitor)
        #expect(refused.status == 429)
        #expect(refused.header("Retry-After") == retryAfter)
        switch body {
        case "json": #expect(try Document(refused).errorCode == 4_290_010)
        case "html": #expect(refused.body.text?.contains("<html>") == true)
        case "text": #expect(refused.header("Content-Type")?.hasPrefix("text/plain") == true)
        default: #expect(refused.body.isEmpty)
        }
        #expect(try answer(&visitor).status == 200)
    }

    @Test("a page of a proxy or of a login stands in the place of an answer", arguments: [502, 200])
    func html(status: Int) throws {
        let sheet = status == 200 ? "login" : "html"
        var visitor = try visitor(#"{"route":"*","kind":"status","status":\#(status),"body":"\#(sheet)"}"#)
        let page = try answer(&visitor, "agents")
        #expect(page.status == status)
        #expect(page.header("Content-Type")?.hasPrefix("text/html") == true)
        #expect(page.body.text?.contains(status == 200 ? "password" : "502") == true)
    }

    @Test(
        "403 says whether permission, scope or licence is missing",
        arguments: [("permission", "required permissions"), ("scope", "scope level"), ("licence", "not available")])
    func forbidden(reason: String, text: String) throws {
        var visitor = try visitor(#"{"route":"threats","kind":"forbidden","reason":"\#(reason)"}"#)
        let refused = try visitor.get("threats")
        #expect(refused.status == 403)
        #expect(refused.detail?.contains(text) == true)
    }

    @Test("a fault may be for one verb or one permission only")
    func narrow() throws {
        var visitor = try visitor(
            #"{"route":"*","method":"POST","kind":"forbidden"}"#,
            #"{"route":"*","permission":"Endpoints.view","kind":"status","status":503}"#)
        #expect(try visitor.get("threats").status == 200)
        let agents = try visitor.get("agents")
        #expect(agents.status == 503)
        let agent = try visitor.firstAgent()
        #expect(try visitor.act("disconnect", #"{"ids":["\#(agent)"]}"#).status == 403)
        #expect(try visitor.act("disconnect", #"{"ids":["\#(agent)"]}"#).affected == 1)
    }

    @Test("where 403 is due comes 401, and what is allowed stays allowed")
    func unauthorizedForForbidden() throws {
        var visitor = try visitor(#"{"route":"*","kind":"401-for-403","times":2}"#)
        #expect(try visitor.act("disconnect", "{}", token: visitor.console.viewerToken).status == 401)
        #expect(try visitor.get("threats").status == 200)
        #expect(try visitor.act("disconnect", "{}", token: visitor.console.viewerToken).status == 403)
    }

    @Test("a redirect names another host and shows nothing")
    func redirect() throws {
        var visitor = try visitor(
            #"{"route":"threats","kind":"redirect","status":307,"location":"https://other.example/x"}"#)
        let moved = try answer(&visitor)
        #expect(moved.status == 307)
        #expect(moved.header("Location") == "https://other.example/x")
        #expect(moved.body.isEmpty)
    }

    @Test("errors may stand beside the data, and beside nothing")
    func errors() throws {
        var visitor = try visitor(
            #"{"route":"threats","kind":"errors-beside"}"#, #"{"route":"threats","kind":"status","status":200}"#)
        let beside = try visitor.get("threats")
        #expect(beside.status == 200)
        #expect(!beside.rows.isEmpty)
        #expect(beside.errorCode == 5_000_010)
        let alone = try visitor.get("threats")
        #expect(alone.status == 200)
        #expect(alone.rows.isEmpty)
        #expect(alone.errorCode != nil)
    }

    @Test("another number than that of the changed endpoints may be told, or none")
    func affected() throws {
        var visitor = try visitor(
            #"{"route":"agents/actions/disconnect","kind":"affected","count":2}"#,
            #"{"route":"agents/actions/connect","kind":"affected-missing"}"#)
        let filter = #"{"ids":["\#(try visitor.firstAgent())"]}"#
        #expect(try visitor.act("disconnect", filter).affected == 2)
        let missing = try visitor.act("connect", filter)
        #expect(missing.status == 200)
        #expect(missing.root["data"] is [String: Any])
        #expect(missing.affected == nil)
        #expect(try visitor.control("GET", "/effects").effects.map { $0.members["affected"] as? Int } == [1, 1])
    }

    @Test("an answer may be cut, dripped, misstated, emptied and replaced by noise")
    func damage() throws {
        var visitor = try visitor(
            #"{"route":"threats","kind":"cut-body","bytes":100}"#,
            #"{"route":"threats","kind":"slow-drip","bytes":7,"delayMilliseconds":20}"#,
            #"{"route":"threats","kind":"wrong-length","bytes":-3}"#, #"{"route":"threats","kind":"empty-body"}"#,
            #"{"route":"threats","kind":"garbage"}"#)
        let whole = try visitor.get("agents").answer.body.count
        guard case .cut(let cut, after: 100) = visitor.reply("GET", "threats").outcome else {
            Issue.record("not cut")
            return
        }
        #expect(cut.body.count > 100)
        guard case .drip(_, bytes: 7, every: .milliseconds(20)) = visitor.reply("GET", "threats").outcome else {
            Issue.record("not dripped")
            return
        }
        guard case .misstated(let misstated, let length) = visitor.reply("GET", "threats").outcome else {
            Issue.record("not misstated")
            return
        }
        #expect(length == misstated.body.count - 3)
        let empty = try answer(&visitor)
        #expect(empty.status == 200)
        #expect(empty.body.isEmpty)
        guard case .raw(let noise) = visitor.reply("GET", "threats").outcome else {
            Issue.record("no noise")
            return
        }
        #expect(!noise.isEmpty)
        #expect(try visitor.get("agents").answer.body.count == whole)
    }

    @Test(
        "a gzip bomb is small, says how large it becomes, and has the right check sum", arguments: [1, 258, 1_000_000])
    func bomb(size: Int) throws {
        var visitor = try visitor(#"{"route":"threats","kind":"gzip-bomb","bytes":\#(size)}"#)
        let bomb = try answer(&visitor)
        #expect(bomb.header("Content-Encoding") == "gzip")
        let bytes = bomb.body.array
        #expect(bytes.prefix(3) == [0x1f, 0x8b, 8])
        #expect(bytes.count < 600 + size / 100)
        let length = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(length == size)
        var checksum: UInt32 = 0xffff_ffff
        for _ in 0..<size {
            for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xedb8_8320 : checksum >> 1 }
        }
        let told = bytes.suffix(8).prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        #expect(told == ~checksum)
    }

    @Test("a cursor expires, and a request without one is answered")
    func expiredCursor() throws {
        var visitor = try visitor(#"{"route":"agents","kind":"expired-cursor","times":3}"#)
        let first = try visitor.get("agents", [("limit", "5")])
        let cursor = try #require(first.nextCursor)
        let expired = try visitor.get("agents", [("limit", "5"), ("cursor", cursor)])
        #expect(expired.status == 400)
        #expect(expired.detail?.contains("expired") == true)
        try visitor.control("DELETE", "/faults")
        #expect(try visitor.get("agents", [("limit", "5"), ("cursor", cursor)]).status == 200)
    }

    @Test("a fault strikes every nth call, within its time, and by its share")
    func schedule() throws {
        var visitor = Visitor()
        try visitor.control("POST", "/faults", #"{"route":"threats","kind":"status","every":3}"#)
        var statuses: [Int] = []
        for _ in 0..<9 { statuses.append(try visitor.get("threats").status) }
        #expect(statuses == [200, 200, 500, 200, 200, 500, 200, 200, 500])
        try visitor.control("DELETE", "/faults")
        try visitor.control(
            "POST", "/faults",
            #"{"route":"threats","kind":"status","from":"10s","until":"\#(visitor.now + .seconds(20))"}"#)
        statuses = []
        for _ in 0..<4 {
            statuses.append(try visitor.get("threats").status)
            visitor.pass(.seconds(9))
        }
        #expect(statuses == [200, 200, 500, 200])
        try visitor.control("DELETE", "/faults")
        try visitor.control("POST", "/faults", #"{"route":"threats","kind":"status","percent":30}"#)
        var failed = 0
        for _ in 0..<300 where try visitor.get("threats").status == 500 { failed += 1 }
        #expect((50...130).contains(failed))
        let waiting = try visitor.control("GET", "/faults").root["faults"] as? [[String: Any]]
        #expect(waiting?.first?["met"] as? Int == 300)
    }

    @Test(
        "a wrong fault is refused with everything that is wrong with it, and what was probably meant",
        arguments: [
            (#"{"kind":"slow"}"#, "route"), (#"{"route":"threats"}"#, "kind"),
            (#"{"route":"threat","kind":"slow"}"#, "did you mean threats?"),
            (#"{"route":"threats","kind":"slwo"}"#, "did you mean slow?"),
            (#"{"route":"threats","kind":"slow","tiems":1}"#, "did you mean \"times\"?"),
            (#"{"route":"threats","kind":"slow","times":0}"#, "times: expected a whole number from 1"),
            (#"{"route":"threats","kind":"slow","percent":101}"#, "percent"),
            (#"{"route":"threats","kind":"slow","every":"often"}"#, "every"),
            (#"{"route":"threats","kind":"slow","from":"yesterday"}"#, "ISO 8601"),
            (#"{"route":"threats","kind":"slow","from":"9m","until":"5m"}"#, "ends before it begins"),
            (#"{"route":"threats","kind":"status","body":"pdf"}"#, "one of json, html, login, text, empty"),
            (#"{"route":"threats","kind":"forbidden","reason":"mood"}"#, "permission, scope, licence"),
            (#"{"route":"threats","kind":"long-text"}"#, "field: missing"),
            (#"{"route":"threats","kind":"slow","permission":"Moon.view"}"#, "permission"),
            (#"{"route":"threats","kind":"slow","method":"PATCH"}"#, "method"),
            (#"{"route":"threats","kind":"slow","location":"x"}"#, "unknown key"),
            (#"{"route":"threats","kind":"redirect","status":500}"#, "from 300 to 399"),
        ])
    func wrongFault(body: String, sentence: String) throws {
        var visitor = Visitor()
        let refused = try visitor.control("POST", "/faults", body)
        #expect(refused.status == 400)
        let error = try #require(refused.root["error"] as? String)
        #expect(error.contains(sentence), "\(error)")
        #expect(try visitor.control("GET", "/faults").root["waiting"] as? Int == 0)
    }

    @Test("published rates are enforced where the settings say so, and counted where they do not")
    func rates() throws {
        var open = Visitor()
        for _ in 0..<60 { #expect(try open.get("threats").status == 200) }
        #expect(try over("/threats", &open) == 10)

        var strict = Visitor { $0.rateLimits = RateLimitAnswer() }
        for _ in 0..<50 { #expect(try strict.get("threats").status == 200) }
        let refused = try strict.get("threats")
        #expect(refused.status == 429)
        #expect(refused.answer.header("Retry-After") == "1")
        #expect(try strict.get("threats", token: strict.console.responderToken).status == 200, "each token has its own")
        strict.pass(.milliseconds(100))
        #expect(try strict.get("threats").status == 200)
        #expect(try strict.get("threats").status == 429)
        #expect(try strict.get("agents").status == 200)
        #expect(try strict.get("agents").status == 429)
        #expect(try over("/threats", &strict) == 2)

        var odd = Visitor {
            var form = RateLimitAnswer()
            form.retryAfter = "none"
            form.body = .html
            $0.rateLimits = form
        }
        _ = odd.reply("GET", "agents")
        let page = try answer(&odd, "agents")
        #expect(page.status == 429)
        #expect(page.header("Retry-After") == nil)
        #expect(page.body.text?.contains("<html>") == true)
    }

    private func over(_ prefix: String, _ visitor: inout Visitor) throws -> Int? {
        let prefixes = try visitor.control("GET", "/calls").root["prefixes"] as? [String: [String: Any]]
        return prefixes?[prefix]?["overLimit"] as? Int
    }
}
