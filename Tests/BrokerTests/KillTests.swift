import PipelineTesting
import Testing

extension BrokerTests {
    @Suite("Kafka: killed processes", .timeLimit(.minutes(3)))
    struct KillTests {
        @Test("kill -9 of a worker at any moment leaves an exact output", arguments: [7] as [UInt64])
        func killedAtAnyMomentTheOutputIsExact(seed: UInt64) throws {
            try LogContract.killedAtAnyMomentTheOutputIsExact(
                KafkaUnderTest(), seed: seed, kills: 8, recordsPerKill: 100, life: 1_000..<4_000)
        }
    }
}
