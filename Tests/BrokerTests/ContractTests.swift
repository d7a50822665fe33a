import Children
import Foundation
import PipelineTesting
import Ports
import Testing

/// What needs a real Apache Kafka: DOCKET_KAFKA_HOME names a folder with one to start, DOCKET_KAFKA_BOOTSTRAP one that
/// runs. One test after the other: several at once would share the processors with their brokers, and use up their
/// time while they wait for each other.
@Suite(
    "Kafka", .serialized,
    .enabled(if: TestCluster.isThere, "set DOCKET_KAFKA_HOME or DOCKET_KAFKA_BOOTSTRAP to run these"))
struct BrokerTests {}

extension BrokerTests {
    @Suite("Kafka: the contract of every log", .timeLimit(.minutes(2)))
    struct ContractTests {
        @Test("records come in order per partition, and a key is always in the same one")
        func orderPerPartition() throws {
            try LogContract.orderPerPartition(KafkaUnderTest())
        }

        @Test("a turn is visible whole or not at all")
        func turnIsVisibleWholeOrNotAtAll() throws {
            try LogContract.turnIsVisibleWholeOrNotAtAll(KafkaUnderTest())
        }

        @Test("a refused turn leaves nothing behind")
        func refusedTurnLeavesNothing() throws {
            try LogContract.refusedTurnLeavesNothing(KafkaUnderTest())
        }

        @Test("committed offsets survive a restart")
        func committedOffsetsSurviveRestart() throws {
            try LogContract.committedOffsetsSurviveRestart(KafkaUnderTest())
        }

        @Test("a rewind brings the same records again, from every assigned partition")
        func rewindBringsTheSameAgain() throws {
            try LogContract.rewindBringsTheSameAgain(KafkaUnderTest())
        }

        @Test("a turn outside its assignment is refused")
        func turnOutsideItsAssignmentIsRefused() throws {
            try LogContract.turnOutsideItsAssignmentIsRefused(KafkaUnderTest())
        }

        @Test("intent_turn_does_not_commit_polled_records")
        func intentTurnKeepsWhatWasOnlyPolled() throws {
            try LogContract.intentTurnKeepsWhatWasOnlyPolled(KafkaUnderTest())
        }

        @Test("first_intent_after_takeover_keeps_the_offset")
        func firstIntentAfterTakeoverKeepsTheOffset() throws {
            try LogContract.firstIntentAfterTakeoverKeepsTheOffset(KafkaUnderTest())
        }

        @Test("a replay is complete, ends, and goes on from an offset")
        func replayIsCompleteAndEnds() throws {
            try LogContract.replayIsCompleteAndEnds(KafkaUnderTest())
        }

        @Test("headers, keys, tombstones, empty values and times come as they were")
        func recordsComeAsTheyWere() throws {
            try LogContract.recordsComeAsTheyWere(KafkaUnderTest(), now: now())
        }

        @Test("a record without a time has the moment of writing")
        func timeIsTheMomentOfWriting() throws {
            try LogContract.timeIsTheMomentOfWriting(KafkaUnderTest(), now: now)
        }

        @Test("of a compacted topic the last record of each key stays, in order, and its readers go on")
        func lastOfEachKeyStays() throws {
            try LogContract.lastOfEachKeyStays(KafkaUnderTest())
        }

        @Test("a replay of a compacted topic ends with what each key said last")
        func compactedReplayIsExact() throws {
            try LogContract.compactedReplayIsExact(KafkaUnderTest())
        }

        @Test("a record without a key is refused by a compacted topic")
        func compactedTopicWantsKeys() throws {
            try LogContract.compactedTopicWantsKeys(KafkaUnderTest())
        }

        @Test("a record over the limit is refused, one at the limit is not")
        func sizeIsLimited() throws {
            try LogContract.sizeIsLimited(KafkaUnderTest())
        }

        @Test("an unknown topic is refused by every call")
        func unknownTopicIsRefused() throws {
            try LogContract.unknownTopicIsRefused(KafkaUnderTest())
        }

        @Test("a loop over topics of unequal partition counts is refused")
        func loopOfUnequalTopicsIsRefused() throws {
            try LogContract.loopOfUnequalTopicsIsRefused(KafkaUnderTest())
        }

        @Test("an append is all or none")
        func appendIsAllOrNone() throws {
            try LogContract.appendIsAllOrNone(KafkaUnderTest())
        }

        @Test("a tail reads from the start or from the end")
        func tailReadsFromStartOrEnd() throws {
            try LogContract.tailReadsFromStartOrEnd(KafkaUnderTest())
        }

        @Test("a tail says honestly whether it reached the end")
        func tailSaysHonestlyWhetherItReachedTheEnd() throws {
            try LogContract.tailSaysHonestlyWhetherItReachedTheEnd(KafkaUnderTest())
        }

        private func now() -> Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }
    }
}
