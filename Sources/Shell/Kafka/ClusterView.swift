import CRDKafka
import Ports

/// What the brokers say about topics: how many partitions, where each one begins and ends. It looks as a
/// `read_uncommitted` client, because only that one sees what lies behind an open transaction.
final class ClusterView {
    let client: KafkaClient
    let patience: Duration
    let signals: Signals
    let lookEvery: Duration
    /// How many partitions a topic has, and when the brokers said so last.
    var counts: [String: (count: Int32, at: ContinuousClock.Instant)] = [:]
    /// When the brokers were asked last, answered or not.
    var askedAt = ContinuousClock.now

    init(_ settings: KafkaSettings, signals: Signals) throws(LogFailure) {
        do {
            client = try KafkaClient(
                RD_KAFKA_CONSUMER, settings.reader(isolation: "read_uncommitted"), signals: signals
            ) { $0.recordErrors() }
        } catch {
            throw LogFailure(error)
        }
        patience = settings.timing.patience
        lookEvery = settings.timing.betweenLooks
        self.signals = signals
    }

    /// Asked once per topic. Records are addressed and partitions are shared out by this count as long as the process
    /// lives; `watch` and `refresh` see to it that it is still true.
    func partitionCount(of topic: String) throws(LogFailure) -> Int32 {
        if let known = counts[topic] { return known.count }
        let count = try layout(of: topic).partitions
        counts[topic] = (count, .now)
        return count
    }

    /// The count that all of them have.
    func commonPartitionCount(of topics: [String]) throws(LogFailure) -> Int32 {
        var counts: [(topic: String, count: Int32)] = []
        for topic in topics { counts.append((topic, try partitionCount(of: topic))) }
        guard let count = counts.first?.count, counts.allSatisfy({ $0.count == count }) else {
            throw LogFailure(
                .stop, code: "log.partition-counts",
                detail: "the topics of one loop must have the same number of partitions, so that partition n of each "
                    + "has one owner: " + counts.map { "\($0.topic) has \($0.count)" }.joined(separator: ", "),
                exitCode: .doNotRestart)
        }
        return count
    }

    func partitions(of topics: [String]) throws(LogFailure) -> [Partition] {
        var partitions: [Partition] = []
        for topic in topics {
            for number in 0..<(try partitionCount(of: topic)) { partitions.append(Partition(topic, number)) }
        }
        return partitions
    }

    /// Where each partition's first record is, or will be.
    func starts(of partitions: [Partition]) throws(LogFailure) -> [Partition: Offset] {
        try client.offsets(of: partitions, at: RD_KAFKA_OFFSET_BEGINNING, waiting: patience)
    }

    /// The high watermarks: behind all that was ever written, committed or not.
    func ends(
        of partitions: [Partition], waiting: Duration? = nil
    ) throws(LogFailure) -> [Partition: Offset] {
        try client.offsets(of: partitions, at: RD_KAFKA_OFFSET_END, waiting: waiting ?? patience)
    }
}

extension KafkaClient {
    /// The offsets of a place in each partition, as a client of this one's isolation sees them.
    func offsets(
        of partitions: [Partition], at place: Int32, waiting: Duration
    ) throws(LogFailure) -> [Partition: Offset] {
        if partitions.isEmpty { return [:] }
        let end = ContinuousClock.now + waiting
        while true {
            do throws(LogFailure) {
                return try offsetsAtOnce(of: partitions, at: place, waiting: end - .now)
            } catch {
                // A new topic, or one whose leader has moved, is not known by every broker at once.
                guard error.remedy == .retry, ContinuousClock.now < end else { throw error }
            }
        }
    }

    private func offsetsAtOnce(
        of partitions: [Partition], at place: Int32, waiting: Duration
    ) throws(LogFailure) -> [Partition: Offset] {
        let list = TopicPartitionList(partitions.map { ($0, Int64(place)) })
        let code = withHandle { handle in
            list.withList { rd_kafka_offsets_for_times(handle, $0, waiting.milliseconds) }
        }
        let what = "asking for offsets of \(partitions.count) partitions"
        // Whoever asks has seen the partitions; the library says this of one that has no leader at the moment.
        if code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, let failure = KafkaFailure(code, .retry, doing: what) {
            throw LogFailure(failure)
        }
        if let failure = KafkaFailure(code, doing: what) { throw LogFailure(failure) }
        var offsets: [Partition: Offset] = [:]
        for entry in list.entries {
            if let failure = KafkaFailure(entry.code, doing: "asking for an offset of \(entry.partition)") {
                throw LogFailure(failure)
            }
            guard entry.offset >= 0 else {
                throw LogFailure(
                    .stop, code: "log.no-offset",
                    detail: "the brokers answered \(entry.offset) for an offset of \(entry.partition)")
            }
            offsets[entry.partition] = Offset(entry.offset)
        }
        return offsets
    }
}
