import Ports
import Testing

@testable import Kafka

@Suite("Kafka: what the library's errors ask for")
struct KafkaFailureTests {
    @Test(
        "fatal stops, what must be undone is undone, what passes is tried again, and what says nothing stops",
        arguments: [
            (true, true, true, Remedy.stop), (true, true, false, .stop), (true, false, true, .stop),
            (true, false, false, .stop), (false, true, true, .abort), (false, true, false, .abort),
            (false, false, true, .retry), (false, false, false, .stop),
        ])
    func flags(isFatal: Bool, requiresAbort: Bool, isRetriable: Bool, remedy: Remedy) {
        #expect(
            KafkaFailure.remedy(isFatal: isFatal, requiresAbort: requiresAbort, isRetriable: isRetriable) == remedy)
    }
}
