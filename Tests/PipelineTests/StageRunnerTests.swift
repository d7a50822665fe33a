import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Stage runner")
struct StageRunnerTests {
    private static let keys = ["alpha", "beta", "gamma", "delta"]
    private static let all = keys + ["epsilon"]
    private static let batches = [1, 2, 3, 7, 10_000]

    /// Aborts first, so that what is undone is known to be undone before anything crashes.
    private static let schedules: [[Int: ScriptedLog.Fault]] = {
        let aborts: [[Int: ScriptedLog.Fault]] = [
            [:], [0: .abort], [0: .abort, 1: .abort, 2: .abort], [1: .abort, 3: .abort, 5: .abort],
        ]
        let crashes: [[Int: ScriptedLog.Fault]] =
            [[:]] + (0..<5).flatMap { [[$0: .crashBefore], [$0: .crashAfter]] }
            + [[0: .crashAfter, 1: .crashBefore, 2: .crashAfter, 3: .fence]]
        return aborts.flatMap { abort in crashes.map { abort.merging($0) { _, crash in crash } } }
    }()

    private static func filled(
        serve: @escaping (HTTPRequest) -> ScriptedCalls.Reply = { .ok("yes to \($0.path)") }
    ) throws -> TallyBench {
        let tally = try TallyBench(serve: serve)
        for key in keys { try tally.bench.append("names", key, "name of \(key)") }
        for number in 1...12 {
            try tally.bench.append("numbers", keys[number % keys.count], String(number))
            if number == 5 { try tally.bench.append("numbers", "beta", "unreadable") }
            if number == 6 { try tally.bench.append("numbers", "epsilon", "ask moon") }
        }
        return tally
    }

    @Test(
        "output and recovered memory are those of the undisturbed run for every batch, abort and restart",
        arguments: batches, schedules)
    func undisturbed(batch: Int, faults: [Int: ScriptedLog.Fault]) throws {
        let calm = try Self.filled()
        try calm.settle()
        let rough = try Self.filled()
        try rough.settle(batch: batch, faults: faults)
        for topic in ["totals", "tallies", "dead.letters"] {
            #expect(try rough.bench.committed(topic) == calm.bench.committed(topic))
        }
        #expect(try calm.bench.records("totals").count == 25)
        #expect(try rough.recalled(Self.all) == calm.recalled(Self.all))
        #expect(try calm.recalled(Self.all).map(\.total).reduce(0, +) == 78)
    }

    @Test(
        "crashes, aborts, rebalances and late answers in any mix change nothing that can be seen",
        arguments: 0..<100 as Range<UInt64>)
    func anyMix(seed: UInt64) throws {
        let calm = try Self.filled()
        try calm.settle()
        var chance = SplitMix64(seed: seed)
        let looks = Int.random(in: 0...4, using: &chance)
        let rough = try Self.filled { .ok("yes to \($0.path)", after: looks) }
        let aborts = (0..<60).filter { _ in Int.random(in: 0..<3, using: &chance) == 0 }
        let plan = ScriptedLog.Plan(Dictionary(uniqueKeysWithValues: aborts.map { ($0, .abort) }))
        for _ in 0..<4 {
            let mortality = Mortality(atSeam: Int.random(in: 0..<12, using: &chance))
            do {
                let log = try rough.log(plan: plan, mortality: mortality)
                var runner = rough.runner(on: log, batch: Int.random(in: 1...5, using: &chance), mortality: mortality)
                for _ in 0..<8 {
                    for _ in 0..<Int.random(in: 1...4, using: &chance) { _ = try runner.step(waiting: .zero) }
                    log.rebalance(to: Set((0..<Bench.partitions).filter { _ in Bool.random(using: &chance) }))
                }
            } catch is LogFailure {}
        }
        for _ in 0..<6 { try rough.settle() }
        for topic in ["totals", "tallies", "dead.letters"] {
            #expect(try rough.bench.committed(topic) == calm.bench.committed(topic))
        }
    }

    @Test("a memory that lived through aborts and rebalances is the fold of the journal", arguments: batches)
    func liveMemory(batch: Int) throws {
        let tally = try Self.filled()
        do {
            let log = try tally.log(plan: ScriptedLog.Plan([0: .abort, 2: .abort, 3: .abort]))
            var runner = tally.runner(on: log, batch: batch)
            for numbers in [[0, 1], [1, 2], [0, 1, 2]] as [Set<Int32>] {
                for _ in 0..<4 { _ = try runner.step(waiting: .zero) }
                log.rebalance(to: numbers)
            }
            try tally.rest(&runner)
            let live = Self.all.map { runner.memory(of: tally.bench.place($0)) }
            #expect(live.map(\.total).reduce(0, +) == 78)
            let entries = try tally.bench.records("tallies").count
            #expect(live.map(\.entries).reduce(0, +) == entries)
        }
        #expect(try tally.recalled(Self.all).map(\.total).reduce(0, +) == 78)
    }

    @Test("a partition that comes back brings what another member has journaled since, and nothing twice")
    func comesBack() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "5")
        let log = try tally.log()
        var runner = tally.runner(on: log)
        try tally.rest(&runner)
        log.rebalance(to: [])
        try tally.rest(&runner)
        try tally.bench.append("tallies", "alpha", "add 30", at: tally.bench.place("alpha").number)
        log.rebalance(to: [0, 1, 2])
        try tally.rest(&runner)
        #expect(runner.memory(of: tally.bench.place("alpha")).total == 35)
        #expect(runner.memory(of: tally.bench.place("alpha")).entries == 2)
    }

    @Test("a poisoned record is set aside with its bytes and its place, and its partition moves on")
    func poison() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "1")
        try tally.bench.append("numbers", "alpha", "unreadable \u{1b}[2J")
        try tally.bench.append("numbers", "alpha", "2")
        try tally.settle()
        let letters = try tally.bench.records("dead.letters")
        let letter = try #require(letters.first)
        #expect(letters.count == 1)
        #expect(letter.value == "unreadable \u{1b}[2J")
        #expect(letter.key == "alpha")
        #expect(letter.headers[DeadLetter.Header.sourceTopic] == "numbers")
        #expect(letter.headers[DeadLetter.Header.sourceOffset] == "1")
        #expect(letter.headers[DeadLetter.Header.reason] == "no text of ours")
        #expect(letter.headers[DeadLetter.Header.loop] == "tally")
        #expect(try tally.recalled(["alpha"]).first?.total == 3)
    }

    @Test("a record without a key is set aside, unless it is somebody else's")
    func keyless() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", nil, "1")
        try tally.bench.append("numbers", nil, "other")
        try tally.settle()
        #expect(try tally.bench.records("dead.letters").map { $0.value } == ["1"])
    }

    @Test("an output that is too large becomes a dead letter with its size and id, and the rest goes on")
    func tooLarge() throws {
        let tally = try TallyBench(recordLimit: 2_000)
        for text in ["1", "big", "2"] { try tally.bench.append("numbers", "alpha", text) }
        try tally.settle()
        let letter = try #require(try tally.bench.records("dead.letters").first)
        #expect(letter.value == Bytes.empty)
        #expect(letter.headers[DeadLetter.Header.size] == "5000")
        #expect(letter.headers[DeadLetter.Header.targetTopic] == "totals")
        #expect(letter.headers["ce_id"] == "numbers/\(letter.partition.number)@1#0")
        #expect(try tally.recalled(["alpha"]).first?.total == 3)
    }

    @Test("a record whose journal entry is too large is set aside with all that it decided")
    func vast() throws {
        let tally = try TallyBench(recordLimit: 2_000)
        for text in ["1", "vast", "2"] { try tally.bench.append("numbers", "alpha", text) }
        try tally.settle()
        #expect(try tally.bench.records("dead.letters").map { $0.value } == ["vast"])
        #expect(try tally.recalled(["alpha"]).first == TallyStage.Memory(total: 3, entries: 2))
    }

    @Test("an unreadable journal entry stops the process and names its place")
    func corruptJournal() throws {
        let tally = try TallyBench()
        try tally.bench.append("tallies", "alpha", "add 1", at: 2)
        try tally.bench.append("tallies", "alpha", "unreadable", at: 2)
        var runner = tally.runner(on: try tally.log())
        let failure = #expect(throws: LogFailure.self) { _ = try runner.step(waiting: .zero) }
        #expect(failure?.remedy == .stop)
        #expect(failure?.code == "journal-unreadable")
        #expect(failure?.detail.contains("tallies/2@1") == true)
    }

    @Test(
        "a commit that fails stops the process, whatever the log proposes",
        arguments: [ScriptedLog.Fault.fence, .unanswered])
    func commitFails(fault: ScriptedLog.Fault) throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "1")
        var runner = tally.runner(on: try tally.log(plan: ScriptedLog.Plan([0: fault])))
        _ = try runner.step(waiting: .zero)
        let failure = #expect(throws: LogFailure.self) { _ = try runner.step(waiting: .zero) }
        #expect(failure?.remedy == .stop)
        #expect(try tally.bench.records("totals").isEmpty)
    }

    @Test("a turn ends at its limit of bytes, and the rest of what was polled is the next turn's", arguments: [1, 200])
    func bytes(limit: Int) throws {
        let tally = try Self.filled()
        var runner = tally.runner(on: try tally.log(plan: ScriptedLog.Plan([1: .abort]))) { $0.bytes = limit }
        try tally.rest(&runner)
        #expect(runner.takeStatistics().turns > 3)
        #expect(Self.all.map { runner.memory(of: tally.bench.place($0)).total }.reduce(0, +) == 78)
    }

    @Test("a row is joined by key, replaced, deleted, and replayed after a restart")
    func table() throws {
        let tally = try TallyBench()
        try tally.bench.append("names", "alpha", "first")
        try tally.settle()
        try tally.bench.append("numbers", "alpha", "1")
        try tally.settle()
        try tally.bench.append("names", "alpha", "second")
        try tally.settle()
        try tally.bench.append("numbers", "alpha", "1")
        try tally.settle()
        try tally.bench.append("names", "alpha", nil)
        try tally.settle()
        try tally.bench.append("numbers", "alpha", "1")
        try tally.settle()
        let totals = try tally.bench.records("totals").compactMap { $0.value?.text }.filter { $0 != "also" }
        #expect(totals == ["first=1", "second=2", "?=3"])
    }

    @Test("an unreadable row is set aside once, though its table was replayed before it was polled")
    func poisonedRow() throws {
        let tally = try TallyBench()
        try tally.bench.append("names", "alpha", "unreadable")
        try tally.bench.append("names", "alpha", "name")
        for _ in 0..<2 { try tally.settle() }
        try tally.bench.append("numbers", "alpha", "1")
        try tally.settle()
        #expect(try tally.bench.records("dead.letters").map { $0.value } == ["unreadable"])
        #expect(try tally.bench.records("totals").first?.value == "name=1")
    }

    @Test("a journal that has lost what this member wrote stops the process")
    func shortened() throws {
        let tally = try TallyBench()
        try tally.bench.append("numbers", "alpha", "1")
        let log = try tally.log()
        var runner = tally.runner(on: log)
        try tally.rest(&runner)
        log.losesJournal = true
        log.rebalance(to: [0, 1, 2])
        let failure = #expect(throws: LogFailure.self) { try tally.rest(&runner) }
        #expect(failure?.code == "journal-shortened")
    }

    @Test("a replay that must be tried again is tried again before anything is polled")
    func replayRetried() throws {
        let tally = try Self.filled()
        let log = try tally.log()
        var runner = tally.runner(on: log)
        log.failingReplays = 2
        for _ in 0..<2 {
            let failure = #expect(throws: LogFailure.self) { _ = try runner.step(waiting: .zero) }
            #expect(failure?.remedy == .retry)
        }
        try tally.rest(&runner)
        #expect(Self.all.map { runner.memory(of: tally.bench.place($0)).total }.reduce(0, +) == 78)
    }
}
