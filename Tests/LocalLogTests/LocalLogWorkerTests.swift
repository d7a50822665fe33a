import LocalLog
import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Local log: several processes", .timeLimit(.minutes(1)), .serialized)
struct LocalLogWorkerTests {
    @Test("worker processes share the work: one, then three, then two, one of them killed")
    func workersShareTheWork() async throws {
        try await apart { try LogContract.workersShareTheWork(LocalLogUnderTest(.files)) }
    }

    @Test(
        "a worker frozen before a commit until others have its work cannot commit",
        arguments: CopyLoop.Moment.allCases)
    func zombieCannotCommit(moment: CopyLoop.Moment) async throws {
        try await apart { try LogContract.zombieCannotCommit(LocalLogUnderTest(.files), at: moment) }
    }

    @Test("who was killed or frozen is replaced within 5 s", arguments: LogContract.End.allCases)
    func takeOver(end: LogContract.End) async throws {
        let time = try await apart { try LogContract.takeOver(from: end, on: LocalLogUnderTest(.files)) }
        #expect(time < .seconds(5))
        // The kernel tells of a death at once. A lease, the only sign of a freeze, lasts 2 s more at least.
        #expect(end == .frozen || time < .seconds(2))
    }

    @Test("three workers and a stand-by without work use less than one percent of a processor each")
    func idle() async throws {
        let (used, time) = try await apart {
            let log = try LocalLogUnderTest(.files)
            let workers = try (0..<4).map { _ in try log.startWorker(CopyLoop()) }
            let input = (0..<30).map { OutgoingRecord(topic: "input", partition: $0 % 3, key: nil, value: "v") }
            try log.appender().append(input)
            let outside = try log.tail(of: ["output"], from: .start)
            // At work, and then without any.
            var copies = 0
            while copies < 30 { copies += try outside.next(atMost: 100, waiting: .seconds(30)).records.count }
            _ = try outside.next(atMost: 1, waiting: .seconds(2))
            let before = workers.map(\.processorTime)
            let start = ContinuousClock.now
            _ = try outside.next(atMost: 1, waiting: .seconds(6))
            return (zip(workers, before).map { $0.processorTime - $1 }, ContinuousClock.now - start)
        }
        #expect(used.allSatisfy { $0 < time / 100 }, "\(used) of \(time)")
    }
}
