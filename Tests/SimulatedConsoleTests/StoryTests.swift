import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("Stories at the simulated console")
struct StoryTests {
    @Test("every story leaves the activities that consoles note of it", arguments: expected)
    func activities(story: Story, kinds: Set<Int>) throws {
        var visitor = Visitor.after(story)
        let rows = try visitor.walk("activities", [("limit", "1000")])
        let seen = Set(rows.compactMap { $0.number("activityType") })
        #expect(kinds.subtracting(seen) == [])
        for row in rows {
            let sentence = row.text("primaryDescription") ?? ""
            #expect(!sentence.contains("{{") && !sentence.contains("something"), "\(sentence)")
        }
    }

    private static let expected: [(Story, Set<Int>)] = [
        (.outbreak, [19, 61, 1001, 2011, 2014, 2001, 2004, 4008, 2028, 2030, 4020, 21, 62, 1002]),
        (.dropper, [19, 2024, 2021, 2004, 2001, 4008, 2030, 2028, 21]),
        (.maldoc, [4003, 2028, 4020, 2011, 2001, 4008, 2030, 21]),
        (.nuisance, [4003, 2024, 2004, 4008, 2028, 21]), (.misfire, [4003, 2030, 2028, 21, 3008]),
        (.burglary, [19, 61, 1001, 2011, 2001, 2030, 3002, 3608]), (.drill, [20, 4020, 2030, 2028, 21]),
        (.loosening, [133, 27, 68, 69, 116, 3008, 3001, 117, 112, 140, 23, 33]), (.namesakes, [19, 2030]),
        (.rebirth, [4003, 2030, 17, 2028, 21]), (.relocation, [94, 95]), (.retirement, [47, 48]),
        (.murmur, [3608]), (.relapse, [4003, 2030, 2028, 21, 34, 2014, 2004, 4008]),
    ]

    @Test("no served byte tells which story it belongs to", arguments: [3, 11] as [UInt64])
    func labels(seed: UInt64) throws {
        var visitor = Visitor.amidStories(seed: seed) {
            $0.maximumThreats = 100
            $0.history = 50
        }
        visitor.pass(.seconds(800))
        var bodies: [Bytes] = []
        for path in ["threats", "agents", "activities", "activities/types", "cloud-detection/rules", "user"] {
            let query = ["user", "activities/types"].contains(path) ? [] : [(name: "limit", value: "1000")]
            bodies.append(try visitor.get(path, query).answer.body)
        }
        for threat in try visitor.threats() {
            for path in ["explore/events", "timeline", "notes", "whitening-options"] {
                let query = path == "whitening-options" ? [] : [(name: "limit", value: "1000")]
                bodies.append(try visitor.get("threats/\(threat.id)/\(path)", query).answer.body)
            }
        }
        let text = bodies.compactMap { $0.text?.lowercased() }.joined()
        #expect(text.utf8.count > 1_000_000, "without much to search this test shows nothing")
        for story in Story.allCases { #expect(!text.contains(story.rawValue.lowercased()), "\(story)") }
    }

    @Test("equal seeds tell equal stories to the byte, other seeds others", arguments: Story.allCases)
    func determinism(story: Story) throws {
        func told(_ seed: UInt64) throws -> [Bytes] {
            var visitor = Visitor.after(story, seed: seed)
            var bodies = try ["threats", "activities", "agents"].map {
                try visitor.get($0, [("limit", "1000")]).answer.body
            }
            for threat in try visitor.threats() {
                let path = "threats/\(threat.id)/explore/events"
                bodies.append(try visitor.get(path, [("limit", "1000")]).answer.body)
            }
            return bodies
        }
        #expect(try told(5) == told(5))
        #expect(try told(5) != told(6))
    }

    @Test("ten times the pace is a tenth of the time")
    func pace() throws {
        func span(_ scale: Double) throws -> Double {
            var visitor = Visitor.after(.relapse) { $0.timeScale = scale }
            visitor.pass(.seconds(30 * 86_400))
            let rows = try visitor.walk("activities", [("limit", "1000")])
            let times = rows.compactMap { $0.text("createdAt").flatMap { Timestamp(iso: $0) } }
            return Double(try #require(times.max()).microseconds - (try #require(times.min()).microseconds)) / 1e6
        }
        let (slow, fast) = (try span(1), try span(10))
        #expect(slow > 86_400)
        #expect(abs(slow / fast - 10) < 0.01)
    }

    @Test("an absent endpoint is inactive and comes back")
    func absence() throws {
        var visitor = Visitor.amidStories(stories: [Cue(.absence, at: .seconds(1_000))])
        #expect(try visitor.walk("agents", [("limit", "100")]).allSatisfy { $0.flag("isActive") == true })
        visitor.pass(.seconds(2))
        #expect(try visitor.walk("agents", [("limit", "100")]).filter { $0.flag("isActive") == false }.count == 1)
        visitor.pass(.seconds(400))
        #expect(try visitor.walk("agents", [("limit", "100")]).allSatisfy { $0.flag("isActive") == true })
    }

    @Test("two endpoints may bear one name, and the threat is of one of them")
    func namesakes() throws {
        var visitor = Visitor.after(.namesakes)
        let agents = try visitor.walk("agents", [("limit", "100")])
        let twins = Dictionary(grouping: agents) { $0.text("computerName") ?? "" }.values.filter { $0.count > 1 }
        #expect(twins.count == 1 && twins.first?.count == 2)
        let threat = try #require(try visitor.threats().first)
        let ids = try #require(twins.first).map(\.id)
        #expect(ids.contains(threat.text("agentRealtimeInfo", "agentId") ?? ""))
    }

    @Test("an endpoint made anew keeps its id and has another uuid")
    func rebirth() throws {
        var before = Visitor.amidStories(stories: [])
        let old = try before.walk("agents", [("limit", "100")])
        var visitor = Visitor.after(.rebirth)
        let new = try visitor.walk("agents", [("limit", "100")])
        #expect(new.map(\.id) == old.map(\.id))
        #expect(zip(old, new).filter { $0.text("uuid") != $1.text("uuid") }.count == 1)
    }

    @Test("a moved endpoint is in another site, and what was noted before stays where it was noted")
    func relocation() throws {
        var visitor = Visitor.after(.relocation, agents: 2) {
            $0.maximumThreats = 30
            $0.threatInterval = .milliseconds(1)
        }
        let row = try #require(try visitor.get("activities", [("activityTypes", "94")]).rows.first)
        let agent = try #require(row.text("agentId"))
        let now = try #require(try visitor.get("agents", [("ids", agent)]).rows.first)
        #expect(row.text("data", "newSiteName") == now.text("siteName"))
        #expect(row.text("data", "oldSiteName") != row.text("data", "newSiteName"))
        let noted = try visitor.walk("activities", [("agentIds", agent), ("limit", "1000")])
        let earlier = noted.filter { ($0.text("createdAt") ?? "") < (row.text("createdAt") ?? "") }
        #expect(!earlier.isEmpty)
        #expect(earlier.allSatisfy { $0.text("siteName") == row.text("data", "oldSiteName") })
    }

    @Test("what is decommissioned is hidden, and what is heard again is back")
    func retirement() throws {
        var visitor = Visitor.after(.retirement)
        #expect(try visitor.get("agents", [("countOnly", "true")]).total == 59)
    }

    @Test("a fleet of one or none hears its stories too", arguments: [0, 1, 2])
    func small(agents: Int) throws {
        var visitor = Visitor.amidStories(agents: agents)
        visitor.pass(.seconds(2_000))
        #expect(try visitor.get("threats").status == 200)
        #expect(try visitor.incidents().isEmpty == (agents == 0))
    }
}
