import Contracts
import JSONView
import Pipeline
import PipelineTesting
import Ports
import SentinelOne
import SimulatedConsole
import Stages
import Testing

/// When an endpoint counts as gone.
@Suite("Burial of endpoints") struct BurialTests {
    /// How the console keeps an endpoint from being seen.
    enum Hiding: CaseIterable {
        /// From lists, and it counts right: as one that is gone.
        case fromLists
        /// From lists, and it counts them all the same.
        case fromListsMiscounted
        /// From lists and from questions for it by name.
        case everywhere
    }

    private static func world() throws -> (World, Site) {
        let world = try World(seed: 1)
        var settings = SimulatedConsoleSettings(start: World.start)
        settings.agents = 12
        settings.sitesPerAccount = 2
        settings.maximumThreats = 0
        let site = try Site("eu1", settings, clock: world.clock)
        world.sites = [site]
        for stream in ObservedStream.allCases where stream != .agents { world.settings.streams[stream]?.isOn = false }
        let offset = World.start - World.start.startOfDay
        world.settings.snapshot = DailySchedule(days: 1, at: offset + .seconds(200))
        return (world, site)
    }

    private static func pass(_ rounds: Int, in world: World) throws {
        for _ in 0..<rounds {
            try world.step(passing: .seconds(25))
            try world.settle()
        }
    }

    private static func buried(in world: World) throws -> [IncomingRecord] {
        try world.records(world.catalogue.agentsObserved.name).filter { $0.value == nil }
    }

    /// The page without that row.
    private static func without(_ id: String, _ answer: HTTPAnswer, counting: Bool) -> HTTPAnswer {
        guard let page = try? JSONView(parsing: answer.body), let rows = try? Array(page["data"].elements),
            let total = try? page["pagination"]["totalItems"].integer
        else { return answer }
        let kept = rows.filter { (try? $0["id"].id) != id }.compactMap { try? $0.raw.text }
        let count = kept.count == rows.count || !counting ? total : total - 1
        let body =
            #"{"data":[\#(kept.joined(separator: ","))],"pagination":{"totalItems":\#(count),"nextCursor":null}}"#
        return HTTPAnswer(status: 200, headers: answer.headers, body: Bytes(body))
    }

    @Test(
        "an endpoint is buried only after a whole list without it and a question for it by name",
        arguments: Hiding.allCases)
    func gone(hiding: Hiding) throws {
        let (world, site) = try Self.world()
        try world.hire()
        try Self.pass(3, in: world)
        let id = try #require(try site.truth(.agents).first?.id)
        site.rewrite = { request, answer in
            guard request.path.hasSuffix("/agents") else { return answer }
            let isByName = request.query.contains { $0.name == "ids" }
            switch hiding {
            case .fromLists: return isByName ? answer : Self.without(id, answer, counting: true)
            case .fromListsMiscounted: return Self.without(id, answer, counting: isByName)
            case .everywhere: return Self.without(id, answer, counting: true)
            }
        }
        try Self.pass(20, in: world)
        let buried = try Self.buried(in: world).map { $0.headers["docket-record"] }
        #expect(buried == (hiding == .everywhere ? [id] : []))
        site.rewrite = nil
        // It comes back with the next list of all.
        for _ in 0..<2 {
            world.clock.advance(by: .seconds(86_400))
            try Self.pass(4, in: world)
        }
        let versions = try world.records(world.catalogue.agentsObserved.name).filter {
            $0.headers["docket-record"] == id
        }
        #expect(versions.last?.value != nil)
        #expect(Set(versions.compactMap { $0.headers["ce_id"] }).count == versions.count)
    }

    @Test(
        "an endpoint that was re-imaged, moved, renamed or decommissioned is not buried",
        arguments: ["reimage", "move", "rename", "decommission"])
    func changed(deed: String) throws {
        let (world, site) = try Self.world()
        try world.hire()
        try Self.pass(3, in: world)
        let fleet = Array(try site.control("GET", "/fleet")["agents"].elements)
        let agent = try #require(fleet.first)
        let other = try #require(fleet.first { try $0["siteId"].id != agent["siteId"].id })
        let more =
            try deed == "move"
            ? #","siteId":"\#(other["siteId"].id)""# : deed == "rename" ? #","as":"\#(other["id"].id)""# : ""
        try site.control("POST", "/people", #"{"do":"\#(deed)","agentId":"\#(agent["id"].id)"\#(more)}"#)
        try Self.pass(20, in: world)
        #expect(try Self.buried(in: world).isEmpty)
        try Invariants(of: world).checkAll()
    }
}
