import Pipeline
import PipelineTesting
import Ports
import Testing

@testable import Kafka

extension BrokerTests {
    @Suite("Kafka: members of a group", .timeLimit(.minutes(2)))
    struct MembershipTests {
        @Test("while members come and go, each record is copied exactly once and in order")
        func rebalance() throws {
            let log = try KafkaUnderTest()
            let one = try log.settledHand("one")
            try log.feed(0..<300)
            try Hand.move([one], until: { one.polled.count >= 40 }, "the first records")
            do {
                let two = try log.hand("two")
                try Hand.move(
                    [one, two], until: { one.assignment != nil && two.assignment != nil }, "partitions for both")
                #expect(two.assignment?.numbers.isDisjoint(with: one.assignment?.numbers ?? []) == true)
                try log.feed(300..<600)
                try Hand.move([one, two], until: { two.polled.count >= 40 }, "records for the second")
            }
            try Hand.move([one], until: { one.assignment?.numbers == [0, 1, 2] }, "all partitions for the first again")
            try log.feed(600..<900)
            var copies: [IncomingRecord] = []
            try Hand.move(
                [one],
                until: {
                    copies = try log.seen(in: "output")
                    return copies.count >= 900
                }, "every copy")
            #expect(copies.count == 900)
            for (number, records) in Dictionary(grouping: copies, by: \.partition.number) {
                let values = records.compactMap { $0.value?.text }.compactMap { Int($0) }
                #expect(values == Array(stride(from: Int(number), to: 900, by: 3)))
            }
        }

        @Test("foreign_partition_refused: a turn for another member's partition is refused, and nothing of it is seen")
        func foreignPartitionRefused() throws {
            let log = try KafkaUnderTest()
            let one = try log.settledHand("one")
            let two = try log.hand("two")
            try Hand.move([one, two], until: { one.assignment != nil && two.assignment != nil }, "partitions for both")
            let foreign = try #require(two.assignment?.numbers.min())
            let turn = try one.intent("foreign", at: foreign)
            let failure = #expect(throws: LogFailure.self) { try one.log.commit(turn) }
            #expect(failure?.code == "log.turn-outside-assignment")
            #expect(failure?.remedy == .stop)
            #expect(try log.seen(in: "journal").isEmpty)
        }

        @Test("intents_over_two_partitions_one_lost: a turn for both is refused as a whole")
        func intentsOverTwoPartitionsOneLost() throws {
            let log = try KafkaUnderTest()
            let one = try log.settledHand("one")
            let two = try log.hand("two")
            var turn = try one.intent("kept", at: 0)
            for number in [Int32(1), 2] {
                turn.journal(OutgoingRecord(topic: "journal", key: nil, value: "perhaps lost"), at: number)
            }
            try Hand.move([one, two], until: { one.assignment != nil && two.assignment != nil }, "partitions for both")
            // Made before the partitions moved, and made after, as if nothing had moved.
            #expect(throws: LogFailure.self) { try one.log.commit(turn) }
            var late = try one.intent("kept", at: try #require(one.assignment?.numbers.min()))
            late.journal(
                OutgoingRecord(topic: "journal", key: nil, value: "lost"),
                at: try #require(two.assignment?.numbers.min()))
            let failure = #expect(throws: LogFailure.self) { try one.log.commit(late) }
            #expect(failure?.code == "log.turn-outside-assignment")
            #expect(try log.seen(in: "journal").isEmpty)
        }

        @Test("a turn that was made before the partitions moved is refused after they came back")
        func oldAssignmentRefused() throws {
            let log = try KafkaUnderTest()
            let one = try log.settledHand("one")
            let old = try one.intent("old", at: 0)
            do {
                let two = try log.hand("two")
                try Hand.move([one, two], until: { two.assignment != nil && one.assignment != nil }, "both")
            }
            try Hand.move([one], until: { one.assignment?.numbers == [0, 1, 2] }, "all partitions again")
            #expect(throws: LogFailure.self) { try one.log.commit(old) }
            #expect(try log.seen(in: "journal").isEmpty)
        }

        @Test(
            "a member that was replaced cannot commit, neither what it consumed nor an intent",
            arguments: [true, false])
        func replacedMemberCannotCommit(consuming: Bool) throws {
            // Whoever does not poll for so long has to go.
            let log = try KafkaUnderTest { $0.betweenPolls = .seconds(4) }
            try log.feed(0..<3)
            let one = try log.settledHand("one")
            try Hand.move([one], copying: false, until: { one.polled.count == 3 }, "three records")
            let two = try log.hand("two")
            try Hand.move([two], until: { two.assignment?.numbers == [0, 1, 2] }, "a take-over")
            var turn = try one.intent("zombie", at: 0)
            if consuming { for record in one.polled { turn.consume(record) } }
            #expect(try one.log.commit(turn) == .aborted)
            try Hand.move([two], until: { two.polled.count == 3 }, "the records again")
            #expect(
                try log.seen(in: "journal").map { $0.value?.text }.sorted { $0 ?? "" < $1 ?? "" } == ["0", "1", "2"])
            #expect(two.aborted == 0)
        }

        @Test("what an undone turn consumed comes again, once, and the next turn is as good as any")
        func abortedTurnComesAgain() throws {
            let log = try KafkaUnderTest()
            let one = try log.settledHand("one")
            let kafka = try #require(one.log.log as? KafkaLog)
            let old = try kafka.membership()
            do {
                let two = try log.hand("two")
                try Hand.move([one, two], until: { two.assignment != nil && one.assignment != nil }, "both")
            }
            try Hand.move([one], until: { one.assignment?.numbers == [0, 1, 2] }, "all partitions again")
            try log.feed(0..<30)
            try Hand.move([one], copying: false, until: { one.polled.count == 30 }, "every record")
            let session = try #require(kafka.session)
            // As the group was before: the broker refuses the offsets, and everything with them.
            kafka.session = KafkaLog.Session(
                assignment: session.assignment, metadata: old, committed: session.committed,
                expected: session.expected)
            var turn = Turn(in: session.assignment)
            for record in one.polled {
                turn.consume(record)
                turn.produce(OutgoingRecord(topic: "output", partition: 0, key: nil, value: "undone"))
            }
            #expect(try one.log.commit(turn) == .aborted)
            kafka.session = session
            try Hand.move([one], until: { one.polled.count == 60 }, "every record again")
            #expect(one.polled[..<30].map(\.offset) == one.polled[30...].map(\.offset))
            let copies = try log.seen(in: "output").compactMap { $0.value?.text }.compactMap { Int($0) }
            #expect(copies.sorted() == Array(0..<30))
        }

        @Test("of two processes with one name the older is fenced, says so, and stays down when it is young")
        func fenced() throws {
            let log = try KafkaUnderTest()
            let old = try log.settledHand("one")
            let turn = try old.intent("fenced", at: 0)
            let new = try log.hand("one")
            let failure = #expect(throws: LogFailure.self) { try old.log.commit(turn) }
            #expect(failure?.code == "log.fenced")
            #expect(failure?.exitCode == .doNotRestart)
            #expect(failure?.detail.contains("\(log.prefix)one") == true)
            withExtendedLifetime(new) {}
            #expect(try log.seen(in: "journal").isEmpty)
        }

        @Test("unlike_partition_sets_are_not_worked_on: until they are alike again")
        func unlikePartitionSets() throws {
            let log = try KafkaUnderTest()
            // The other one reads one topic of the two, as a member of an older release would.
            var older: Hand? = try log.settledHand("older")
            let newer = try log.hand("newer", reading: ["input", "other"])
            let revocations = older?.given.count ?? 0
            try Hand.move(
                [newer] + [older].compactMap(\.self), until: { (older?.given.count ?? 0) > revocations },
                "a second assignment of the older")
            for _ in 0..<40 {
                try newer.step()
                try older?.step()
            }
            #expect(newer.given.isEmpty)
            older = nil
            try Hand.move([newer], until: { newer.assignment?.numbers == [0, 1, 2] }, "everything for the newer")
        }
    }
}
