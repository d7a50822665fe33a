import Children
import Glibc
import Pipeline
import PipelineTesting
import Ports
import Testing

@testable import Kafka

extension BrokerTests {
    @Suite("Kafka: journals and offsets", .timeLimit(.minutes(2)))
    struct JournalTests {
        /// A process that has written to a journal and is frozen before it sends offsets, for as long as `body` runs.
        private func withFrozenWriter(
            at number: Int32, of log: KafkaUnderTest, _ body: () throws -> Void
        ) throws {
            let view = try ClusterView(log.settings, signals: .none)
            let journal = Partition(log.prefix + "journal", number)
            let record = AddressedRecord(
                OutgoingRecord(topic: journal.topic, partition: number, key: nil, value: "frozen"), to: number)
            let zombie = try TransactionalProducer(log.prefix + "zombie", log.settings, signals: .none)
            let before = try view.ends(of: [journal])
            var outcome = Result<Void, any Error>.success(())
            // It wakes up when its transaction was ended by the broker.
            #expect(throws: LogFailure.self) {
                try zombie.transact([record]) {
                    outcome = Result {
                        while try view.ends(of: [journal]) == before { continue }
                        try body()
                    }
                }
            }
            try outcome.get()
        }

        @Test("journal_behind_open_transaction: a replay brings all that was committed behind one of a frozen process")
        func journalBehindOpenTransaction() throws {
            let log = try KafkaUnderTest()
            try withFrozenWriter(at: 0, of: log) {
                do {
                    let owner = try log.settledHand("one")
                    for text in ["a", "b", "c"] {
                        #expect(try owner.log.commit(owner.intent(text, at: 0)) == .committed)
                    }
                }
                let successor = try log.settledHand("two")
                #expect(try successor.replay(0, from: .start).texts == ["a", "b", "c"])
            }
        }

        @Test("a transaction that outlives its time is ended by the broker, and its process stops to be started again")
        func transactionExpired() throws {
            let log = try KafkaUnderTest()
            let record = AddressedRecord(
                OutgoingRecord(topic: log.prefix + "output", partition: 0, key: nil, value: "late"), to: 0)
            let producer = try TransactionalProducer(log.prefix + "late", log.settings, signals: .none)
            let failure = #expect(throws: LogFailure.self) {
                // The broker looks once a second.
                try producer.transact([record]) { sleep(UInt32(log.settings.timing.transaction / .seconds(1)) + 3) }
            }
            #expect(failure?.code == "log.transaction-expired")
            #expect(failure?.remedy == .stop)
            #expect(failure?.exitCode == .temporary)
            #expect(try log.seen(in: "output").isEmpty)
        }

        @Test("a replay that takes longer than a member may be silent does not cost it its place")
        func longReplay() throws {
            let log = try KafkaUnderTest {
                $0.betweenPolls = .seconds(4)
                $0.transaction = .seconds(7)
            }
            try log.feed(0..<30)
            let member = try log.settledHand("one")
            #expect(try member.log.commit(member.intent("mine", at: 0)) == .committed)
            // Until the marker of that turn is written, the end moves by itself.
            #expect(try log.seen(in: "journal").count == 1)
            try withFrozenWriter(at: 0, of: log) {
                let begin = ContinuousClock.now
                #expect(try member.replay(0, from: .start).texts == ["mine"])
                #expect(ContinuousClock.now - begin > .seconds(5), "the replay did not have to wait long enough")
                #expect(try member.log.commit(member.intent("still", at: 0)) == .committed)
                // What came meanwhile was kept, in order.
                try Hand.move([member], until: { member.polled.count == 30 }, "every record")
                #expect(member.aborted == 0 && member.given.count == 1)
            }
        }

        @Test("a tail does not claim the end while a transaction hides what was committed behind it")
        func tailBehindOpenTransaction() throws {
            let log = try KafkaUnderTest()
            try withFrozenWriter(at: 0, of: log) {
                try log.appender().append([OutgoingRecord(topic: "journal", partition: 0, key: nil, value: "later")])
                let tail = try log.tail(of: ["journal"], from: .start)
                let hidden = try tail.next(atMost: 10, waiting: .milliseconds(300))
                #expect(hidden.records.isEmpty && !hidden.reachedEnd)
                #expect(try log.seen(in: "journal").map { $0.value?.text } == ["later"])
            }
        }

        @Test("journal_without_committed_offset_is_an_error: a person must see it")
        func journalWithoutCommittedOffset() throws {
            let log = try KafkaUnderTest()
            try log.appender().append([OutgoingRecord(topic: "journal", partition: 1, key: nil, value: "entry")])
            let failure = #expect(throws: LogFailure.self) { _ = try log.settledHand("one") }
            #expect(failure?.code == "log.offset-missing")
            #expect(failure?.remedy == .stop)
            #expect(failure?.exitCode == .doNotRestart)
            #expect(failure?.detail.contains("journal/1") == true)
        }

        @Test(
            "retention_passed_the_checkpoint_is_an_error: for records not read yet, and for a journal's first entries",
            .enabled(if: TestCluster.canStart, "set DOCKET_KAFKA_HOME"))
        func retentionPassedTheCheckpoint() throws {
            let log = try KafkaUnderTest()
            try log.feed(0..<30)
            do {
                let member = try log.settledHand("one")
                try Hand.move([member], until: { member.polled.count == 30 }, "every record")
                try log.feed(30..<60)
            }
            let cluster = try TestCluster.open()
            try cluster.deleteRecords(of: Partition(log.prefix + "input", 1), before: 12)
            try cluster.deleteRecords(of: Partition(log.prefix + "journal", 2), before: 3)
            let member = try log.settledHand("one")
            #expect(try member.replay(0, from: .start).texts.count == 10)
            let shortened = #expect(throws: LogFailure.self) { try member.replay(2, from: .start) }
            #expect(shortened?.code == "log.journal-shortened")
            #expect(shortened?.remedy == .stop)
            let gone = #expect(throws: LogFailure.self) {
                try Hand.move([member], copying: false, until: { false }, "an error")
            }
            #expect(gone?.code == "log.records-gone")
            #expect(gone?.remedy == .stop)
            #expect(gone?.detail.contains("\(log.prefix)input/1") == true)
        }

        @Test("a journal with nothing but what was undone is empty, and the group begins at the beginning")
        func undoneEntriesAreNone() throws {
            let log = try KafkaUnderTest()
            try log.feed(0..<3)
            try withFrozenWriter(at: 1, of: log) {
                let member = try log.settledHand("one")
                try Hand.move([member], copying: false, until: { member.polled.count == 3 }, "all records")
                #expect(member.polled.allSatisfy { $0.offset == .start })
            }
        }

        @Test("generation_below_zero_stops: who is nobody in the group, whose name and generation are known")
        func generationBelowZero() throws {
            let log = try KafkaUnderTest()
            let hand = try log.hand("one")
            let kafka = try #require(hand.log.log as? KafkaLog)
            let failure = #expect(throws: LogFailure.self) { try kafka.membership() }
            #expect(failure?.code == "log.no-membership")
            #expect(failure?.remedy == .stop)
            try Hand.move([hand], until: { hand.assignment != nil }, "the first assignment")
            let membership = try kafka.membership()
            #expect(membership.generation >= 0)
            #expect(membership.member.hasPrefix(log.prefix + "one-"))
        }

        @Test("partition_comes_back_and_replays_only_the_new")
        func partitionComesBack() throws {
            let log = try KafkaUnderTest()
            let one = try log.settledHand("one")
            for number in 0..<3 {
                #expect(try one.log.commit(one.intent("mine", at: Int32(number))) == .committed)
            }
            let ends = try (0..<3).map { try one.replay(Int32($0), from: .start).end }
            var moved: Set<Int32> = []
            do {
                let two = try log.hand("two")
                try Hand.move([one, two], until: { one.assignment != nil && two.assignment != nil }, "both")
                moved = try #require(two.assignment?.numbers)
                for number in moved { #expect(try two.log.commit(two.intent("theirs", at: number)) == .committed) }
            }
            try Hand.move([one], until: { one.assignment?.numbers == [0, 1, 2] }, "all partitions again")
            for (number, end) in ends.enumerated() {
                let expected = moved.contains(Int32(number)) ? ["theirs"] : []
                #expect(try one.replay(Int32(number), from: end).texts == expected)
            }
        }
    }
}
