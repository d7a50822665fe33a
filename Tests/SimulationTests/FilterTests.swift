import Contracts
import JSONView
import Patterns
import Pipeline
import PipelineTesting
import Ports
import SentinelOne
import SimulatedConsole
import Stages
import Testing

/// What is not published is read all the same, and what was published once always is.
@Suite("Filters in the world") struct FilterTests {
    private static func world(_ change: (inout SieveSettings) throws -> Void) throws -> (World, Site) {
        let world = try World(seed: 1)
        var settings = SimulatedConsoleSettings(start: World.start)
        settings.agents = 4
        settings.history = 9
        settings.historyInterval = .seconds(500)
        settings.maximumThreats = 0
        let site = try Site("eu1", settings, clock: world.clock)
        site.pageSize = 4
        try filter(site, change)
        world.sites = [site]
        world.only([.threats])
        return (world, site)
    }

    private static func filter(_ site: Site, _ change: (inout SieveSettings) throws -> Void) throws {
        var sieve = SieveSettings()
        try change(&sieve)
        site.shapes.append(ConsoleShape(sieve: Sieve(sieve)))
    }

    @Test("filtered_records_still_advance: what a filter hides is counted by its reason, and is not asked for again")
    func filteredRecordsStillAdvance() throws {
        let (world, site) = try Self.world { $0.threats.names.except = [try Pattern(".")] }
        try world.hire()
        try world.pass(.seconds(300))
        #expect(try world.published(.threats).isEmpty)
        #expect(world.told.count(.recordsFiltered, "eu1", "threats", "name") == 9)
        let latest = try #require(try site.truth(.threats).compactMap { $0.updatedAt?.timestamp }.max())
        #expect(world.crew.first?.memory(of: site.id)[.threats].position?.watermark == latest)
        let starts = site.asked.compactMap { asked in
            asked.request.query.first { $0.name == "updatedAt__gte" }.flatMap { Timestamp(iso: $0.value) }
        }
        #expect(starts.last == latest - world.settings.overlap)
        // It counts as shown: the console's count holds no more than that.
        world.settings.reconcileEvery = .seconds(60)
        world.crew.forEach(world.dismiss)
        try world.hire()
        try world.pass(.seconds(4_000))
        let compared = try #require(world.crew.first).memory(of: site.id)[.threats].reconciled
        #expect(compared?.counted ?? 0 > 0 && compared?.differing == 0 && compared?.repaired == 0)
        #expect(try world.published(.threats).isEmpty)
        #expect(!site.asked.contains { $0.request.query.contains { $0.name == "ids" } }, "nothing seemed to be missing")
    }

    @Test("held_then_false_positive: who saw a threat sees its all-clear, whatever filter is written in between")
    func heldThenFalsePositive() throws {
        let (world, site) = try Self.world { _ in }
        try world.hire()
        try world.pass(.seconds(60))
        let old = try #require(try world.published(.threats).last?.headers["docket-record"])
        // Only what nobody has judged, from now on, and in a process that knows nothing but the journal.
        try Self.filter(site) { $0.threats.analystVerdicts = [.undefined] }
        world.crew.forEach(world.dismiss)
        try world.hire()
        try site.control("POST", "/people", #"{"do":"detect","count":2}"#)
        try world.pass(.seconds(60))
        let clear = #"{"do":"verdict","threatId":"\#(old)","analystVerdict":"false_positive"}"#
        try site.control("POST", "/people", clear)
        try world.pass(.seconds(60))
        let versions = try world.published(.threats).filter { $0.headers["docket-record"] == old }
        #expect(versions.count == 2)
        let last = try JSONView(parsing: try #require(versions.last?.value))
        #expect(try last["threatInfo"]["analystVerdict"].text == "false_positive")
        try Invariants(of: world).checkAll()
    }

    @Test("what was judged before anybody saw it stays hidden, and shows when the judgement is taken back")
    func judgedBefore() throws {
        let (world, site) = try Self.world { $0.threats.analystVerdicts = [.undefined] }
        let threat = try #require(try site.truth(.threats).first?.id)
        func judge(_ verdict: String) throws {
            let body = #"{"do":"verdict","threatId":"\#(threat)","analystVerdict":"\#(verdict)"}"#
            try site.control("POST", "/people", body)
        }
        func versions() throws -> Int {
            try world.published(.threats).count { $0.headers["docket-record"] == threat }
        }
        try judge("false_positive")
        try world.hire()
        try world.pass(.seconds(90))
        #expect(try versions() == 0)
        try judge("undefined")
        try world.pass(.seconds(90))
        #expect(try versions() == 1)
        try judge("false_positive")
        try world.pass(.seconds(90))
        #expect(try versions() == 2)
    }
}
