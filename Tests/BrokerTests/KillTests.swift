import Children
import Foundation
import PipelineTesting
import Ports
import Testing

extension BrokerTests {
    @Suite("Kafka: killed processes", .timeLimit(.minutes(3)))
    struct KillTests {
        @Test("kill -9 of a worker at any moment leaves an exact output", arguments: [7] as [UInt64])
        func killedAtAnyMomentTheOutputIsExact(seed: UInt64) throws {
            try LogContract.killedAtAnyMomentTheOutputIsExact(
                KafkaUnderTest(), seed: seed, kills: 8, recordsPerKill: 100, life: 1_000..<4_000)
        }

        @Test(
            "kill -9 of the only broker in the middle of the work leaves an exact output",
            .enabled(if: TestCluster.isSoak, "set DOCKET_KAFKA_HOME and DOCKET_SOAK"))
        func killedBroker() throws {
            let cluster = try TestCluster.own()
            defer { #expect(throws: Never.self) { try cluster.end() } }
            let log = try KafkaUnderTest(on: cluster.bootstrap)
            let count = 900
            try log.feed(0..<count)
            var worker = try log.startWorker(CopyLoop())
            var starts = 1
            let outside = try log.tail(of: ["output"], from: .start)
            var copies: [IncomingRecord] = []
            let end = ContinuousClock.now + .seconds(120)
            func work(until enough: Int) throws {
                while copies.count < enough, ContinuousClock.now < end {
                    copies += try outside.next(atMost: 1_000, waiting: .milliseconds(200)).records
                    // As a supervisor does: without an answer to its commit a worker ends itself.
                    if !worker.isRunning {
                        worker = try log.startWorker(CopyLoop())
                        starts += 1
                    }
                }
            }
            for enough in [100, 400] {
                try work(until: enough)
                #expect((enough..<count).contains(copies.count), "the broker is not killed in the middle of the work")
                try cluster.broker("kill")
                try cluster.broker("restart")
            }
            try work(until: count)
            worker.kill()
            copies += try outside.next(atMost: 1_000, waiting: .seconds(1)).records
            #expect(copies.count == count, "\(starts) workers")
            for (number, records) in Dictionary(grouping: copies, by: \.partition.number) {
                let values = records.compactMap { $0.value?.text }.compactMap { Int($0) }
                #expect(values == Array(stride(from: Int(number), to: count, by: 3)))
            }
        }
    }
}
