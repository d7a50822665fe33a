import CRDKafka
import Ports

/// A record with the partition it goes to; without one, where it has no key either, the library takes any.
struct AddressedRecord {
    let record: OutgoingRecord
    let number: Int32?

    init(_ record: OutgoingRecord, to number: Int32?) {
        self.record = record
        self.number = number
    }
}

/// What became of a record: where it is, or why it is not.
struct Delivery {
    let number: Int
    let partition: Partition
    let offset: Offset
    let failure: KafkaFailure?
    /// Provably not written.
    let isMissing: Bool
}

/// Finds where records go, and refuses what no broker would take. Neighbours mostly have one topic, which is looked up
/// once.
struct AddressBook {
    let view: ClusterView
    let limit: Int
    private var latest: (topic: String, count: Int32)?

    init(_ view: ClusterView, limit: Int) {
        self.view = view
        self.limit = limit
    }

    mutating func number(for record: OutgoingRecord) throws(LogFailure) -> Int32? {
        let count = try partitionCount(of: record.topic)
        let number = record.partition ?? record.key.map { Partitioner.partition(of: $0, among: count) }
        if let number, !(0..<count).contains(number) {
            throw LogFailure(
                .stop, code: "log.unknown-partition",
                detail: "\(record.topic)/\(number) does not exist: \(record.topic) has \(count) partitions")
        }
        if record.size > limit {
            throw LogFailure(
                .setAside, code: "log.record-too-large",
                detail: "a record for \(record.topic)/\(number.map { "\($0)" } ?? "any") has \(record.size) bytes, "
                    + "the limit is \(limit)")
        }
        return number
    }

    private mutating func partitionCount(of topic: String) throws(LogFailure) -> Int32 {
        if let latest, latest.topic == topic { return latest.count }
        let count = try view.partitionCount(of: topic)
        latest = (topic, count)
        return count
    }
}

extension KafkaClient {
    /// Hands a record to the library, which copies it. `index` comes back with the report of its delivery.
    func produce(_ addressed: AddressedRecord, numbered index: Int) throws(KafkaFailure) {
        let record = addressed.record
        let headers = Self.headers(record.headers)
        let code = withHandle { handle in
            withTopic(record.topic) { topic in
                Self.withBytes(record.key) { key in
                    Self.withBytes(record.value) { value in
                        docket_produce(
                            handle, topic, addressed.number ?? -1, key.baseAddress, key.count, value.baseAddress,
                            value.count, record.timestamp?.milliseconds ?? 0, headers,
                            UnsafeMutableRawPointer(bitPattern: index + 1))
                    }
                }
            }
        }
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
        if let headers { rd_kafka_headers_destroy(headers) }
        // Inside a transaction that must be aborted the library takes no more records.
        let remedy: Remedy = code == RD_KAFKA_RESP_ERR__STATE ? .abort : .stop
        throw KafkaFailure(
            code, remedy, doing: "producing to \(record.topic)", reason: String(cString: rd_kafka_err2str(code)))
    }

    /// Nil stays nil for the library, and empty stays empty.
    private static func withBytes<R>(_ bytes: Bytes?, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let bytes else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return bytes.withUnsafeBytes(body)
    }

    private static func headers(_ headers: Headers) -> OpaquePointer? {
        if headers.encoded.isEmpty { return nil }
        let list = rd_kafka_headers_new(8)
        // For the library a value without an address is no value, and an empty array may have none.
        let somewhere: StaticString = ""
        headers.forEach { name, value in
            name.withUnsafeBytes { name in
                value.withUnsafeBytes { value in
                    _ = rd_kafka_header_add(
                        list, name.baseAddress?.assumingMemoryBound(to: CChar.self), name.count,
                        value.baseAddress ?? UnsafeRawPointer(somewhere.utf8Start), value.count)
                }
            }
        }
        return list
    }

    /// The reports of delivery that have come, waiting at most so long for the first.
    func deliveries(waiting: Duration) -> [Delivery] {
        let queue = withHandle { rd_kafka_queue_get_main($0) }
        defer { rd_kafka_queue_destroy(queue) }
        guard let event = rd_kafka_queue_poll(queue, waiting.milliseconds) else { return [] }
        defer { rd_kafka_event_destroy(event) }
        var deliveries: [Delivery] = []
        var partitions = PartitionNames()
        while let message = rd_kafka_event_message_next(event) {
            let partition = partitions.partition(of: message.pointee.rkt, message.pointee.partition)
            deliveries.append(
                Delivery(
                    number: Int(bitPattern: message.pointee._private) - 1, partition: partition,
                    offset: Offset(message.pointee.offset),
                    failure: KafkaFailure(message.pointee.err, doing: "writing to \(partition)"),
                    isMissing: rd_kafka_message_status(message) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED))
        }
        return deliveries
    }
}
