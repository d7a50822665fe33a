import Contracts
import JSONView
import Patterns
import PipelineTesting
import Ports
import SentinelOne
import SimulatedConsole
import Stages

/// One run of chance: consoles that lie and fail, people who work in them, programs that come, die, freeze and go, a
/// log that undoes turns; and then time without any of it.
struct Storm {
    let world: World
    private let steps: Int

    init(seed: UInt64) throws {
        world = try World(seed: seed)
        steps = world.number(8...16)
        world.settings.overlap = .seconds(world.number(60...200))
        world.settings.recheck = .seconds(60)
        world.settings.reconcileEvery = .seconds(world.number(120...600))
        let offset = World.start - World.start.startOfDay
        world.settings.snapshot = DailySchedule(days: 1, at: offset + .seconds(world.number(60...400)))
        world.plan = Self.plan(world)
        if world.chance(1, in: 5) {
            // Enough where nothing comes late: ties at the watermark are read again.
            world.settings.overlap = .zero
        }
        for name in world.chance(1, in: 5) ? ["eu1", "us1"] : ["eu1"] {
            let site = try Site(name, Self.console(world), clock: world.clock)
            site.pageSize = world.number(1...6)
            site.latency = { [unowned world] in world.chance(1, in: 4) ? world.number(1...3) : 0 }
            if world.chance(1, in: 3) { site.shapes = [try Self.shape(world)] }
            world.sites.append(site)
        }
    }

    /// Small, and busy enough.
    private static func console(_ world: World) -> SimulatedConsoleSettings {
        var settings = SimulatedConsoleSettings(start: World.start)
        settings.seed = world.dice.next()
        settings.agents = world.number(2...6)
        settings.sitesPerAccount = 2
        settings.groupsPerSite = 1
        settings.history = world.number(0...6)
        settings.historyInterval = .seconds(1_100)
        settings.maximumThreats = world.number(0...6)
        settings.threatInterval = .seconds(world.number(5...60))
        if world.chance(2, in: 3) {
            settings.stories = [Cue(.murmur, at: .seconds(60)), Cue(.burglary, at: .seconds(600))]
        }
        settings.timeScale = Double(world.number(20...80))
        settings.effectDelay = .seconds(world.number(0...30))
        if world.settings.overlap > .zero, world.chance(1, in: 2) {
            settings.lateShare = world.number(10...60)
            settings.lateVisibility = .seconds(world.number(1...50))
        }
        return settings
    }

    /// What is published of a console: filters that hide some of what it shows, now and then much of it.
    private static func shape(_ world: World) throws -> ConsoleShape {
        var settings = SieveSettings()
        switch world.number(0...6) {
        case 0: settings.threats.incidentStatuses = [.unresolved]
        case 1: settings.threats.analystVerdicts = [.undefined]
        case 2: settings.threats.names.except = [try Pattern(".")]
        case 3: settings.alerts.incidentStatuses = [.unresolved]
        case 4: settings.inventory.update = false
        case 5: settings.inventory.onboard = false
        default: break
        }
        return ConsoleShape(sieve: Sieve(settings))
    }

    /// What the log does to the first turns.
    private static func plan(_ world: World) -> ScriptedLog.Plan {
        var faults: [Int: ScriptedLog.Fault] = [:]
        let kinds: [ScriptedLog.Fault] = [
            .abort, .abort, .abort, .abort, .unanswered, .crashBefore, .crashAfter, .fence,
        ]
        for commit in 0..<120 where world.chance(1, in: 7) { faults[commit] = world.one(of: kinds) }
        return ScriptedLog.Plan(faults)
    }

    func run() throws {
        try rage()
        try rest()
    }

    private func rage() throws {
        try world.hire()
        for _ in 0..<steps {
            for site in world.sites {
                if world.chance(1, in: 3) { try Weather.strike(site, in: world) }
                site.isSuspect = try site.control("GET", "/faults")["waiting"].integer > 0
                if world.chance(1, in: 4) { try People.act(at: site, in: world) }
            }
            if world.chance(1, in: 6) { try change() }
            for _ in 0..<world.number(1...6) { try world.step(passing: .milliseconds(world.number(0...6_000))) }
        }
    }

    private func change() throws {
        let someone = world.one(of: world.crew)
        switch world.number(0...6) {
        case 0: if world.crew.count < 3 { try world.hire() }
        case 1: try world.hire(diesAtSeam: world.number(0...40))
        case 2: try world.hire(freezesAtSeam: world.number(0...40))
        case 3:
            if let someone { world.dismiss(someone) }
            if world.crew.isEmpty { try world.hire() }
        case 5:
            // Somebody writes other filters, and starts everything again.
            for site in world.sites where world.chance(2, in: 3) { site.shapes.append(try Self.shape(world)) }
            world.crew.forEach(world.dismiss)
            try world.hire()
        case 4: someone?.sleeps = world.number(5...60)
        default: someone?.log.rebalance(to: Set([0, 1].filter { _ in world.chance(1, in: 2) }))
        }
    }

    /// Nothing goes wrong any more, nobody changes anything, and a bounded time passes.
    private func rest() throws {
        for site in world.sites {
            try site.control("DELETE", "/faults")
            site.isSuspect = false
            site.pageSize = 40
        }
        world.plan.forgive()
        for observer in world.crew {
            observer.sleeps = 0
            observer.log.rebalance(to: [0, 1])
        }
        // A list that was refused is asked for again within the hour, and then there is something to read again.
        let pauses = Array(repeating: Duration.seconds(25), count: 14) + [.seconds(3_700), .seconds(25), .seconds(25)]
        for pause in pauses {
            try world.step(passing: pause)
            try world.settle()
        }
    }
}
