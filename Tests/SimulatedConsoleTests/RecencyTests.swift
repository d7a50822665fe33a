import Ports
import Testing

@testable import SimulatedConsole

@Suite("The order of last change")
struct RecencyTests {
    @Test(
        "it is what sorting by time and ordinal gives, however often things change", arguments: 0..<20 as Range<UInt64>)
    func agrees(seed: UInt64) {
        var dice = Dice(seed)
        var roster = Roster(
            (0..<40).map { Agent(ordinal: $0, group: 0, updatedAt: Timestamp(microseconds: Int64(dice.below(9)))) })
        var now: Int64 = 10
        for step in 0..<4_000 {
            // Often several of one moment, and now and then one that tells of the past.
            now += Int64(dice.below(2))
            let moment = dice.below(50) == 0 ? now - Int64(dice.below(4)) : now
            roster[dice.below(40)].updatedAt = Timestamp(microseconds: moment)
            guard step % 37 == 0 else { continue }
            let places = roster.recency.places
            #expect(places == places.sorted())
            let current = places.filter { roster[$0.ordinal].updatedAt == $0.time }.map(\.ordinal)
            let wanted = roster.sorted { ($0.updatedAt, $0.ordinal) < ($1.updatedAt, $1.ordinal) }.map(\.ordinal)
            #expect(current == wanted)
            #expect(places.count < 2_200, "what is stale is swept away")
        }
    }

    @Test("a walk by change goes on over threats of the history that people touched")
    func history() throws {
        var visitor = Visitor {
            $0.history = 200
            $0.maximumThreats = 0
        }
        let query = [(name: "sortBy", value: "updatedAt"), ("limit", "7")]
        let all = try visitor.walk("threats", query)
        #expect(all.count == 200)
        for (row, verdict) in [(3, "suspicious"), (100, "suspicious"), (199, "suspicious"), (3, "undefined")] {
            visitor.pass(.seconds(1))
            let order = #"{"do":"verdict","threatId":"\#(all[row].id)","analystVerdict":"\#(verdict)"}"#
            #expect(try visitor.control("POST", "/people", order).status == 200)
        }
        let moved = [all[100], all[199], all[3]].map(\.id)
        let rest = all.map(\.id).filter { !moved.contains($0) }
        #expect(try visitor.walk("threats", query).map(\.id) == rest + moved)
        #expect(try visitor.walk("threats", query + [("sortOrder", "desc")]).map(\.id) == (rest + moved).reversed())
        #expect(try visitor.get("threats", query).total == 200)
        let since = try #require(all[3].text("threatInfo", "updatedAt"))
        #expect(try visitor.get("threats", query + [("updatedAt__gt", since)]).total.map { $0 < 199 } == true)
    }
}
