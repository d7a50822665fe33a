import Children
import PipelineTesting
import Ports
import Testing

@testable import Kafka

extension BrokerTests {
    @Suite(
        "Kafka: a reader in a bad network", .enabled(if: TestCluster.canStart, "set DOCKET_KAFKA_HOME"),
        .timeLimit(.minutes(2)))
    struct TailTests {
        @Test("a reader whose question about the end is lost still hands out what it has taken")
        func lostQuestion() throws {
            let (proxy, cluster) = try TestCluster.behindProxy()
            let log = try KafkaUnderTest(on: cluster.bootstrap)
            try log.feed(0..<30)
            var settings = log.settings
            settings.instance = log.prefix + "reader"
            settings.timing.patience = .seconds(2)
            let tail = try KafkaStore(settings, signals: .none).tail(of: [log.prefix + "input"], from: .start)
            proxy.set(.loseAnswer, for: .listOffsets, of: settings.instance)
            var records: [IncomingRecord] = []
            let end = ContinuousClock.now + .seconds(30)
            while records.count < 30, ContinuousClock.now < end {
                do throws(LogFailure) {
                    records += try tail.next(atMost: 1_000, waiting: .seconds(1)).records
                } catch {
                    #expect(error.remedy == .retry)
                }
                if proxy.isSprung(of: settings.instance) { proxy.inflict(nil, on: settings.instance) }
            }
            #expect(records.compactMap { $0.value?.text }.compactMap { Int($0) }.sorted() == Array(0..<30))
        }
    }
}
