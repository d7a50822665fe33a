import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Measures of decisions")
struct MeasureTests {
    private static func aborting(_ count: Int, from first: Int = 0) -> ScriptedLog.Plan {
        ScriptedLog.Plan(Dictionary(uniqueKeysWithValues: (first..<first + count).map { ($0, .abort) }))
    }

    @Test("what an aborted turn decided counts once, with the turn that was committed", arguments: 0...3)
    func stageAborts(count: Int) throws {
        let tally = try TallyBench()
        for number in 1...12 { try tally.bench.append("numbers", "key\(number % 3)", String(number)) }
        try tally.bench.append("numbers", "alpha", "unreadable")
        var runner = tally.runner(on: try tally.log(plan: Self.aborting(count)), batch: 5)
        try tally.rest(&runner)
        #expect(runner.takeStatistics().aborted == count)
        #expect(tally.bench.counted[.recordsPublished, "toy", "numbers"] == 12)
        #expect(tally.bench.counted[.deadLetters, "tally", "numbers"] == 1)
    }

    @Test("an answer whose turn was aborted is concluded again and counts once", arguments: 0...3)
    func feedAborts(count: Int) throws {
        let feed = try FeedBench()
        var runner = feed.runner(on: try feed.bench.log(reading: ["orders"], plan: Self.aborting(count, from: 1)))
        try feed.rest(&runner)
        #expect(runner.takeStatistics().aborted == count)
        for key in FeedBench.keys { #expect(feed.bench.counted[.recordsPublished, key, "numbers"] == 5) }
    }

    @Test("an outcome whose turn was aborted is recorded again and counts once", arguments: 0...3)
    func effectAborts(count: Int) throws {
        let world = try SwitchWorld()
        for name in ["lamp", "fan"] { try world.bench.append("wishes", "east", "throw \(name)") }
        let calls = ScriptedCalls(clock: world.bench.clock) { request, _ in world.serve(request) }
        let log = try world.bench.log(reading: ["wishes"], plan: Self.aborting(count, from: 1))
        var runner = EffectRunner(SwitchPerformer(), name: "toy", on: log, calls: calls, in: world.bench.setting())
        for _ in 0..<60 { _ = try runner.step(waiting: .zero) }
        #expect(runner.takeStatistics().aborted == count)
        #expect(world.bench.counted[.consoleCalls, "toy", "done"] == 2)
    }

    @Test("what decides nothing but a measure counts at once, without a turn")
    func nothingElse() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "doze")
        try tally.settle()
        let plan = ScriptedLog.Plan()
        var runner = tally.runner(on: try tally.log(plan: plan))
        _ = try runner.step(waiting: .zero)
        _ = try runner.step(waiting: .seconds(60))
        #expect(tally.bench.counted[.streamSilent, "toy", "numbers"] == 1)
        #expect(plan.commits == 0)

        let feed = try FeedBench(count: 0)
        var reader = feed.runner(on: try feed.bench.log(reading: ["orders"], plan: plan))
        try feed.rest(&reader)
        #expect(feed.bench.counted[.wholeWalk, "east", "numbers"] != nil)
        #expect(plan.commits == 0)
    }

    @Test("gauges of what was assigned are not shown once it is given up, and counters stay")
    func givenUp() throws {
        let feed = try FeedBench()
        let log = try feed.bench.log(reading: ["orders"])
        var runner = feed.runner(on: log)
        try feed.rest(&runner)
        for key in FeedBench.keys { #expect(feed.bench.counted[.wholeWalk, key, "numbers"] != nil) }
        log.rebalance(to: [])
        try feed.rest(&runner)
        for key in FeedBench.keys {
            #expect(feed.bench.counted[.wholeWalk, key, "numbers"] == nil)
            #expect(feed.bench.counted[.recordsPublished, key, "numbers"] == 5)
        }
    }
}
