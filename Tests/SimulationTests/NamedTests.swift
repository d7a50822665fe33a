import Contracts
import JSONView
import Pipeline
import PipelineTesting
import Ports
import SentinelOne
import SimulatedConsole
import Stages
import Testing

/// What chance meets too rarely, each with the console that brings it about.
@Suite("Named worlds of ingest") struct NamedTests {
    /// One console at rest, and one program to come.
    private static func world(
        _ change: (inout SimulatedConsoleSettings) -> Void = { _ in }
    ) throws -> (World, Site) {
        let world = try World(seed: 1)
        var settings = SimulatedConsoleSettings(start: World.start)
        settings.agents = 4
        settings.maximumThreats = 0
        change(&settings)
        let site = try Site("eu1", settings, clock: world.clock)
        world.sites = [site]
        return (world, site)
    }

    /// `deploy/bench ingest` has the programs do the same with one of a million.
    @Test("reconcile_finds_gap: what the console reveals only after the overlap is counted, missed and published")
    func reconcileFindsGap() throws {
        let count = 2_000
        let (world, site) = try Self.world {
            $0.history = count
            $0.historyInterval = .microseconds(7_200_000_000 / Int64(count))
            $0.lateShare = 20
            $0.lateVisibility = .seconds(3 * 3_600)
            // Each one moves the watermark, and only the hours before it are compared.
            $0.maximumThreats = 5
            $0.threatInterval = .seconds(3_500)
        }
        world.only([.threats])
        // The hour that the first walk begins in is not compared.
        world.settings.streams[.threats]?.lookBack = .seconds(4 * 3_600)
        try world.hire()
        try world.pass(.seconds(60))
        let before = try world.published(.threats).count
        let hidden = count - before
        #expect(hidden > count / 10 && hidden < count / 3, "\(hidden) of \(count) are hidden")
        try world.pass(.seconds(5 * 3_600), each: .seconds(600))
        let after = try world.published(.threats)
        let found = Set(after.compactMap { $0.headers["docket-record"] })
        #expect(found.count == after.count, "none is published twice")
        let old = try site.truth(.threats).filter { $0.createdAt?.timestamp ?? .zero < World.start }.map(\.id)
        #expect(old.count == count && found.isSuperset(of: old), "\(Set(old).subtracting(found).count) are missing")
        let last = try #require(world.crew.first).memory(of: site.id)[.threats].reconciled
        #expect(last?.differing == 0, "the last comparison finds nothing any more")
        #expect(world.told.count(.gapsFound, "eu1", "threats") == hidden)
        #expect(world.told.count(.gapsRepaired, "eu1", "threats") == hidden)
        let told = try world.records(world.catalogue.consolesStatus.name).map {
            try world.catalogue.consolesStatus.message(in: $0).gaps
        }
        #expect(told.last == [], "the newest status on the topic, where each replaces the one before")
        let repaired = try world.turns.flatMap(\.records).filter { $0.topic == world.catalogue.consolesStatus.name }
            .flatMap { try JSONView(parsing: $0.value ?? .empty)["gaps"].elements.map { try $0["repaired"].integer } }
        #expect(repaired.reduce(0, +) == hidden, "each gap was an event")
    }

    @Test("a console that shows nothing of what it counts is found out, and what it then shows is published")
    func showsNothing() throws {
        let (world, site) = try Self.world { $0.history = 12 }
        world.only([.threats])
        // As its list by change would be that forgot its index; what is asked for by creation or by id is there.
        site.rewrite = { request, answer in
            request.query.contains { $0.name == "updatedAt__gte" }
                ? HTTPAnswer(status: 200, headers: [], body: Bytes(#"{"data":[],"pagination":{"totalItems":0}}"#))
                : answer
        }
        world.settings.streams[.threats]?.lookBack = .seconds(4 * 3_600)
        try world.hire()
        try world.pass(.seconds(3 * 3_600), each: .seconds(600))
        #expect(try world.published(.threats).count == 12)
        #expect(world.told.count(.gapsRepaired, "eu1", "threats") == 12)
    }

    @Test(
        "checkpoint_atomic: wherever the program ends, what a turn published is in the memory of the same turn",
        arguments: 0..<24)
    func checkpointAtomic(seam: Int) throws {
        let (world, site) = try Self.world { $0.history = 9 }
        site.pageSize = 2
        world.plan = ScriptedLog.Plan([2: .abort, 5: .crashAfter, 8: .crashBefore])
        try world.hire(diesAtSeam: seam)
        try world.pass(.seconds(300))
        for turn in world.turns {
            let isPublishing = turn.records.contains { world.stream(of: $0.topic) != nil }
            let isRemembered = turn.records.contains {
                $0.topic == world.catalogue.feedsCursors.name && $0.key?.text?.contains("/seen/") ?? false
            }
            #expect(isRemembered || !isPublishing)
        }
        try Invariants(of: world).checkAll()
    }

    @Test("nested_timestamp_moves_the_watermark: a threat's time lies inside of it, and the next walk begins there")
    func nestedTimestampMovesTheWatermark() throws {
        let (world, site) = try Self.world { $0.history = 5 }
        try world.hire()
        try world.pass(.seconds(120))
        let latest = try site.truth(.threats).compactMap { $0.updatedAt?.timestamp }.max()
        #expect(world.crew.first?.memory(of: site.id)[.threats].position?.watermark == latest)
        let since = site.asked.last {
            $0.request.path.hasSuffix("/threats") && $0.request.query.contains { $0.name == "updatedAt__gte" }
        }
        let asked = since?.request.query.first { $0.name == "updatedAt__gte" }.flatMap { Timestamp(iso: $0.value) }
        #expect(asked == latest.map { $0 - world.settings.overlap })
    }

    @Test("default_page_limit_not_ten: every list is asked for with the most rows that the console gives")
    func defaultPageLimitNotTen() throws {
        let (world, site) = try Self.world { $0.history = 5 }
        try world.hire()
        try world.pass(.seconds(300))
        for (_, request) in site.asked where request.isPage {
            let limit = request.query.first { $0.name == "limit" }?.value
            #expect(limit == (request.path.hasSuffix("/groups") ? "300" : "1000"), "\(request.path)")
        }
        #expect(site.asked.count > 20)
    }

    @Test("empty_page_is_not_an_error: a stream without a row is read, is caught up with, and is asked for in its time")
    func emptyPageIsNotAnError() throws {
        let (world, site) = try Self.world()
        world.only([.threats, .alerts])
        try world.hire()
        try world.pass(.seconds(600))
        #expect(world.told.everything.isEmpty, "\(world.told.everything.map(\.event))")
        let memory = try #require(world.crew.first).memory(of: site.id)
        #expect(memory[.threats].position?.caughtUp != nil && memory[.alerts].position?.caughtUp != nil)
        #expect((30...60).contains(site.asked.count), "\(site.asked.count) calls in ten minutes")
    }

    @Test("cursor_loop: a walk that is led round ends, and nothing is lost by it")
    func cursorLoop() throws {
        let (world, site) = try Self.world { $0.history = 12 }
        site.pageSize = 3
        world.only([.threats, .activities])
        try site.fault("cursor-loop", on: "threats", #","times":6"#)
        try world.hire()
        try world.pass(.seconds(60))
        #expect(site.asked.count < 60, "\(site.asked.count) calls")
        try site.control("DELETE", "/faults")
        try world.pass(.seconds(600))
        #expect(try world.published(.threats).count == 12)
        try Invariants(of: world).checkAll()
    }

    @Test(
        "concluded_again: a page whose turn the log undid is published, and the walk goes on behind it",
        arguments: 0..<8)
    func concludedAgain(commit: Int) throws {
        let (world, site) = try Self.world {
            $0.history = 9
            // Further apart than any overlap: what a walk passes over no other shows again.
            $0.historyInterval = .seconds(700)
        }
        site.pageSize = 2
        world.only([.threats])
        world.plan = ScriptedLog.Plan([commit: .abort])
        try world.hire()
        try world.pass(.seconds(60))
        #expect(try world.published(.threats).count == 9)
        #expect(world.told.signals("walk.cut").isEmpty, "the walk knows where it was")
        let first = site.shown.prefix { $0.at < World.start + .seconds(31) }
        #expect(Set(first.map(\.call)).count == first.count, "no page is asked for twice")
        try Invariants(of: world).checkAll()
    }

    @Test(
        "a row that tells an impossible time is published once, though its next telling is right",
        arguments: [
            "time-1970", "time-backwards", "time-far-future",
        ])
    func impossibleTime(lie: String) throws {
        let (world, site) = try Self.world { $0.history = 9 }
        world.only([.activities])
        world.settings.overlap = .seconds(600)
        try world.hire()
        try world.pass(.seconds(60))
        try site.control("POST", "/people", #"{"do":"detect","count":3}"#)
        try site.fault(lie, on: "activities", #","field":"createdAt","rows":100,"times":1"#)
        // What comes anew lets go of what is old, and each walk shows all of it again.
        for _ in 0..<3 {
            try world.pass(.seconds(60))
            try site.control("POST", "/people", #"{"do":"detect","count":1}"#)
        }
        try world.pass(.seconds(60))
        let ids = try world.published(.activities).compactMap { $0.headers["docket-record"] }
        #expect(ids.count > 9 && Set(ids).count == ids.count, "\(ids.count) of \(Set(ids).count)")
        #expect(try Set(ids).isSuperset(of: site.truth(.activities).map(\.id)))
    }

    @Test("a stream that used to bring records and brings none is told silent once, and heard once when it does again")
    func silentStream() throws {
        let (world, site) = try Self.world {
            $0.maximumThreats = 6
            $0.threatInterval = .seconds(120)
        }
        world.only([.threats])
        world.settings.silence = .seconds(600)
        try world.hire()
        try world.pass(.seconds(1_200))
        #expect(world.told.signals("stream.silent").isEmpty)
        try world.pass(.seconds(1_200))
        #expect(world.told.signals("stream.silent").count == 1)
        // Who starts anew knows from the journal that there used to be records.
        world.crew.forEach(world.dismiss)
        try world.hire()
        try world.pass(.seconds(120))
        #expect(world.told.signals("stream.silent").count == 2)
        try site.control("POST", "/people", #"{"do":"detect","count":1}"#)
        try world.pass(.seconds(600))
        #expect(world.told.signals("stream.heard").count == 1 && world.told.signals("stream.silent").count == 2)
    }

    @Test("an alert that a person judges is published again, though no list tells of it")
    func judgedAlert() throws {
        let (world, site) = try Self.world {
            $0.stories = [Cue(.murmur, at: .seconds(10))]
            $0.timeScale = 100
        }
        world.settings.overlap = .seconds(30)
        try world.hire()
        try world.pass(.seconds(300))
        let alert = try #require(try site.truth(.alerts).first { !($0.bytes.text ?? "").contains(#""Resolved""#) }?.id)
        func versions() throws -> Int {
            try world.published(.alerts).count { $0.headers["docket-record"] == alert }
        }
        let before = try versions()
        try site.control(
            "POST", "/people", #"{"do":"alert-verdict","alertId":"\#(alert)","analystVerdict":"true_positive"}"#)
        try world.pass(.seconds(150))
        #expect(try versions() == before + 1)
    }

    @Test("a console that does not answer delays no other")
    func slowConsole() throws {
        let (world, slow) = try Self.world { $0.history = 5 }
        slow.latency = { 1_000_000 }
        var settings = SimulatedConsoleSettings(start: World.start)
        settings.agents = 3
        settings.history = 5
        settings.maximumThreats = 0
        world.sites.append(try Site("us1", settings, clock: world.clock))
        try world.hire()
        try world.pass(.seconds(60))
        #expect(try world.published(.threats).count == 5)
        #expect(try world.published(.agents).count == 3)
        #expect(slow.asked.count { $0.request.isPage } == 5, "one call for each of its streams")
    }

    @Test("call_rate_invariant: in no ten seconds is a console asked more often than the vendor publishes")
    func callRateInvariant() throws {
        let (world, site) = try Self.world {
            $0.history = 150
            $0.historyInterval = .seconds(10)
        }
        world.isPaced = true
        site.pageSize = 1
        try world.hire()
        for _ in 0..<600 { try world.step(passing: .milliseconds(20)) }
        let prefixes = try site.control("GET", "/calls")["prefixes"]
        for (name, prefix) in try prefixes.members {
            #expect(try prefix["overLimit"].integer == 0, "\(name ?? "?")")
        }
        #expect(try prefixes["/threats"]["highest10s"].integer > 50)
        try world.pass(.seconds(300))
        #expect(try world.published(.threats).count == 150)
    }

    @Test("canary_everywhere: no registration token of a group is in a record or a dead letter")
    func canaryEverywhere() throws {
        let (world, site) = try Self.world()
        world.only([.groups])
        try world.hire()
        try world.pass(.seconds(60))
        let groups = try site.truth(.groups)
        #expect(!groups.isEmpty)
        let tokens = try groups.map { try JSONView(parsing: $0.bytes)["registrationToken"].text }
        #expect(!tokens.contains(""))
        let values = world.turns.flatMap { $0.records.compactMap(\.value) }
        #expect(!values.contains { value in tokens.contains { value.contains(Bytes($0)) } })
    }
}

extension HTTPRequest {
    /// Not a count, and not the one row by which a token is tried.
    fileprivate var isPage: Bool {
        query.contains { $0.name == "sortBy" } && !query.contains { $0.name == "limit" && $0.value == "1" }
    }
}
