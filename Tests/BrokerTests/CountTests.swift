import Children
import Pipeline
import Ports
import Testing

@testable import Kafka

extension BrokerTests {
    @Suite(
        "Kafka: partitions that are added while programs run",
        .enabled(if: TestCluster.canStart, "set DOCKET_KAFKA_HOME"), .timeLimit(.minutes(2)))
    struct CountTests {
        private func add(to topic: String, of log: KafkaUnderTest) throws {
            try TestCluster.open().tool(
                "topics", "--alter", "--topic", log.prefix + topic, "--partitions", topic == "narrow" ? "3" : "4")
        }

        private func expectEnd(of hand: Hand, because topic: String) throws {
            let end = ContinuousClock.now + .seconds(20)
            let failure = #expect(throws: LogFailure.self) {
                while ContinuousClock.now < end { try hand.step() }
            }
            #expect(failure?.code == "log.partition-counts")
            #expect(failure?.remedy == .stop)
            #expect(failure?.exitCode == .doNotRestart)
            #expect(failure?.detail.contains("\(topic) had 3 partitions and now has 4") == true)
        }

        @Test(
            "a loop stops, and is not to be restarted, when a topic that it reads, folds or writes gets more",
            arguments: ["input", "journal", "output"])
        func stopped(topic: String) throws {
            let log = try KafkaUnderTest { $0.betweenLooks = .milliseconds(200) }
            let hand = try log.settledHand("one")
            try log.feed(0..<3)
            try Hand.move([hand], until: { hand.polled.count == 3 }, "what was fed")
            try add(to: topic, of: log)
            try expectEnd(of: hand, because: log.prefix + topic)
        }

        @Test("a reader outside any group stops as well: a stop could lie where it does not look")
        func tail() throws {
            let log = try KafkaUnderTest { $0.betweenLooks = .milliseconds(200) }
            let tail = try log.tail(of: ["output"], from: .start)
            _ = try tail.next(atMost: 1, waiting: .zero)
            try add(to: "output", of: log)
            let failure = #expect(throws: LogFailure.self) {
                for _ in 0..<400 { _ = try tail.next(atMost: 1, waiting: .milliseconds(100)) }
            }
            #expect(failure?.code == "log.partition-counts" && failure?.exitCode == .doNotRestart)
        }

        @Test("an appender looks again before it writes by a count that is old", arguments: 1...2)
        func appender(records: Int) throws {
            let log = try KafkaUnderTest { $0.betweenLooks = .zero }
            let appender = try log.appender()
            let wishes = (0..<records).map { OutgoingRecord(topic: "output", key: Bytes("key \($0)"), value: "v") }
            try appender.append(wishes)
            try add(to: "output", of: log)
            // Each broker learns of it a moment later, so the first tries may still go the old way.
            let failure = #expect(throws: LogFailure.self) { for _ in 0..<200 { try appender.append(wishes) } }
            #expect(failure?.code == "log.partition-counts" && failure?.exitCode == .doNotRestart)
        }

        @Test("while brokers are away a loop is neither stopped nor held for long, and goes on when they are back")
        func away() throws {
            let cluster = try TestCluster.own()
            defer { #expect(throws: Never.self) { try cluster.end() } }
            let log = try KafkaUnderTest(on: cluster.bootstrap) { $0.betweenLooks = .zero }
            let hand = try log.settledHand("one")
            try cluster.broker("pause")
            for _ in 0..<4 {
                let start = ContinuousClock.now
                try hand.step()
                #expect(ContinuousClock.now - start < .seconds(2))
            }
            // Who writes now must know where to, and says that it does not.
            var impatient = log.settings
            impatient.timing.patience = .seconds(2)
            let view = try ClusterView(impatient, signals: .none)
            view.counts[log.prefix + "input"] = (3, .now)
            let failure = #expect(throws: LogFailure.self) { try view.refresh() }
            #expect(failure?.remedy == .retry)
            try cluster.broker("resume")
            try log.feed(0..<3)
            try Hand.move([hand], until: { hand.polled.count >= 3 }, "what was fed")
        }
    }
}
