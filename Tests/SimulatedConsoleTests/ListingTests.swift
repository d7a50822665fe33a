import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("What the simulated console lists")
struct ListingTests {
    @Test(
        "a walk by cursor brings every row once and in order, ties included",
        arguments: ["updatedAt", "createdAt", "id"], ["asc", "desc"])
    func walk(field: String, order: String) throws {
        var visitor = Visitor { $0.agents = 97 }
        for limit in ["1", "7", "1000"] {
            let query = [(name: "sortBy", value: field), ("sortOrder", order), ("limit", limit)]
            let rows = try visitor.walk("agents", query)
            #expect(Set(rows.map(\.id)).count == 97)
            #expect(rows.count == 97)
            let places = rows.map { [$0.text(field) ?? "", $0.id] }
            let sorted = places.sorted {
                order == "asc" ? $0.lexicographicallyPrecedes($1) : $1.lexicographicallyPrecedes($0)
            }
            #expect(places == sorted)
        }
        let times = try visitor.walk("agents", [("limit", "1000")]).map { $0.text("updatedAt") }
        #expect(Set(times).count < times.count, "without ties this test shows nothing")
    }

    @Test("detections come one per interval, up to the maximum, and are pollable by time")
    func trickle() throws {
        var visitor = Visitor { $0.maximumThreats = 50 }
        #expect(try visitor.get("threats").total == 0)
        visitor.pass(.seconds(20))
        let first = try visitor.get("threats", [("sortBy", "updatedAt"), ("limit", "1000")])
        #expect(first.total == 10)
        let last = try #require(first.rows.last?.text("threatInfo", "updatedAt"))
        visitor.pass(.seconds(4))
        let query = [(name: "sortBy", value: "updatedAt"), ("limit", "1000")]
        #expect(try visitor.get("threats", query + [("updatedAt__gte", last)]).rows.count == 3)
        #expect(try visitor.get("threats", query + [("updatedAt__gt", last)]).rows.count == 2)
        #expect(try visitor.get("threats", query + [("updatedAt__lt", last)]).rows.count == 9)
        #expect(try visitor.get("threats", query + [("createdAt__lte", last)]).rows.count == 10)
        visitor.pass(.seconds(86_400))
        let all = try visitor.get("threats", [("limit", "1000")])
        #expect(all.rows.count == 50)
        #expect(Set(all.rows.map { $0.text("threatInfo", "confidenceLevel") }) == ["malicious", "suspicious", "n/a"])
    }

    @Test("filters by id, endpoint and scope agree with the rows they select")
    func filters() throws {
        var visitor = Visitor()
        visitor.pass(.seconds(400))
        let all = try visitor.get("threats", [("limit", "1000")]).rows
        let agent = try #require(all.first?.text("agentRealtimeInfo", "agentId"))
        let site = try #require(all.first?.text("agentRealtimeInfo", "siteId"))
        let ofAgent = all.filter { $0.text("agentRealtimeInfo", "agentId") == agent }.map(\.id)
        let ofSite = all.filter { $0.text("agentRealtimeInfo", "siteId") == site }.map(\.id)
        #expect(try visitor.get("threats", [("agentIds", agent), ("limit", "1000")]).rows.map(\.id) == ofAgent)
        #expect(try visitor.get("threats", [("siteIds", site), ("limit", "1000")]).rows.map(\.id) == ofSite)
        let pair = all.prefix(2).map(\.id).joined(separator: ",")
        #expect(try visitor.get("threats", [("ids", pair)]).total == 2)
        #expect(try visitor.get("agents", [("ids", agent)]).rows.map(\.id) == [agent])
        let about = try visitor.get(
            "activities", [("agentIds", agent), ("activityTypes", "18,19,4003"), ("limit", "1000")])
        #expect(about.rows.count == ofAgent.count)
    }

    @Test("counting, skipping and the default limit do what they say")
    func counts() throws {
        var visitor = Visitor { $0.agents = 30 }
        #expect(try visitor.get("agents").rows.count == 10)
        let counted = try visitor.get("agents", [("countOnly", "true")])
        #expect(counted.rows.isEmpty && counted.total == 30)
        #expect(try visitor.get("agents", [("skipCount", "true")]).total == 0)
        #expect(try visitor.get("agents", [("skip", "28")]).rows.count == 2)
    }

    @Test(
        "a wrong request is refused with a sentence that names what is wrong",
        arguments: [
            ("threats", "limit", "1001", 400), ("threats", "limit", "0", 400), ("threats", "limit", "many", 400),
            ("agents", "ids", "12", 400), ("threats", "updatedAt__gte", "yesterday", 400),
            ("threats", "sortBy", "name", 400), ("threats", "sortOrder", "up", 400), ("threats", "cursor", "e30=", 400),
            ("activities", "activityTypes", "99999", 400), ("agents", "isDecommissioned", "perhaps", 400),
            ("agents", "networkStatuses", "gone", 400), ("threats", "moonPhase", "full", 501),
            ("activities", "updatedAt__gte", "2026-01-01T00:00:00Z", 501),
        ])
    func refused(path: String, name: String, value: String, status: Int) throws {
        var visitor = Visitor()
        let answer = try visitor.get(path, [(name, value)])
        #expect(answer.status == status)
        #expect(answer.detail?.contains(name) == true)
    }

    @Test("a cursor with other parameters is refused")
    func foreignCursor() throws {
        var visitor = Visitor()
        let cursor = try #require(try visitor.get("agents", [("limit", "5")]).nextCursor)
        #expect(try visitor.get("agents", [("limit", "5"), ("cursor", cursor)]).status == 200)
        #expect(try visitor.get("agents", [("limit", "6"), ("cursor", cursor)]).status == 400)
        let sorted = try visitor.get("agents", [("limit", "5"), ("sortBy", "updatedAt"), ("cursor", cursor)])
        #expect(sorted.status == 400)
    }

    @Test("equal seeds tell equal stories, other seeds others", arguments: 1...5 as ClosedRange<UInt64>)
    func determinism(seed: UInt64) throws {
        func story(_ seed: UInt64) throws -> [Bytes] {
            var visitor = Visitor(seed: seed)
            visitor.pass(.seconds(100))
            return try ["threats", "agents", "activities", "user"].map {
                try visitor.get($0, $0 == "user" ? [] : [("limit", "1000")]).answer.body
            }
        }
        #expect(try story(seed) == story(seed))
        #expect(try story(seed) != story(seed + 100))
    }

    @Test("every answer carries a request id and the console's date")
    func headers() throws {
        var visitor = Visitor()
        visitor.now = try #require(Timestamp(iso: "2026-11-20T10:15:31.804411Z"))
        let answer = try visitor.get("threats").answer
        #expect(answer.header("Date") == "Fri, 20 Nov 2026 10:15:31 GMT")
        #expect(answer.header("X-RQID")?.count == 16)
        #expect(try visitor.get("threats").answer.header("x-rqid") != answer.header("x-rqid"))
    }

    static let facts = ProcessInfo.processInfo.environment["DOCKET_FACTS"]

    @Test(
        "a served row has every field of the composed sample",
        .enabled(if: facts != nil, "DOCKET_FACTS names no folder with sentinelone/samples/composed"),
        arguments: ["threats", "agents", "activities"])
    func shape(stream: String) throws {
        let file = URL(filePath: Self.facts ?? "").appending(path: "sentinelone/samples/composed/\(stream).json")
        let sample = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        let wanted = try #require((sample?["data"] as? [[String: Any]])?.first)
        var visitor = Visitor()
        visitor.pass(.seconds(400))
        let rows = try visitor.get(stream, [("limit", "1000")]).rows
        #expect(!rows.isEmpty)
        for row in rows {
            let missing = Self.missing(wanted, in: row.members, "")
            // What only some rows have, by their nature.
            #expect(missing.filter { !Self.occasional(stream, $0) } == [], "row \(row.id)")
        }
    }

    private static func occasional(_ stream: String, _ path: String) -> Bool {
        stream == "activities" && path.hasPrefix(".data.")
    }

    /// The paths of `wanted` that `found` lacks; of a list the first element counts, where both have one.
    private static func missing(_ wanted: Any, in found: Any, _ path: String) -> [String] {
        if let wanted = wanted as? [String: Any] {
            guard let found = found as? [String: Any] else { return found is NSNull ? [] : [path] }
            return wanted.sorted { $0.key < $1.key }.flatMap { key, value in
                found[key].map { missing(value, in: $0, "\(path).\(key)") } ?? ["\(path).\(key)"]
            }
        }
        if let wanted = (wanted as? [Any])?.first, let found = (found as? [Any])?.first {
            return missing(wanted, in: found, "\(path)[]")
        }
        return []
    }
}
