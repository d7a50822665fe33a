import Pipeline
import Ports

// What is kept of what was written.
extension LogContract {
    /// Versions of some keys, the last of which of each third key is a tombstone; with the journal's entries beside.
    private static func history(of topic: String) -> [OutgoingRecord] {
        let keys = 12
        let versions = 10
        return (0..<(keys * versions)).map { number in
            let isLast = number / keys == versions - 1
            return OutgoingRecord(
                topic: topic, key: Bytes("key-\(number % keys)"),
                value: isLast && number % 3 == 0 ? nil : Bytes("\(number)"))
        }
    }

    /// By key, what is in the log of it at last.
    private static func last(_ records: some Sequence<IncomingRecord>) -> [Bytes?: String] {
        Dictionary(records.map { ($0.key, "\($0.partition)@\($0.offset) \($0.value?.text ?? "nil")") }) { $1 }
    }

    private static func requireOrder(_ records: [IncomingRecord], rule: String = #function) throws {
        for (partition, records) in Dictionary(grouping: records, by: \.partition) {
            let offsets = records.map(\.offset)
            try require(
                zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }, "\(partition) came as \(offsets)", rule: rule)
        }
    }

    /// Each key's last record stays where it was written, whatever becomes of those before it; readers in the middle go
    /// on; a journal is kept whole.
    package static func lastOfEachKeyStays(_ log: some LogUnderTest) throws {
        let member = try join(log, reading: ["table"])
        let outside = try log.tail(of: ["table"], from: .start)
        let appender = try log.appender()
        try appender.append(history(of: "table"))
        let whole = try everything(in: ["table"], of: log)
        var polled = Array(try member.records(30, atMost: 10).prefix(20))
        var turn = member.turn(consuming: polled)
        for _ in 0..<40 { turn.journal(OutgoingRecord(topic: "journal", key: "same", value: "entry"), at: 0) }
        try member.commit(turn)
        try member.log.rewind()
        var followed = try outside.next(atMost: 7, waiting: .seconds(1)).records

        try log.letPass(.seconds(3_600))
        followed += try rest(of: outside)
        while case .records(let more) = try member.log.poll(atMost: 10, waiting: log.settling) {
            polled += more
            try member.commit(member.turn(consuming: more))
        }
        for (who, records) in [
            ("a new reader", try everything(in: ["table"], of: log)), ("a tail", followed), ("a member", polled),
        ] {
            try requireOrder(records)
            try require(last(records) == last(whole), "\(who) ends with \(last(records)) of \(last(whole))")
        }
        let entries = try everything(in: ["journal"], of: log).count
        try require(entries == 40, "of 40 entries of a journal with the same key, \(entries) are there")

        let (partition, offset) = try appender.append([OutgoingRecord(topic: "table", key: "key-1", value: "more")])[0]
        // A log may number more than records, so the next offset need not be the next number.
        let used = whole.filter { $0.partition == partition }.map(\.offset)
        try require(used.allSatisfy { $0 < offset }, "\(offset) is used again in \(partition)")
        let more = texts(try rest(of: outside))
        try require(more == ["more"], "what was written then is read as \(more)")
    }

    /// A replay ends with what each key said last, from the start and going on.
    package static func compactedReplayIsExact(_ log: some LogUnderTest) throws {
        let member = try log.member(of: "copiers", reading: ["input"], journal: "table")
        try log.appender().append(history(of: "table"))
        let whole = try everything(in: ["table"], of: log)
        try log.letPass(.seconds(3_600))
        var replayed: [IncomingRecord] = []
        var ends: [Partition: Offset] = [:]
        for number in 0..<partitions {
            let partition = Partition("table", number)
            ends[partition] = try member.replay(partition, from: .start) { replayed.append($0) }
        }
        try requireOrder(replayed)
        try require(last(replayed) == last(whole), "replayed is \(last(replayed)) of \(last(whole))")
        try log.appender().append([OutgoingRecord(topic: "table", key: "key-1", value: "later")])
        var later: [IncomingRecord] = []
        for (partition, end) in ends { try member.replay(partition, from: end) { later.append($0) } }
        try require(texts(later) == ["later"], "going on brought \(texts(later))")
    }

    package static func compactedTopicWantsKeys(_ log: some LogUnderTest) throws {
        let stray = OutgoingRecord(topic: "table", partition: 0, key: nil, value: "v")
        let member = try join(log)
        var turn = member.turn()
        turn.produce(stray)
        _ = try refusal(of: "a turn with a record without a key") { _ = try member.log.commit(turn) }
        _ = try refusal(of: "appending a record without a key") { _ = try log.appender().append([stray]) }
        try require(try everything(in: ["table"], of: log).isEmpty, "a refused record was seen")
    }
}
