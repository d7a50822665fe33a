import Children
import Foundation
import PipelineTesting
import Ports
import Testing

extension BrokerTests {
    @Suite("Kafka: killed processes", .timeLimit(.minutes(10)))
    struct KillTests {
        @Test("kill -9 of a worker at any moment leaves an exact output", arguments: [7] as [UInt64])
        func killedAtAnyMomentTheOutputIsExact(seed: UInt64) throws {
            try LogContract.killedAtAnyMomentTheOutputIsExact(
                KafkaUnderTest(), seed: seed, kills: 8, recordsPerKill: 100, life: 1_000..<4_000)
        }

        // Three brokers: where a partition has no leader for a moment, as when the only broker starts again, Kafka 4
        // passes over it when it ends a transaction, and nobody's output is exact.
        @Test(
            "over 60,000 records, workers and the brokers that lead are killed at any moment, and the output is exact",
            .enabled(if: TestCluster.canStart, "set DOCKET_KAFKA_HOME"), arguments: [11] as [UInt64])
        func soak(seed: UInt64) throws {
            let cluster = try TestCluster.three()
            let log = try KafkaUnderTest(on: cluster.bootstrap)
            let count = 60_000
            let (workers, brokers) = TestCluster.isSoak ? (30, 10) : (10, 3)
            try log.feed(0..<count)
            var loop = CopyLoop()
            loop.turnSize = 200
            let crew = try Crew(["one", "two"], on: log, loop)
            let gauge = try Gauge(log)
            var dice = SplitMix64(seed: seed)
            let victims = (Array(repeating: false, count: workers) + Array(repeating: true, count: brokers))
                .shuffled(using: &dice)
            do {
                for (index, isBroker) in victims.enumerated() {
                    try gauge.wait(for: (index + 1) * count / (victims.count + 2), by: crew)
                    usleep(.random(in: 0..<300_000, using: &dice))
                    #expect(gauge.count < count, "nobody is at work any more")
                    if isBroker {
                        let node = Int.random(in: 1...3, using: &dice)
                        try cluster.broker("kill", node)
                        // The others go on without it.
                        try gauge.wait(for: min(gauge.count + 400, count), by: crew)
                        try cluster.broker("restart", node)
                        try cluster.waitUntilWhole()
                    } else {
                        crew.kill(.random(in: 0...1, using: &dice))
                    }
                }
                try gauge.wait(for: count, by: crew)
            } catch {
                print(cluster.diagnosis)
                throw error
            }
            crew.killAll()
            let flaws = try log.flaws(of: count)
            #expect(flaws.isEmpty, "\(flaws.joined(separator: "\n"))\(crew.report)")
            print(
                "killed \(workers) workers and \(brokers) brokers over \(count) records; \(crew.ends.count) more workers",
                "ended by themselves; counted by \(Outsider.name)")
        }
    }
}
