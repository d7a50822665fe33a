import Children
import Foundation
import PipelineTesting
import Ports
import Testing

extension BrokerTests {
    /// One worker under a supervisor, whose way to the broker the test decides over.
    @Suite(
        "Kafka: a bad network", .enabled(if: TestCluster.canStart, "set DOCKET_KAFKA_HOME"), .timeLimit(.minutes(5)))
    struct NetworkTests {
        private let proxy: FaultyProxy
        private let log: KafkaUnderTest
        private let crew: Crew
        private let gauge: Gauge
        /// As the worker presents itself to brokers.
        private let name: String

        init() throws {
            let (proxy, cluster) = try TestCluster.behindProxy()
            self.proxy = proxy
            log = try KafkaUnderTest(on: cluster.bootstrap)
            name = log.prefix + "worker"
            crew = try Crew(["worker"], on: log)
            gauge = try Gauge(log)
        }

        private func finish(_ count: Int) throws {
            try gauge.wait(for: count, by: crew)
            crew.killAll()
            let flaws = try log.flaws(of: count)
            #expect(flaws.isEmpty, "\(flaws.joined(separator: "\n"))\(crew.report)")
        }

        private func wait(for what: String, _ isSo: () -> Bool) throws {
            let end = ContinuousClock.now + .seconds(30)
            while !isSo() {
                if ContinuousClock.now > end { throw Hand.Late(description: "\(what) did not come:\(crew.report)") }
                try crew.supervise()
                usleep(10_000)
            }
        }

        @Test(
            "a commit whose answer is lost is in the log once, whether a broker heard of it or not",
            arguments: [FaultyProxy.Trap.loseAnswer, .loseRequest], [0.5, 5])
        func lostAnswer(trap: FaultyProxy.Trap, seconds: Double) throws {
            try log.feed(0..<120)
            try gauge.wait(for: 20, by: crew)
            proxy.set(trap, for: .endTransaction, of: name)
            try wait(for: "a commit") { proxy.isSprung(of: name) }
            // Longer than a transaction may last, or not.
            Thread.sleep(forTimeInterval: seconds)
            proxy.inflict(nil, on: name)
            try finish(120)
            #expect(crew.ends.allSatisfy { $0 == .exit(ExitCode.temporary.rawValue) }, "\(crew.report)")
            if trap == .loseRequest, seconds > 2 {
                #expect(crew.obituaries.contains { $0.contains("log.transaction-expired") }, "\(crew.report)")
            }
        }

        @Test("a connection that is cut in the middle of a commit leaves an exact output, wherever it is cut")
        func cutCommit() throws {
            let places = [0, 3, 4, 13, 30, -1]
            let count = 60 + places.count * 30
            try log.feed(0..<count)
            for (index, place) in places.enumerated() {
                try gauge.wait(for: 20 + index * 30, by: crew)
                proxy.set(.cut(after: place), for: .endTransaction, of: name)
                try wait(for: "a commit") { proxy.isSprung(of: name) }
            }
            try finish(count)
            #expect(crew.ends.allSatisfy { $0 == .exit(ExitCode.temporary.rawValue) }, "\(crew.report)")
        }

        @Test("a slow network makes work slow, and nothing else")
        func slow() throws {
            try log.feed(0..<60)
            try gauge.wait(for: 20, by: crew)
            proxy.inflict(.slow(.milliseconds(60)), on: name)
            try gauge.wait(for: 40, by: crew)
            proxy.inflict(nil, on: name)
            try finish(60)
            #expect(crew.ends.isEmpty, "\(crew.report)")
        }

        @Test("a broker that is away for long is waited for, which is told within 10 s, and nothing is lost or doubled")
        func away() throws {
            let time = TestCluster.isSoak ? 60 : 20
            try log.feed(0..<120)
            try gauge.wait(for: 20, by: crew)
            let before = crew.told(by: 0).count
            proxy.inflict(.away, on: name)
            let start = ContinuousClock.now
            try wait(for: "a warning") { crew.told(by: 0).dropFirst(before).contains(" warning ") }
            #expect(ContinuousClock.now - start < .seconds(10))
            while ContinuousClock.now - start < .seconds(time) {
                try crew.supervise()
                usleep(100_000)
            }
            proxy.inflict(nil, on: name)
            try finish(120)
            let codes = [ExitCode.temporary, .unavailable].map { .exit($0.rawValue) } as [Child.End]
            #expect(crew.ends.allSatisfy { codes.contains($0) }, "\(crew.report)")
        }
    }
}
