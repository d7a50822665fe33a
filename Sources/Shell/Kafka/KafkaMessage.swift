import CRDKafka
import Ports

/// Owns a message that was polled, and copies out of it what the record is made of, once.
struct KafkaMessage: ~Copyable {
    private let message: UnsafeMutablePointer<rd_kafka_message_t>

    /// Takes the message over; nil where none came.
    init?(consuming message: UnsafeMutablePointer<rd_kafka_message_t>?) {
        guard let message else { return nil }
        self.message = message
    }

    deinit { rd_kafka_message_destroy(message) }

    /// Looked at before anything else: with an error the value is its text.
    var code: rd_kafka_resp_err_t { message.pointee.err }
    var reason: String { String(cString: rd_kafka_message_errstr(message)) }
    var offset: Offset { Offset(message.pointee.offset) }

    func partition(_ names: inout TopicNames) -> Partition {
        Partition(names.name(of: message.pointee.rkt), message.pointee.partition)
    }

    func record(in partition: Partition) -> IncomingRecord {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let milliseconds = rd_kafka_message_timestamp(message, &kind)
        return IncomingRecord(
            partition: partition, offset: offset,
            key: Self.bytes(message.pointee.key, message.pointee.key_len),
            value: Self.bytes(message.pointee.payload, message.pointee.len), headers: headers,
            timestamp: Timestamp(milliseconds: milliseconds))
    }

    private static func bytes(_ start: UnsafeMutableRawPointer?, _ count: Int) -> Bytes? {
        start.map { Bytes(UnsafeRawBufferPointer(start: $0, count: count)) }
    }

    private var headers: Headers {
        var list: OpaquePointer?
        var headers = Headers()
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR else { return headers }
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        var index = 0
        while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            if let name {
                // A header without a value is one with an empty value here; nobody of ours writes such.
                headers.append(
                    String(cString: name), value.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: size)) } ?? [])
            }
            index += 1
        }
        return headers
    }
}

/// The names of topics by their handles. Neighbours in a batch mostly share one, and making it anew costs an allocation.
/// To be used for one batch only: afterwards a handle may be another topic's.
struct TopicNames {
    private var last: (handle: OpaquePointer, name: String)?

    mutating func name(of handle: OpaquePointer?) -> String {
        guard let handle else { return "" }
        if let last, last.handle == handle { return last.name }
        let name = String(cString: rd_kafka_topic_name(handle))
        last = (handle, name)
        return name
    }
}
