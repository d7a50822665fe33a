import Pipeline
package import Ports

// Records: what a log keeps of them, what it refuses, and how they are written and read outside any group.
extension LogContract {
    package static func replayIsCompleteAndEnds(_ log: some LogUnderTest) throws {
        let member = try join(log)
        for number in 0..<50 {
            var turn = member.turn()
            for _ in 0..<30 {
                turn.journal(OutgoingRecord(topic: "journal", key: "k", value: Bytes("\(number)")), at: 1)
            }
            try member.commit(turn)
        }
        // More than any log holds in memory at once.
        let expected = (0..<50).flatMap { Array(repeating: "\($0)", count: 30) }
        var all: [IncomingRecord] = []
        let end = try member.log.replay(Partition("journal", 1), from: .start) { all.append($0) }
        try require(texts(all) == expected, "replayed \(all.count) of \(expected.count), or in another order")

        var rest: [IncomingRecord] = []
        let same = try member.log.replay(Partition("journal", 1), from: all[99].offset.next) { rest.append($0) }
        try require(texts(rest) == Array(expected[100...]), "from \(all[99].offset.next) on came \(rest.count) of 1400")
        try require(same == end, "two replays end at \(end) and \(same)")

        var turn = member.turn()
        turn.journal(OutgoingRecord(topic: "journal", key: "k", value: "later"), at: 1)
        try member.commit(turn)
        var later: [IncomingRecord] = []
        try member.log.replay(Partition("journal", 1), from: end) { later.append($0) }
        try require(texts(later) == ["later"], "going on from \(end) brought \(texts(later))")

        var empty: [IncomingRecord] = []
        try member.log.replay(Partition("journal", 0), from: .start) { empty.append($0) }
        try require(empty.isEmpty, "an empty partition replayed \(empty.count) records")
    }

    /// `now` is the clock that the log goes by.
    package static func recordsComeAsTheyWere(_ log: some LogUnderTest, now: Timestamp) throws {
        var headers = Headers([("ce_id", "eu1.9041"), ("twice", "first"), ("twice", "second"), ("empty", "")])
        headers.append("raw", [0x00, 0xff, 0x80])
        // Old enough to be none that a log makes up, and young enough that no log has reason to let go of it.
        let moment = Timestamp(milliseconds: now.milliseconds - 3_600_000)
        let written: [OutgoingRecord] = [
            OutgoingRecord(topic: "output", partition: 0, key: "k", value: "v", headers: headers, timestamp: moment),
            OutgoingRecord(topic: "output", partition: 0, key: nil, value: "no key", timestamp: moment),
            OutgoingRecord(topic: "output", partition: 0, key: .empty, value: "empty key", timestamp: moment),
            OutgoingRecord(topic: "output", partition: 0, key: "tombstone", value: nil, timestamp: moment),
            OutgoingRecord(topic: "output", partition: 0, key: "empty", value: .empty, timestamp: moment),
            OutgoingRecord(topic: "output", partition: 0, key: nil, value: nil, headers: headers, timestamp: moment),
            OutgoingRecord(
                topic: "output", partition: 0, key: Bytes([0, 1, 0xfe]), value: Bytes([0, 0xff]), timestamp: moment),
        ]
        try log.appender().append(written)
        let member = try join(log)
        var turn = member.turn()
        for record in written { turn.produce(record) }
        try member.commit(turn)

        let read = try everything(in: ["output"], of: log)
        try require(read.count == 2 * written.count, "\(read.count) records came of \(2 * written.count)")
        for (record, original) in zip(read, written + written) {
            let name = original.key?.text ?? "nil key"
            try require(
                record.key == original.key, "\(name): the key came as \(record.key?.array.description ?? "nil")")
            try require(
                record.value == original.value, "\(name): the value came as \(record.value?.array.description ?? "nil")"
            )
            try require(record.headers == original.headers, "\(name): the headers came as \(record.headers.pairs)")
            try require(record.timestamp == moment, "\(name): the time came as \(record.timestamp)")
        }
    }

    /// `now` is the clock that the log goes by.
    package static func timeIsTheMomentOfWriting(_ log: some LogUnderTest, now: () -> Timestamp) throws {
        let before = now()
        try log.appender().append(numbered(0..<3, to: "output"))
        let after = now()
        for record in try everything(in: ["output"], of: log) {
            // A log may keep milliseconds only.
            try require(
                record.timestamp.milliseconds >= before.milliseconds && record.timestamp <= after,
                "\(record.timestamp) is not between \(before) and \(after)")
        }
    }

    package static func sizeIsLimited(_ log: some LogUnderTest) throws {
        let member = try join(log)
        let limit = member.log.recordLimit
        func record(of size: Int) -> OutgoingRecord {
            let headers = Headers([("h", "v")])
            let value = Bytes([UInt8](repeating: 7, count: size - 1 - headers.encoded.count))
            return OutgoingRecord(topic: "output", partition: 0, key: "k", value: value, headers: headers)
        }
        try log.appender().append([record(of: limit)])
        var turn = member.turn()
        turn.produce(record(of: limit))
        try member.commit(turn)

        turn = member.turn()
        turn.produce(OutgoingRecord(topic: "output", partition: 1, key: nil, value: "beside it"))
        turn.produce(record(of: limit + 1))
        _ = try refusal(of: "a turn with a record over the limit") { _ = try member.log.commit(turn) }
        _ = try refusal(of: "appending a record over the limit") {
            _ = try log.appender().append(numbered(0..<1, to: "output") + [record(of: limit + 1)])
        }
        let seen = try everything(in: ["output"], of: log)
        try require(seen.count == 2, "\(seen.count) records were seen instead of the 2 within the limit")
        try require(seen.allSatisfy { $0.value?.count == record(of: limit).value?.count }, "a value was cut")
    }

    package static func unknownTopicIsRefused(_ log: some LogUnderTest) throws {
        let stray = OutgoingRecord(topic: "nowhere", key: nil, value: "v")
        let appender = try log.appender()
        let member = try join(log)
        var turn = member.turn()
        turn.produce(stray)
        let attempts: [(String, () throws -> Void)] = [
            ("appending", { _ = try appender.append(numbered(0..<3, to: "output") + [stray]) }),
            ("committing", { _ = try member.log.commit(turn) }),
            ("tailing", { _ = try log.tail(of: ["nowhere"], from: .start).next(atMost: 1, waiting: .zero) }),
            ("replaying", { _ = try member.log.replay(Partition("nowhere", 0), from: .start) { _ in } }),
            ("reading", { _ = try log.member(of: "readers", reading: ["nowhere"], journal: nil) }),
            ("journaling", { _ = try log.member(of: "readers", reading: ["input"], journal: "nowhere") }),
        ]
        for (name, attempt) in attempts {
            let failure = try refusal(of: "\(name) an unknown topic", attempt)
            try require(
                failure.detail.contains("nowhere"), "\(name): the topic is not named in \"\(failure.detail)\"")
        }
        try require(try everything(in: ["output"], of: log).isEmpty, "a refused append was seen")
    }

    package static func loopOfUnequalTopicsIsRefused(_ log: some LogUnderTest) throws {
        for (sources, journal) in [(["input", "narrow"], "journal"), (["narrow"], "journal"), (["input"], "narrow")] {
            _ = try refusal(of: "a loop over \(sources) with \(journal)") {
                let member = try log.member(of: "copiers", reading: sources, journal: journal)
                _ = try member.poll(atMost: 1, waiting: log.settling)
            }
        }
    }

    package static func appendIsAllOrNone(_ log: some LogUnderTest) throws {
        let appender = try log.appender()
        let places = try appender.append(numbered(0..<9, to: "output"))
        let seen = try everything(in: ["output"], of: log)
        try require(
            Set(places.map { "\($0.0)@\($0.1)" }) == self.places(seen), "it says \(places), and seen is \(seen.count)")
        let wrong = OutgoingRecord(topic: "output", partition: partitions, key: nil, value: "v")
        _ = try refusal(of: "a partition that does not exist") {
            _ = try appender.append(numbered(9..<18, to: "output") + [wrong])
        }
        let after = try everything(in: ["output"], of: log)
        try require(after.count == 9, "\(after.count) records are seen, 9 were appended")
    }

    package static func tailReadsFromStartOrEnd(_ log: some LogUnderTest) throws {
        let appender = try log.appender()
        try appender.append(numbered(0..<9, to: "output"))
        let fromStart = try log.tail(of: ["output"], from: .start)
        try require(try rest(of: fromStart).count == 9, "not all is read from the start")
        // Only now: Kafka calls a transaction ended before its last record says so, and the end is behind what has ended.
        let fromEnd = try log.tail(of: ["output"], from: .end)
        try require(try rest(of: fromEnd).isEmpty, "something old is read from the end")
        try appender.append(numbered(9..<12, to: "output"))
        for tail in [fromStart, fromEnd] {
            let seen = texts(try rest(of: tail)).sorted()
            try require(seen == ["10", "11", "9"], "after three more, \(seen) is read")
        }
    }

    package static func tailSaysHonestlyWhetherItReachedTheEnd(_ log: some LogUnderTest) throws {
        let empty = try log.tail(of: ["output"], from: .start).next(atMost: 10, waiting: .zero)
        try require(empty.reachedEnd && empty.records.isEmpty, "an empty topic has no end")
        try log.appender().append(
            (0..<5).map { OutgoingRecord(topic: "output", partition: 1, key: nil, value: Bytes("\($0)")) })
        let tail = try log.tail(of: ["output"], from: .start)
        let end = ContinuousClock.now + deadline
        var count = 0
        while count < 5 {
            let batch = try tail.next(atMost: 1, waiting: .seconds(1))
            count += batch.records.count
            try require(batch.records.count <= 1, "\(batch.records.count) records came of at most one")
            try require(!batch.reachedEnd || count == 5, "the end is reached after \(count) of 5 records")
            try require(ContinuousClock.now < end, "only \(count) of 5 records came")
        }
        try require(try rest(of: tail).isEmpty, "more than 5 records came")
    }
}
