import CRDKafka
import Ports

/// Reads partitions that it is told, outside any group. Unless it is told otherwise it sees committed records only.
final class PartitionReader {
    /// Behind all that was read or skipped, aborted records and control records included.
    var positions: [Partition: Offset] { offsets.all }
    private var offsets = PartitionOffsets()
    /// Where the end of a partition was told last: all that is decided before it was handed out.
    private(set) var ends: [Partition: Offset] = [:]
    /// Since nothing was there at once.
    private var taken = (count: 0, bytes: 0)
    /// So much without a gap that the library may have paused meanwhile: half of what its queue holds.
    private static let fullQueue = (count: 50_000, bytes: 32 << 20)
    private static let wakingMilliseconds: Int32 = 100
    private let client: KafkaClient
    private let queue: OpaquePointer

    init(_ settings: KafkaSettings, isolation: String = "read_committed", signals: Signals) throws(LogFailure) {
        do {
            client = try KafkaClient(RD_KAFKA_CONSUMER, settings.reader(isolation: isolation), signals: signals)
        } catch {
            throw LogFailure(error)
        }
        queue = client.withHandle { rd_kafka_queue_new($0) }
    }

    deinit {
        for partition in positions.keys {
            client.withTopic(partition.topic) { _ = rd_kafka_consume_stop($0, partition.number) }
        }
        // Purges what was fetched and not taken: a client does not end while a message of it is held.
        rd_kafka_queue_destroy(queue)
        withExtendedLifetime(client) {}
    }

    func start(_ partition: Partition, at offset: Offset) throws(LogFailure) {
        let answer = client.withTopic(partition.topic) {
            rd_kafka_consume_start_queue($0, partition.number, offset.value, queue)
        }
        if answer != 0, let failure = KafkaFailure(rd_kafka_last_error(), doing: "reading \(partition)") {
            throw LogFailure(failure)
        }
        offsets.move(partition, to: offset)
    }

    /// Where each partition's undecided part begins, or its end.
    func stableEnds(of partitions: [Partition], waiting: Duration) throws(LogFailure) -> [Partition: Offset] {
        try client.offsets(of: partitions, at: RD_KAFKA_OFFSET_END, waiting: waiting)
    }

    /// The next records, waiting at most so long for the first thing that comes, which may be the end of a partition.
    func take(atMost count: Int, bytes: Int, waiting: Duration) throws(LogFailure) -> [IncomingRecord] {
        var records: [IncomingRecord] = []
        var size = 0
        var first = rd_kafka_consume_queue(queue, 0)
        if first == nil {
            if taken.count >= Self.fullQueue.count || taken.bytes >= Self.fullQueue.bytes { wake() }
            taken = (0, 0)
            first = rd_kafka_consume_queue(queue, waiting.milliseconds)
        }
        var batch = MessageBatch(first: first)
        var partitions = PartitionNames()
        repeat {
            while let message = batch.popFirst() {
                guard let record = try accept(message, in: message.partition(&partitions)) else { continue }
                size += record.size
                records.append(record)
            }
        } while records.count < count && size < bytes && batch.refill(from: queue, atMost: count - records.count)
        taken = (taken.count + records.count, taken.bytes + size)
        return records
    }

    /// Once its queue is full the library looks at it again after a second, however soon it has been emptied. Any request
    /// to the broker ends that pause; what is answered does not matter.
    private func wake() {
        for partition in positions.keys {
            var ends: (Int64, Int64) = (0, 0)
            client.withHandle {
                _ = rd_kafka_query_watermark_offsets(
                    $0, partition.topic, partition.number, &ends.0, &ends.1, Self.wakingMilliseconds)
            }
        }
    }

    /// The record, if it is one and was not brought before.
    private func accept(
        _ message: borrowing KafkaMessage, in partition: Partition
    ) throws(LogFailure) -> IncomingRecord? {
        guard let position = offsets[partition] else { return nil }
        switch message.code {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            guard message.offset >= position else { return nil }
            offsets.move(partition, to: message.offset.next)
            return message.record(in: partition)
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            offsets.move(partition, to: max(position, message.offset))
            ends[partition] = message.offset
        default:
            try check(message, in: partition)
        }
        return nil
    }

    private func check(_ message: borrowing KafkaMessage, in partition: Partition) throws(LogFailure) {
        if message.code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET {
            throw LogFailure(
                .stop, code: "log.records-gone",
                detail: "\(partition) no longer holds what comes next: \(message.reason.printable())")
        }
        let failure = KafkaFailure(message.code, doing: "reading \(partition)")
        if let failure, failure.remedy != .retry { throw LogFailure(failure) }
    }
}

extension IncomingRecord {
    var size: Int { (key?.count ?? 0) + (value?.count ?? 0) + headers.encoded.count }
}
