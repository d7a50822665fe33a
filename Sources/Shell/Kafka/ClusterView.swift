import CRDKafka
import Ports

/// What the brokers say about topics: how many partitions, where each one begins and ends. It looks as a
/// `read_uncommitted` client, because only that one sees what lies behind an open transaction.
final class ClusterView {
    private let client: KafkaClient
    private let patience: Duration
    private var counts: [String: Int32] = [:]

    init(_ settings: KafkaSettings, signals: Signals) throws(LogFailure) {
        do {
            client = try KafkaClient(
                RD_KAFKA_CONSUMER, settings.reader(isolation: "read_uncommitted"), signals: signals)
        } catch {
            throw LogFailure(error)
        }
        patience = settings.timing.patience
    }

    /// The client, for requests that are no question about partitions.
    func withClient<R>(_ body: (OpaquePointer) -> R) -> R { client.withHandle(body) }

    /// The next questions are put to the brokers again.
    func forgetCounts() { counts = [:] }

    /// Asked once per topic: the count of a topic that is in use never changes.
    func partitionCount(of topic: String) throws(LogFailure) -> Int32 {
        if let count = counts[topic] { return count }
        let answer = client.withHandle { handle in
            client.withTopic(topic) { topicHandle in
                var metadata: UnsafePointer<rd_kafka_metadata>?
                let code = rd_kafka_metadata(handle, 0, topicHandle, &metadata, patience.milliseconds)
                defer { if let metadata { rd_kafka_metadata_destroy(metadata) } }
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer = metadata?.pointee, answer.topic_cnt == 1
                else { return (code: code, count: Int32(0)) }
                return (code: answer.topics[0].err, count: answer.topics[0].partition_cnt)
            }
        }
        if answer.code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
            || answer.code == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION
        {
            throw LogFailure(
                .stop, code: "log.unknown-topic", detail: "the topic \"\(topic.printable())\" does not exist")
        }
        if let failure = KafkaFailure(answer.code, doing: "asking for the partitions of \(topic)") {
            throw LogFailure(failure)
        }
        guard answer.count > 0 else {
            throw LogFailure(
                .retry, code: "log.no-partitions", detail: "the brokers name no partitions of \(topic) yet")
        }
        counts[topic] = answer.count
        return answer.count
    }

    /// The count that all of them have.
    func commonPartitionCount(of topics: [String]) throws(LogFailure) -> Int32 {
        var counts: [(topic: String, count: Int32)] = []
        for topic in topics { counts.append((topic, try partitionCount(of: topic))) }
        guard let count = counts.first?.count, counts.allSatisfy({ $0.count == count }) else {
            throw LogFailure(
                .stop, code: "log.partition-counts",
                detail: "the topics of one loop must have the same number of partitions, so that partition n of each "
                    + "has one owner: " + counts.map { "\($0.topic) has \($0.count)" }.joined(separator: ", "))
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
    func ends(of partitions: [Partition]) throws(LogFailure) -> [Partition: Offset] {
        try client.offsets(of: partitions, at: RD_KAFKA_OFFSET_END, waiting: patience)
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
        if let failure = KafkaFailure(code, doing: "asking for offsets of \(partitions.count) partitions") {
            throw LogFailure(failure)
        }
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
