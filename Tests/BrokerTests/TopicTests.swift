import Children
import Foundation
import Pipeline
import PipelineTesting
import Ports
import Testing

@testable import Kafka

extension BrokerTests {
    @Suite(
        "Kafka: topics that change under a member", .enabled(if: TestCluster.canStart, "set DOCKET_KAFKA_HOME"),
        .timeLimit(.minutes(2)))
    struct TopicTests {
        @Test("a topic that is deleted stops its reader, is not made again, and is not read from the start")
        func deleted() throws {
            // The client that lost its topic lives on in this process, and leaves the group when it is not polled.
            let log = try KafkaUnderTest { $0.betweenPolls = .seconds(5) }
            let topic = log.prefix + "input"
            try log.feed(0..<30)
            do {
                let member = try log.settledHand("one")
                try Hand.move([member], until: { member.polled.count == 30 }, "every record")
                try TestCluster.open().tool("topics", "--delete", "--topic", topic)
                let failure = #expect(throws: LogFailure.self) {
                    try Hand.move([member], until: { false }, "an error")
                }
                #expect(failure?.remedy == .stop)
                #expect(failure?.code == "log.unknown-topic")
                #expect(failure?.detail.contains(topic) == true, "\(failure?.detail ?? "")")
            }
            let missing = #expect(throws: LogFailure.self) { try log.hand("one") }
            #expect(missing?.code == "log.unknown-topic")
            #expect(try !TestCluster.open().tool("topics", "--list").contains(topic))

            // Made again by somebody: the group's place in it is gone, and it has worked here before.
            try TestCluster.open().tool("topics", "--create", "--topic", topic, "--partitions", "3")
            try log.feed(30..<33)
            let lost = #expect(throws: LogFailure.self) {
                try Hand.move([try log.hand("one")], until: { false }, "an error")
            }
            #expect(lost?.remedy == .stop)
            #expect(["log.offset-missing", "log.records-gone"].contains(lost?.code))
            #expect(try log.seen(in: "output").count == 30)
        }

        @Test("a record above a topic's own limit stops the turn's process with its name, and leaves nothing")
        func tooLarge() throws {
            let log = try KafkaUnderTest()
            let topic = log.prefix + "small"
            try TestCluster.open().tool(
                "topics", "--create", "--topic", topic, "--partitions", "3", "--config", "max.message.bytes=10000")
            let member = try log.settledHand("one")
            var turn = try member.intent("small enough", at: 0)
            turn.produce(
                OutgoingRecord(
                    topic: "small", partition: 0, key: nil, value: Bytes([UInt8](repeating: 7, count: 20_000))))
            let failure = #expect(throws: LogFailure.self) { try member.log.commit(turn) }
            #expect(failure?.remedy == .stop)
            #expect(failure?.code == "kafka.MSG_SIZE_TOO_LARGE")
            #expect(failure?.detail.contains(topic) == true, "\(failure?.detail ?? "")")
            #expect(try log.seen(in: "journal").isEmpty)
            // It was undone, so this very member can still be used.
            #expect(try member.log.commit(member.intent("after", at: 0)) == .committed)
        }
    }
}
