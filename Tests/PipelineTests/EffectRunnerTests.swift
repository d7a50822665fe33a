import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Effect runner")
struct EffectRunnerTests {
    private static let switches = ["lamp", "fan", "pump"]

    /// One program on the world: from its start to its death or its rest.
    private struct Life {
        var runner: EffectRunner<SwitchPerformer>
        let log: ScriptedLog
        let calls: ScriptedCalls

        init(
            in world: SwitchWorld, _ mortality: Mortality = Mortality(), plan: ScriptedLog.Plan = .init(),
            veto: @escaping (String, Int) -> Bool = { _, _ in false }, isStale: @escaping () -> Bool = { false },
            limits: EffectRunner<SwitchPerformer>.Limits = EffectRunner<SwitchPerformer>.Limits()
        ) throws {
            log = try world.bench.log(reading: ["wishes"], plan: plan, mortality: mortality)
            calls = ScriptedCalls(mortality: mortality, clock: world.bench.clock) { request, _ in world.serve(request) }
            var performer = SwitchPerformer()
            performer.veto = veto
            performer.isStale = isStale
            runner = EffectRunner(
                performer, name: "toy", on: log, calls: calls, in: world.bench.setting(mortality), limits: limits)
        }

        mutating func step(_ count: Int = 25) throws {
            for _ in 0..<count { _ = try runner.step(waiting: .seconds(1)) }
        }
    }

    private static func world(_ mishaps: [Mishap] = []) throws -> SwitchWorld {
        let world = try SwitchWorld(mishaps)
        for (index, name) in switches.enumerated() {
            try world.bench.append("wishes", index == 0 ? "east" : "west", "throw \(name)")
        }
        return world
    }

    /// What must hold of the world whatever happened, and what must hold once the faults have ended.
    private static func expectSettled(_ world: SwitchWorld) throws {
        #expect(world.unannounced.isEmpty, "no call without its intent in the journal")
        #expect(world.calls.values.allSatisfy { $0 == 1 }, "at most one call per attempt: \(world.calls)")
        #expect(world.thrown == ["lamp": 1, "fan": 1, "pump": 1], "everything once, nothing twice")
        #expect(try world.bench.records("settled").compactMap { $0.value?.text }.sorted() == switches.sorted())
    }

    @Test(
        "a crash at any seam and any lost reply lead to one call per attempt, and everything is done once",
        arguments: 0..<50, Mishap.allCases)
    func crash(seam: Int, mishap: Mishap) throws {
        let world = try Self.world([mishap, .none, mishap])
        do {
            var life = try Life(in: world, Mortality(atSeam: seam))
            try life.step()
        } catch is LogFailure {}
        var life = try Life(in: world)
        try life.step(60)
        try Self.expectSettled(world)
    }

    @Test("crashes, aborts, rebalances and lost replies in any mix do no more", arguments: 0..<200 as Range<UInt64>)
    func anyMix(seed: UInt64) throws {
        var chance = SplitMix64(seed: seed)
        let world = try Self.world((0..<6).map { _ in Mishap.allCases.randomElement(using: &chance) ?? .none })
        world.looks = Int.random(in: 0...3, using: &chance)
        let aborts = Dictionary(uniqueKeysWithValues: (0..<60).map { ($0, Int.random(in: 0..<4, using: &chance)) })
        let plan = ScriptedLog.Plan(aborts.filter { $0.value == 0 }.mapValues { _ in .abort })
        for _ in 0..<6 {
            do {
                let mortality = Mortality(atSeam: Int.random(in: 0..<16, using: &chance))
                var life = try Life(in: world, mortality, plan: plan)
                for _ in 0..<10 {
                    try life.step(Int.random(in: 1...4, using: &chance))
                    let numbers = (0..<Bench.partitions).filter { _ in Bool.random(using: &chance) }
                    life.log.rebalance(to: Set(numbers))
                }
            } catch is LogFailure {}
        }
        var life = try Life(in: world)
        try life.step(80)
        try Self.expectSettled(world)
    }

    @Test("the crash points are around every call and every kind of commit")
    func seams() throws {
        let mortality = Mortality()
        let world = try Self.world([.lostReply])
        world.looks = 1
        try world.bench.append("wishes", "east", "other")
        var life = try Life(in: world, mortality)
        try life.step()
        try world.bench.append("wishes", "east", "other")
        try life.step()
        let names = ["call.throw", "call.inquire", "commit.intent", "commit.outcome", "commit.request", "commit.note"]
        #expect(
            Set(mortality.reached)
                == Set(
                    names.flatMap { ["toy.\($0).before", "toy.\($0).after"] }
                        + names.prefix(2).map { "toy.\($0).started" }))
        #expect(mortality.reached.count < 50, "so that the test above kills at each of them")
    }

    @Test("the intents of an aborted turn make no call; computed afresh, they make one", arguments: 1...3)
    func abortedIntent(count: Int) throws {
        let world = try Self.world()
        let plan = ScriptedLog.Plan(Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, .abort) }))
        var life = try Life(in: world, plan: plan)
        for step in 0...count {
            try life.step(1)
            #expect(world.calls.isEmpty, "after step \(step)")
        }
        try life.step()
        try Self.expectSettled(world)
        #expect(world.inquiries == 0)
    }

    @Test("an outcome whose turn was aborted is recorded later, and its call is not made again", arguments: 1...3)
    func abortedOutcome(count: Int) throws {
        let world = try Self.world()
        let plan = ScriptedLog.Plan(Dictionary(uniqueKeysWithValues: (1...count).map { ($0, .abort) }))
        var life = try Life(in: world, plan: plan)
        try life.step(60)
        try Self.expectSettled(world)
        #expect(world.inquiries == 0, "what was answered is not asked about")
        #expect(life.runner.takeStatistics().aborted == count)
    }

    @Test("what the last look refuses is not called, and the journal says so")
    func lastLook() throws {
        let world = try Self.world()
        var life = try Life(in: world, plan: ScriptedLog.Plan([1: .abort])) { name, attempt in
            name == "lamp" && attempt < 3
        }
        try life.step()
        try Self.expectSettled(world)
        #expect(world.calls["lamp/1"] == nil && world.calls["lamp/2"] == nil && world.calls["lamp/3"] == 1)
        #expect(world.inquiries == 0)
        #expect(life.runner.takeStatistics().refused == 2)
    }

    @Test("what time alone decides is journaled once, and nothing is called for it")
    func lapses() throws {
        let world = try Self.world()
        var life = try Life(in: world, plan: ScriptedLog.Plan([8: .abort, 9: .abort])) { _, _ in true }
        try life.step(60)
        #expect(world.calls.isEmpty)
        let gaveUp = try world.bench.records("ledger").compactMap { $0.value?.text }.filter { $0.hasPrefix("gaveUp") }
        #expect(gaveUp.sorted() == ["gaveUp fan 8", "gaveUp lamp 8", "gaveUp pump 8"])
        #expect(life.runner.takeStatistics().refused == 24)
    }

    @Test("while the tails cannot be read nothing is decided and nothing is lost")
    func stale() throws {
        let world = try Self.world()
        var looks = 0
        var life = try Life(
            in: world,
            isStale: {
                looks += 1
                return (2...6).contains(looks) || (9...12).contains(looks)
            })
        world.looks = 1
        var failures = 0
        for _ in 0..<40 {
            do {
                _ = try life.runner.step(waiting: .seconds(1))
            } catch {
                #expect(error.code == "stale")
                failures += 1
            }
        }
        #expect(failures == 9)
        try Self.expectSettled(world)
        #expect(world.inquiries == 0)
    }

    @Test("a revocation waits for calls in flight and commits their outcomes before the partition goes")
    func revoked() throws {
        let world = try Self.world()
        world.looks = 20
        var life = try Life(in: world)
        try life.step(2)
        #expect(world.calls.count == 3)
        life.log.rebalance(to: [])
        #expect(try life.runner.step(waiting: .zero) == .reassigned)
        try Self.expectSettled(world)
        world.looks = 0
        life.log.rebalance(to: [0, 1, 2])
        try life.step()
        try Self.expectSettled(world)
        #expect(world.inquiries == 0)
    }

    @Test("a revocation starts nothing new")
    func revokedStartsNothing() throws {
        let world = try Self.world()
        var life = try Life(in: world)
        try life.step(1)
        life.log.rebalance(to: [])
        try life.step()
        #expect(world.calls.isEmpty)
    }

    @Test("a call that never ends is waited for until its deadline and a grace are over, and inquired about later")
    func silent() throws {
        let world = try Self.world()
        world.looks = 1_000_000
        do {
            var life = try Life(in: world)
            try life.step(2)
            let start = world.bench.clock.now
            life.log.rebalance(to: [])
            _ = try life.runner.step(waiting: .zero)
            let waited = world.bench.clock.now - start
            #expect(waited >= .seconds(8) && waited < .seconds(9))
            #expect(try world.bench.records("settled").isEmpty)
        }
        world.looks = 0
        var next = try Life(in: world)
        try next.step(40)
        try Self.expectSettled(world)
        #expect(world.inquiries == 3)
    }

    @Test("finishing ends like a revocation: the calls in flight are recorded, and nothing is started")
    func finish() throws {
        let world = try Self.world()
        world.looks = 5
        var life = try Life(in: world, plan: ScriptedLog.Plan([1: .abort, 2: .abort]))
        try life.step(2)
        try life.runner.finish()
        try Self.expectSettled(world)
        #expect(life.runner.takeStatistics().dropped == 0)
    }

    @Test("an intent is committed only when its call has room to start")
    func room() throws {
        let world = try Self.world()
        world.looks = 3
        var limits = EffectRunner<SwitchPerformer>.Limits()
        limits.calls = 1
        var life = try Life(in: world, limits: limits)
        for _ in 0..<60 {
            try life.step(1)
            let entries = try world.bench.records("ledger").compactMap { $0.value?.text }
            let open = entries.filter { $0.hasPrefix("tried") }.count - entries.filter { $0.hasPrefix("done") }.count
            #expect(open <= 1)
        }
        try Self.expectSettled(world)
    }

    @Test("a wish under a partition that its key does not belong to is set aside: two owners could act on it")
    func misplaced() throws {
        let world = try SwitchWorld()
        let wrong = (world.bench.place("east").number + 1) % Bench.partitions
        try world.bench.append("wishes", "east", "throw lamp", at: wrong)
        try world.bench.append("wishes", nil, "throw fan")
        var life = try Life(in: world)
        try life.step()
        #expect(world.calls.isEmpty)
        #expect(try world.bench.records("dead.letters").count == 2)
    }

    @Test("intent and outcome of one call have different ids, derived and the same in every run")
    func ids() throws {
        let world = try SwitchWorld()
        try world.bench.append("wishes", "east", "throw lamp")
        var life = try Life(in: world)
        try life.step()
        let ids = try world.bench.records("ledger").compactMap { $0.headers["ce_id"] }
        let number = world.bench.place("east").number
        #expect(ids == ["wishes/\(number)@0#0", "lamp/1/throw#0", "lamp/1/throw#1"])
    }
}
