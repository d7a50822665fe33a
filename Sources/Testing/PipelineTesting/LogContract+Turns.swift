import Pipeline
import Ports

// Turns: what they make visible, what they move, and when they are refused.
extension LogContract {
    package static func orderPerPartition(_ log: some LogUnderTest) throws {
        let appender = try log.appender()
        for start in stride(from: 0, to: 300, by: 30) {
            try appender.append(numbered(start..<(start + 30), keys: 20))
        }
        let records = try join(log).records(300, atMost: 7)
        try require(places(records).count == 300, "\(places(records).count) different places of 300 records")
        for (partition, group) in Dictionary(grouping: records, by: \.partition) {
            let offsets = group.map(\.offset)
            try require(offsets == offsets.sorted(), "\(partition) came as \(offsets)")
        }
        for (key, group) in Dictionary(grouping: records, by: \.key) {
            let numbers = group.compactMap { $0.value?.text.flatMap { Int($0) } }
            let owner = Partitioner.partition(of: key ?? .empty, among: partitions)
            try require(numbers == numbers.sorted(), "\(key?.text ?? "nil") came as \(numbers)")
            try require(
                group.allSatisfy { $0.partition.number == owner }, "\(key?.text ?? "nil") is not in partition \(owner)")
        }
    }

    package static func turnIsVisibleWholeOrNotAtAll(_ log: some LogUnderTest) throws {
        try log.appender().append(numbered(0..<12))
        let member = try join(log)
        let outside = try log.tail(of: ["output", "journal"], from: .start)
        for (number, record) in try member.records(12).enumerated() {
            var turn = member.turn(consuming: [record])
            for partition in 0..<partitions {
                turn.produce(OutgoingRecord(topic: "output", partition: partition, key: nil, value: Bytes("\(number)")))
            }
            turn.journal(
                OutgoingRecord(topic: "journal", key: nil, value: Bytes("\(number)")), at: record.partition.number)
            try require(try rest(of: outside).isEmpty, "turn \(number) was seen before its commit")
            try member.commit(turn)
            let seen = texts(try rest(of: outside))
            try require(seen == Array(repeating: "\(number)", count: 4), "of turn \(number) was seen: \(seen)")
        }
    }

    package static func refusedTurnLeavesNothing(_ log: some LogUnderTest) throws {
        try log.appender().append(numbered(0..<3))
        let member = try join(log)
        var turn = member.turn(consuming: try member.records(3))
        turn.produce(OutgoingRecord(topic: "output", key: nil, value: "first"))
        turn.produce(OutgoingRecord(topic: "nowhere", key: nil, value: "second"))
        _ = try refusal(of: "a turn with an unknown topic") { _ = try member.log.commit(turn) }
        let seen = texts(try everything(in: ["output"], of: log))
        try require(seen.isEmpty, "of a refused turn was seen: \(seen)")
    }

    package static func committedOffsetsSurviveRestart(_ log: some LogUnderTest) throws {
        try log.appender().append(numbered(0..<30))
        do {
            let member = try join(log)
            try member.commit(member.turn(consuming: try member.records(30).filter { $0.offset.value < 4 }))
        }
        try log.restart()
        do {
            let member = try join(log)
            let left = try member.records(18)
            try require(left.allSatisfy { $0.offset.value >= 4 }, "came again: \(places(left).sorted())")
            try require(places(left).count == 18, "\(places(left).count) of 18 records came after the restart")
            try member.commit(member.turn(consuming: left))
        }
        try log.restart()
        try require(try join(log).isAtEnd(log), "a record came again although all were committed")
    }

    package static func rewindBringsTheSameAgain(_ log: some LogUnderTest) throws {
        try log.appender().append(numbered(0..<30) + numbered(0..<30, to: "other"))
        let member = try join(log, reading: ["input", "other"])
        let first = try member.records(60)
        try member.log.rewind()
        let second = try member.records(60)
        try require(places(first) == places(second), "not again: \(places(first).subtracting(places(second)).sorted())")
        try member.commit(member.turn(consuming: second.filter { $0.offset.value < 5 }))
        try member.log.rewind()
        let third = try member.records(30)
        let expected = places(second.filter { $0.offset.value >= 5 })
        try require(places(third) == expected, "after a commit came again: \(places(third).sorted())")
        try require(try member.isAtEnd(log), "more came than was rewound")
    }

    package static func turnOutsideItsAssignmentIsRefused(_ log: some LogUnderTest) throws {
        try log.appender().append(numbered(0..<3))
        do {
            let member = try join(log)
            let records = try member.records(3)
            let current = member.assignment
            let others = [
                Assignment(
                    generation: current.generation + 1, numbers: current.numbers,
                    partitionCount: current.partitionCount),
                Assignment(
                    generation: current.generation - 1, numbers: current.numbers,
                    partitionCount: current.partitionCount),
            ]
            for assignment in others {
                var turn = Turn(in: assignment)
                for record in records { turn.consume(record) }
                turn.produce(OutgoingRecord(topic: "output", key: nil, value: "void"))
                let failure = try refusal(of: "a turn of another generation") { _ = try member.log.commit(turn) }
                try require(failure.remedy == .stop, "the remedy is \(failure.remedy) instead of stop")
            }
            var foreign = Turn(in: current)
            foreign.journal(OutgoingRecord(topic: "journal", key: nil, value: "void"), at: partitions)
            let failure = try refusal(of: "a turn for a partition it was not assigned") {
                _ = try member.log.commit(foreign)
            }
            try require(failure.remedy == .stop, "the remedy is \(failure.remedy) instead of stop")
        }
        try log.restart()
        try require(try everything(in: ["output", "journal"], of: log).isEmpty, "a refused turn was seen")
        try require(try join(log).records(3).count == 3, "a refused turn moved the offsets")
    }

    package static func intentTurnKeepsWhatWasOnlyPolled(_ log: some LogUnderTest) throws {
        try log.appender().append(numbered(0..<30))
        do {
            let member = try join(log)
            let polled = try member.records(30)
            try member.commit(member.turn(consuming: polled.filter { $0.offset.value < 2 }))
            for number in 0..<partitions { try member.commit(intent(of: member, at: number)) }
        }
        try log.restart()
        let left = try join(log).records(24)
        try require(
            left.map(\.offset.value).min() == 2 && places(left).count == 24,
            "after an intent \(places(left).count) of 24 records came, from \(left.map(\.offset.value).min() ?? -1) on")
    }

    /// Whoever takes over has polled nothing yet, or polled and consumed nothing: its first intent must carry the
    /// offsets that were committed before, neither the log's start nor where it happens to read.
    package static func firstIntentAfterTakeoverKeepsTheOffset(_ log: some LogUnderTest) throws {
        try log.appender().append(numbered(0..<30))
        do {
            let member = try join(log)
            try member.commit(member.turn(consuming: try member.records(30).filter { $0.offset.value < 3 }))
        }
        for pollsFirst in [false, true] {
            try log.restart()
            do {
                let member = try join(log)
                if pollsFirst { _ = try member.records(21) }
                for number in 0..<partitions { try member.commit(intent(of: member, at: number)) }
            }
            try log.restart()
            let left = try join(log).records(21)
            try require(
                Set(left.map(\.offset.value)) == Set(3..<10) && places(left).count == 21,
                "after a takeover that \(pollsFirst ? "polled" : "did not poll") came \(places(left).sorted())")
        }
    }

    private static func intent(of member: Member, at number: Int32) -> Turn {
        var turn = member.turn()
        turn.journal(OutgoingRecord(topic: "journal", key: "k", value: "intent"), at: number)
        return turn
    }
}
