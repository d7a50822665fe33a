import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Look-ups and ticks of a stage")
struct StageQuestionTests {
    private func answers(_ tally: TallyBench) throws -> [String] {
        try tally.bench.records("totals").filter { $0.key == "answers" }.compactMap { $0.value?.text }
    }

    @Test("a late answer holds no turn up and is heard once")
    func late() throws {
        let tally = try TallyBench { _ in .ok("late", after: 4) }
        try tally.bench.append("numbers", "alpha", "ask moon")
        try tally.bench.append("numbers", "beta", "1")
        var runner = tally.runner(on: try tally.log())
        for _ in 0..<2 { _ = try runner.step(waiting: .zero) }
        #expect(runner.memory(of: tally.bench.place("beta")).total == 1)
        #expect(try answers(tally).isEmpty)
        for _ in 0..<8 { _ = try runner.step(waiting: .zero) }
        #expect(try answers(tally) == ["moon: late"])
        #expect(tally.calls.sent.count == 1)
    }

    @Test("a question is asked only after its turn was committed")
    func askedAfterCommit() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "ask moon")
        var runner = tally.runner(on: try tally.log(plan: ScriptedLog.Plan([0: .abort])))
        _ = try runner.step(waiting: .zero)
        #expect(try runner.step(waiting: .zero) == .aborted)
        #expect(tally.calls.sent.isEmpty)
        try tally.rest(&runner)
        #expect(tally.calls.sent.count == 1)
    }

    @Test("an answer whose turn was undone is heard again without asking again")
    func abortedAnswer() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "ask moon")
        var runner = tally.runner(on: try tally.log(plan: ScriptedLog.Plan([1: .abort, 2: .abort])))
        try tally.rest(&runner)
        #expect(try answers(tally) == ["moon: yes to /moon"])
        #expect(tally.calls.sent.count == 1)
        #expect(runner.takeStatistics().aborted == 2)
    }

    @Test("a question that a restart lost is asked again, and its answer named the same", arguments: 0..<8)
    func restart(seam: Int) throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "ask moon")
        let mortality = Mortality(atSeam: seam)
        do {
            var runner = tally.runner(on: try tally.log(mortality: mortality), mortality: mortality)
            try tally.rest(&runner)
        } catch is LogFailure {}
        try tally.settle()
        #expect(try tally.bench.committed("totals").values.flatMap { $0 } == ["moon: yes to /moon moon#1"])
        #expect(try tally.recalled(["alpha"]).first?.open == [])
    }

    @Test("an answer for a partition that went away is dropped, and asked for again when it comes back")
    func revoked() throws {
        let tally = try TallyBench { _ in .ok("yes", after: 2) }
        try tally.bench.append("numbers", "alpha", "ask moon")
        let log = try tally.log()
        var runner = tally.runner(on: log)
        for _ in 0..<2 { _ = try runner.step(waiting: .zero) }
        log.rebalance(to: [])
        try tally.rest(&runner)
        #expect(try answers(tally).isEmpty)
        log.rebalance(to: [0, 1, 2])
        try tally.rest(&runner)
        for _ in 0..<5 { _ = try runner.step(waiting: .zero) }
        #expect(try answers(tally) == ["moon: yes"])
        #expect(tally.calls.sent.count == 2)
        #expect(runner.takeStatistics().dropped == 1)
    }

    @Test("no more calls than the limit are in flight, and what overflows the queue is asked from the journal")
    func bounded() throws {
        var inFlight = 0
        var most = 0
        let tally = try TallyBench { _ in
            inFlight += 1
            most = max(most, inFlight)
            return .ok("yes")
        }
        for number in 0..<20 { try tally.bench.append("numbers", "key\(number)", "ask \(number)") }
        var runner = tally.runner(on: try tally.log()) {
            $0.callsInFlight = 3
            $0.questionsQueued = 4
        }
        for _ in 0..<60 {
            inFlight = 0
            _ = try runner.step(waiting: .zero)
        }
        #expect(try answers(tally).count == 20)
        #expect(most <= 6, "three that ended and three that took their place")
        #expect(tally.calls.sent.count == 20)
    }

    @Test("a stage that was given nobody to ask is told so")
    func nobody() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "ask moon")
        var runner = StageRunner(TallyStage(), name: "tally", on: try tally.log(), in: tally.bench.setting())
        try tally.rest(&runner)
        #expect(try answers(tally) == ["moon: no-calls"])
    }

    @Test("a tick comes when its moment has come, once, also after a restart or an abort", arguments: [false, true])
    func tick(restarts: Bool) throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "wake 10")
        do {
            var runner = tally.runner(on: try tally.log(plan: ScriptedLog.Plan([1: .abort])))
            try tally.rest(&runner)
            #expect(try answers(tally).isEmpty)
            if !restarts {
                tally.bench.clock.advance(by: .seconds(11))
                #expect(try runner.step(waiting: .zero) == .aborted)
                #expect(try runner.step(waiting: .zero) == .committed(records: 0))
                #expect(try runner.step(waiting: .zero) == .idle)
            }
        }
        if restarts {
            tally.bench.clock.advance(by: .seconds(11))
            try tally.settle()
        }
        #expect(try answers(tally) == ["woke"])
    }

    @Test("a tick that decides nothing commits nothing and does not spin")
    func idleTick() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "doze")
        try tally.settle()
        let plan = ScriptedLog.Plan()
        var runner = tally.runner(on: try tally.log(plan: plan))
        _ = try runner.step(waiting: .zero)
        let start = tally.bench.clock.now
        for _ in 0..<5 { #expect(try runner.step(waiting: .seconds(60)) == .idle) }
        #expect(tally.bench.clock.now - start >= .seconds(4))
        #expect(plan.commits == 0)
    }

    @Test(
        "many that want a tick take turns, and none waits behind those that decide nothing", arguments: [1, 2, 5, 100])
    func manyTicks(limit: Int) throws {
        let tally = try TallyBench()
        for number in 0..<9 { try tally.bench.append("numbers", "key\(number)", "doze") }
        tally.bench.clock.advance(by: .seconds(1))
        try tally.bench.append("numbers", "alpha", "wake 1")
        var runner = tally.runner(on: try tally.log()) { $0.ticks = limit }
        tally.bench.clock.advance(by: .seconds(10))
        for _ in 0..<14 { _ = try runner.step(waiting: .zero) }
        #expect(try answers(tally) == ["woke"])
        let start = tally.bench.clock.now
        for _ in 0..<30 { _ = try runner.step(waiting: .seconds(60)) }
        #expect(tally.bench.clock.now - start >= .seconds(2))
    }

    @Test("no step sleeps past the moment of a tick")
    func patience() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "wake 3")
        try tally.settle()
        let plan = ScriptedLog.Plan()
        var runner = tally.runner(on: try tally.log(plan: plan))
        _ = try runner.step(waiting: .zero)
        let start = tally.bench.clock.now
        for _ in 0..<3 { #expect(try runner.step(waiting: .milliseconds(999)) == .idle) }
        #expect(tally.bench.clock.now - start >= .milliseconds(2_997), "each step waited as long as it was told")
        #expect(plan.commits == 0)
        #expect(try runner.step(waiting: .seconds(60)) == .committed(records: 0))
        #expect(tally.bench.clock.now - start <= .seconds(4), "no step slept past the moment")
    }
}
