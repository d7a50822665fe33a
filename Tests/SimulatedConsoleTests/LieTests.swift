import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("Lies about data at the simulated console")
struct LieTests {
    private func text(_ kind: String, _ more: String = "", on route: String = "threats") throws -> [UInt8] {
        var visitor = Visitor()
        visitor.pass(.seconds(2))
        let order = #"{"route":"\#(route)","kind":"\#(kind)"\#(more)}"#
        let taken = try visitor.control("POST", "/faults", order)
        #expect(taken.status == 200, "\(taken.root)")
        guard case .answer(let answer) = visitor.reply("GET", route, [("limit", "1")]).outcome else {
            throw Document.Lost()
        }
        return answer.body.array
    }

    private func row(_ kind: String, _ more: String = "", on route: String = "threats") throws -> [String: Any] {
        let data = Data(try text(kind, more, on: route))
        let root = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return try #require((root?["data"] as? [[String: Any]])?.first)
    }

    private func info(_ row: [String: Any]) -> [String: Any] { row["threatInfo"] as? [String: Any] ?? [:] }

    @Test("a member may be null, missing, of another type, or one too many")
    func members() throws {
        let field = #","field":"threatInfo.threatName""#
        #expect(info(try row("field-null", field))["threatName"] is NSNull)
        #expect(info(try row("field-missing", field))["threatName"] == nil)
        #expect(info(try row("field-missing", field))["createdAt"] is String)
        #expect(info(try row("field-retyped", field))["threatName"] as? Int == 42)
        #expect(try row("field-retyped", #","field":"threatInfo""#)["threatInfo"] is [Any])
        #expect(try row("field-extra")["simulatedExtra"] is [String: Any])
        #expect(info(try row("field-null", #","field":"threatName""#))["threatName"] is NSNull)
    }

    @Test("ids come as numbers past 2^53, and flags as words")
    func spellings() throws {
        let numbers = String(decoding: try text("numeric-ids"), as: UTF8.self)
        #expect(numbers.contains(/"id":\d{17,19}[,}]/))
        #expect(numbers.contains(/"agentId":\d{17,19}[,}]/))
        let flags = String(decoding: try text("text-flags", on: "agents"), as: UTF8.self)
        #expect(flags.contains(#""isDecommissioned":"False""#))
        #expect(!flags.contains(":false"))
    }

    @Test("addresses come several in one text")
    func addresses() throws {
        let text = String(decoding: try text("joined-addresses", on: "agents"), as: UTF8.self)
        #expect(text.contains(/"externalIp":"[0-9.]+,192\.0\.2\.77"/))
    }

    @Test("times lie at the epoch, in the far future, and before what was shown")
    func times() throws {
        #expect(info(try row("time-1970"))["updatedAt"] as? String == "1970-01-01T00:00:00Z")
        #expect((info(try row("time-far-future"))["updatedAt"] as? String)?.hasPrefix("2185-") == true)
        let backwards = info(try row("time-backwards"))
        let (updated, created) = (backwards["updatedAt"] as? String, backwards["createdAt"] as? String)
        #expect(try #require(updated) < #require(created))
    }

    @Test("texts hold what is no text")
    func texts() throws {
        let field = #","field":"threatInfo.threatName""#
        let broken = try text("invalid-utf8", field)
        #expect(String(validating: broken, as: UTF8.self) == nil)
        #expect(broken.contains(0xff))
        #expect(String(decoding: try text("lone-surrogate", field), as: UTF8.self).contains(#"\ud83d""#))
        #expect(info(try row("nul", field))["threatName"] as? String == "a\0b")
        #expect(info(try row("unknown-value", field))["threatName"] as? String == "simulated_unheard_of")
        #expect(try text("long-text", field).count > 10 << 20)
        #expect(try text("long-text", field + #","bytes":1000"#).count < 20_000)
        let deep = String(decoding: try text("deep-nesting", field), as: UTF8.self)
        #expect(deep.contains(String(repeating: "[", count: 10_000)))
        let twice = String(decoding: try text("duplicate-key", field), as: UTF8.self)
        #expect(twice.contains(/"threatName":"[^"]*","threatName":"another"/))
    }

    @Test("the same id comes twice with another version, or not at all")
    func rows() throws {
        var visitor = Visitor()
        visitor.pass(.seconds(20))
        try visitor.control("POST", "/faults", #"{"route":"threats","kind":"duplicate-row"}"#)
        let twice = try visitor.get("threats", [("limit", "5")]).rows
        #expect(twice.count == 10)
        #expect(twice[0].id == twice[1].id)
        #expect(twice[0].text("threatInfo", "updatedAt") != twice[1].text("threatInfo", "updatedAt"))
        try visitor.control("POST", "/faults", #"{"route":"threats","kind":"withheld-row","rows":50}"#)
        let some = try visitor.get("threats", [("limit", "10")]).rows
        #expect((1...9).contains(some.count))
        let shown = try visitor.control("GET", "/truth/threats").root["shown"] as? [String: Any] ?? [:]
        #expect(Set(shown.keys) == Set((twice + some).map(\.id)), "what was withheld was not shown")
        #expect(try visitor.get("threats", [("limit", "10")]).rows.count == 10)
    }

    @Test(
        "a cursor loops, is foreign, or ends the walk in one of its ways",
        arguments: [
            "cursor-loop", "cursor-foreign", "cursor-null", "cursor-empty", "cursor-null-text", "no-pagination",
        ])
    func cursors(kind: String) throws {
        var visitor = Visitor()
        let first = try visitor.get("agents", [("limit", "5")])
        let cursor = try #require(first.nextCursor)
        try visitor.control("POST", "/faults", #"{"route":"agents","kind":"\#(kind)"}"#)
        let page = try visitor.get("agents", [("limit", "5"), ("cursor", cursor)])
        #expect(page.rows.count == 5)
        let pagination = page.root["pagination"] as? [String: Any]
        switch kind {
        case "cursor-loop": #expect(page.nextCursor == cursor)
        case "cursor-foreign":
            let foreign = try #require(page.nextCursor)
            #expect(try visitor.get("agents", [("limit", "5"), ("cursor", foreign)]).status == 400)
        case "cursor-null": #expect(pagination?["nextCursor"] is NSNull)
        case "cursor-empty": #expect(page.nextCursor == "")
        case "cursor-null-text": #expect(page.nextCursor == "null")
        default: #expect(pagination == nil)
        }
    }

    @Test("rows move while they are paged")
    func shift() throws {
        var visitor = Visitor { $0.agents = 60 }
        visitor.pass(.seconds(1))
        try visitor.control("POST", "/faults", #"{"route":"agents","kind":"page-shift","count":3,"times":100}"#)
        let rows = try visitor.walk("agents", [("limit", "5"), ("sortBy", "updatedAt")])
        #expect(Set(rows.map(\.id)).count == 60, "nothing is lost to whoever sorts by time")
        #expect(rows.count > 60, "and something is seen again")
    }

    @Test("several lies at once are told together")
    func several() throws {
        var visitor = Visitor()
        visitor.pass(.seconds(2))
        try visitor.control("POST", "/faults", #"{"route":"*","kind":"field-extra"}"#)
        try visitor.control("POST", "/faults", #"{"route":"threats","kind":"numeric-ids"}"#)
        let root = try visitor.get("threats").root["data"] as? [[String: Any]]
        #expect(root?.first?["simulatedExtra"] != nil)
        #expect(root?.first?["id"] is NSNumber)
    }
}
