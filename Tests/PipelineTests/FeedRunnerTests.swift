import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Feed runner")
struct FeedRunnerTests {
    @Test("a crash at any seam loses no record of a page and repeats none", arguments: 0..<60)
    func crash(seam: Int) throws {
        let mortality = Mortality(atSeam: seam)
        let first = try FeedBench(mortality: mortality)
        do {
            var runner = first.runner(on: try first.bench.log(reading: ["orders"], mortality: mortality), mortality)
            try first.rest(&runner)
        } catch is LogFailure {}
        let second = try FeedBench(on: first.bench)
        var runner = second.runner(on: try second.bench.log(reading: ["orders"]))
        try second.rest(&runner)
        #expect(try second.seen() == FeedBench.all())
        #expect(FeedBench.keys.map { runner.memory(of: second.bench.place($0)) } == [5, 5, 5])
    }

    @Test("the crash points are around every call and every commit")
    func seams() throws {
        let mortality = Mortality()
        let feed = try FeedBench()
        var runner = feed.runner(on: try feed.bench.log(reading: ["orders"]), mortality)
        try feed.rest(&runner)
        #expect(
            Set(mortality.reached) == [
                "toy.call.page.before", "toy.call.page.started", "toy.call.page.after", "toy.commit.page.before",
                "toy.commit.page.after",
            ])
        #expect(mortality.reached.count < 60, "so that the test above kills at each of them")
    }

    @Test("an aborted turn concludes the same answer again and does not ask again", arguments: 1...4)
    func aborts(count: Int) throws {
        let feed = try FeedBench()
        let plan = ScriptedLog.Plan(Dictionary(uniqueKeysWithValues: (1...count).map { ($0, .abort) }))
        var runner = feed.runner(on: try feed.bench.log(reading: ["orders"], plan: plan))
        try feed.rest(&runner)
        #expect(try feed.seen() == FeedBench.all())
        #expect(feed.calls.sent.count == 12, "three pages and an empty one of three consoles")
        #expect(runner.takeStatistics().aborted == count)
    }

    @Test("only the keys of owned partitions are polled", arguments: [[], [0], [1, 2], [0, 1, 2]] as [Set<Int32>])
    func ownership(numbers: Set<Int32>) throws {
        let feed = try FeedBench()
        let log = try feed.bench.log(reading: ["orders"])
        log.rebalance(to: numbers)
        var runner = feed.runner(on: log)
        try feed.rest(&runner)
        let owned = FeedBench.keys.filter { numbers.contains(feed.bench.place($0).number) }
        #expect(try Set(feed.seen().keys) == Set(owned))
        #expect(
            Set(feed.calls.sent.compactMap { $0.request.path.split(separator: "/").first.map(String.init) })
                == Set(owned))
    }

    @Test("an answer that comes when its key has gone is dropped, and the key's next owner starts from its cursor")
    func revoked() throws {
        let feed = try FeedBench(after: 3)
        let log = try feed.bench.log(reading: ["orders"])
        var runner = feed.runner(on: log)
        for _ in 0..<2 { _ = try runner.step(waiting: .zero) }
        #expect(feed.calls.sent.count == 3)
        log.rebalance(to: [])
        try feed.rest(&runner)
        #expect(try feed.seen().isEmpty)
        log.rebalance(to: [0, 1, 2])
        for _ in 0..<3 { try feed.rest(&runner) }
        #expect(try feed.seen() == FeedBench.all())
        #expect(runner.takeStatistics().dropped == 3)
    }

    @Test("no more calls than the limit are in flight, and every key gets its turn")
    func bounded() throws {
        let feed = try FeedBench(after: 2)
        var limits = FeedRunner<PageFeed>.Limits()
        limits.calls = 1
        var runner = feed.runner(on: try feed.bench.log(reading: ["orders"]), limits: limits)
        _ = try runner.step(waiting: .zero)
        for _ in 0..<3 {
            _ = try runner.step(waiting: .zero)
            #expect(feed.calls.sent.count == 1)
        }
        for _ in 0..<3 { try feed.rest(&runner) }
        #expect(try feed.seen() == FeedBench.all())
    }

    @Test("a feed at rest is waited for until it is due, and no longer")
    func waits() throws {
        let feed = try FeedBench()
        var runner = feed.runner(on: try feed.bench.log(reading: ["orders"]))
        try feed.rest(&runner)
        let sent = feed.calls.sent.count
        let start = feed.bench.clock.now
        #expect(try runner.step(waiting: .seconds(10)) == .idle)
        #expect(feed.bench.clock.now - start == .seconds(10))
        _ = try runner.step(waiting: .seconds(100))
        #expect(feed.bench.clock.now - start <= .seconds(30))
        #expect(feed.calls.sent.count == sent)
        _ = try runner.step(waiting: .zero)
        #expect(feed.calls.sent.count == sent + 3)
    }

    @Test("an order is answered once, what is not for the feed is consumed, and what is unreadable is set aside")
    func orders() throws {
        let feed = try FeedBench(count: 2)
        for text in ["other", "unreadable", "again"] { try feed.bench.append("orders", "east", text) }
        try feed.bench.append("orders", nil, "again")
        var runner = feed.runner(on: try feed.bench.log(reading: ["orders"], plan: ScriptedLog.Plan([0: .abort])))
        try feed.rest(&runner)
        #expect(try feed.bench.records("dead.letters").map { $0.value } == ["unreadable", "again"])
        #expect(try feed.bench.committed("cursors").values.flatMap { $0 }.filter { $0.hasPrefix("0 ") }.count == 1)
        #expect(try feed.seen() == FeedBench.all(2))
        #expect(runner.takeStatistics().records == 4)
    }
}
