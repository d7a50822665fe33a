import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("What the simulated console tells of one thing")
struct ContextTests {
    @Test("events are filtered by kind, by id and by process")
    func filters() throws {
        var visitor = Visitor.after(.outbreak)
        let threat = try #require(try visitor.threats().first)
        let path = "threats/\(threat.id)/explore/events"
        let all = try visitor.events(of: threat)
        for (name, value, field) in [
            ("eventTypes", "dns", "objectType"), ("eventSubTypes", "PROCESSCREATION", "eventType"),
            ("eventId", all[3].id, "id"),
        ] {
            let rows = try visitor.walk(path, [(name, value), ("limit", "1000")])
            #expect(!rows.isEmpty && rows.count < all.count)
            #expect(rows.allSatisfy { $0.text(field) == value })
        }
        let culprit = try #require(all.first { $0.flag("processIsMalicious") == true }?.text("processName"))
        let some = try visitor.walk(path, [("processName__like", culprit.uppercased()), ("limit", "1000")])
        #expect(!some.isEmpty && some.count < all.count)
        #expect(try visitor.get(path, [("eventTypes", "moons")]).status == 400)
    }

    @Test("events are paged by cursor and by a skip that reaches far")
    func paging() throws {
        var visitor = Visitor.after(.outbreak)
        let threat = try #require(try visitor.threats().first)
        let path = "threats/\(threat.id)/explore/events"
        let all = try visitor.events(of: threat)
        let slow = try visitor.walk(path, [("limit", "7"), ("sortBy", "createdAt")])
        #expect(slow.map(\.id) == all.map(\.id))
        let names = try visitor.walk(path, [("limit", "9"), ("sortBy", "processName"), ("sortOrder", "desc")])
        #expect(Set(names.map(\.id)) == Set(all.map(\.id)))
        let skipped = try visitor.get(path, [("skip", "\(all.count - 2)"), ("sortBy", "createdAt")])
        #expect(skipped.rows.map(\.id) == all.suffix(2).map(\.id))
        #expect(try visitor.get(path, [("skip", "1000000")]).rows.isEmpty)
        #expect(try visitor.get(path, [("skip", "1000001")]).status == 400)
    }

    @Test("a timeline holds what was noted about its threat, and can be searched")
    func timeline() throws {
        var visitor = Visitor.after(.maldoc)
        let threat = try #require(try visitor.threats().first)
        let path = "threats/\(threat.id)/timeline"
        let rows = try visitor.walk(path, [("limit", "3"), ("sortBy", "createdAt")])
        let noted = try visitor.walk("activities", [("threatIds", threat.id), ("limit", "1000")])
        #expect(Set(rows.map(\.id)) == Set(noted.map(\.id)))
        #expect(rows.allSatisfy { $0.members["accountName"] == nil })
        #expect(try visitor.get(path, [("activityTypes", "2030")]).rows.count == 1)
        #expect(try visitor.get(path, [("query", "analyst VERDICT")]).rows.count == 1)
    }

    @Test("notes are told with who wrote them")
    func notes() throws {
        var visitor = Visitor.after(.maldoc)
        let threat = try #require(try visitor.threats().first)
        let note = try #require(try visitor.get("threats/\(threat.id)/notes").rows.first)
        #expect((note.text("text") ?? "").count > 10)
        #expect(note.text("creator") != nil && note.text("creatorId") != nil)
        #expect(note.flag("edited") == false)
    }

    @Test(
        "a threat that nobody knows has no context",
        arguments: ["explore/events", "timeline", "notes", "whitening-options"])
    func unknown(path: String) throws {
        var visitor = Visitor()
        #expect(try visitor.get("threats/1900000000000000000/\(path)").status == 404)
        #expect(try visitor.get("threats/moon/\(path)").status == 404)
    }

    @Test("the reputation service knows what was detected, and says so of nothing else")
    func hashes() throws {
        var visitor = Visitor.after(.outbreak)
        let threat = try #require(try visitor.threats().first)
        let hash = try #require(threat.text("threatInfo", "sha1"))
        #expect(try visitor.get("hashes/\(hash)/verdict").data.text("verdict") == "black")
        let other = String(repeating: "ab", count: 20)
        #expect(try visitor.get("hashes/\(other)/verdict").data.text("verdict") == "undefined")
        #expect(try visitor.get("hashes/moon/verdict").status == 400)
        #expect(try visitor.get("hashes/\(hash)/reputation").status == 404)
        #expect(try visitor.get("hashes/\(hash)/classification").status == 404)
        var older = Visitor.after(.outbreak) { $0.hasHashReputation = true }
        #expect(try older.get("hashes/\(hash)/reputation").data.text("rank") == "9")
        #expect(try older.get("hashes/\(hash)/classification").data.text("classification") == "Ransomware")
        #expect(try older.get("hashes/\(other)/classification").status == 404)
    }

    @Test("scheduled rules are shown to those only who know of them")
    func rules() throws {
        var visitor = Visitor.after(.murmur)
        let legacy = try visitor.walk("cloud-detection/rules", [("limit", "5")])
        #expect(legacy.count == 12)
        #expect(try visitor.get("cloud-detection/rules", [("isLegacy", "true"), ("limit", "50")]).rows.count == 12)
        #expect(try visitor.get("cloud-detection/rules", [("isLegacy", "false"), ("limit", "50")]).rows.count == 13)
        #expect(legacy.contains { ($0.number("generatedAlerts") ?? 0) > 0 })
    }

    @Test("every kind of activity has a name and a sentence of its own")
    func types() throws {
        var visitor = Visitor()
        let rows = try visitor.get("activities/types").rows
        #expect(Set(rows.compactMap { $0.number("id") }).count == rows.count)
        #expect(Set(rows.compactMap { $0.text("descriptionTemplate") }).count == rows.count)
        #expect(rows.allSatisfy { $0.text("action")?.isEmpty == false })
    }

    @Test("programs of endpoints are told, running ones never")
    func endpoints() throws {
        var visitor = Visitor()
        let agent = try visitor.firstAgent()
        #expect(try visitor.get("agents/processes", [("ids", agent)]).root["data"] as? [Int] == [])
        #expect(try visitor.get("agents/applications", [("ids", agent)]).rows.isEmpty == false)
        #expect(try visitor.get("agents/applications").status == 400)
    }
}
