import CRDKafka
import Glibc
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

    func partition(_ names: inout PartitionNames) -> Partition {
        names.partition(of: message.pointee.rkt, message.pointee.partition)
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
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else {
            return Headers()
        }
        // This is done for every record that comes, so: measured first, one allocation, and written as `Headers` has it.
        var size = 0
        Self.forEach(in: list) { size += 6 + $0.count + $1.count }
        let encoded = [UInt8](unsafeUninitializedCapacity: size) { room, end in
            let room = UnsafeMutableRawBufferPointer(room)
            func write(_ bytes: UnsafeRawBufferPointer) {
                UnsafeMutableRawBufferPointer(rebasing: room[end...]).copyMemory(from: bytes)
                end += bytes.count
            }
            Self.forEach(in: list) { name, value in
                withUnsafeBytes(of: UInt16(name.count).bigEndian) { write($0) }
                write(name)
                withUnsafeBytes(of: UInt32(value.count).bigEndian) { write($0) }
                write(value)
            }
        }
        guard let headers = Headers(encoded: encoded) else { preconditionFailure("headers were written wrongly") }
        return headers
    }

    /// Names and values where they lie. Nobody of ours writes a header without a value, which is one with an empty value
    /// here, or one whose name is longer than `Headers` can say, which is left out.
    private static func forEach(
        in list: OpaquePointer, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        var index = 0
        while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            if let name, case let length = strlen(name), length <= UInt16.max {
                body(
                    UnsafeRawBufferPointer(start: name, count: length),
                    UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : size))
            }
            index += 1
        }
    }
}

/// Partitions by their topics' handles. Neighbours in a batch mostly share one, and making it anew costs an allocation.
/// To be used for one batch only: afterwards a handle may be another topic's.
struct PartitionNames {
    private var last: (handle: OpaquePointer, partition: Partition)?

    mutating func partition(of handle: OpaquePointer?, _ number: Int32) -> Partition {
        guard let handle else { return Partition("", number) }
        if let last, last.handle == handle {
            if last.partition.number == number { return last.partition }
            let partition = Partition(last.partition.topic, number)
            self.last = (handle, partition)
            return partition
        }
        let partition = Partition(String(cString: rd_kafka_topic_name(handle)), number)
        last = (handle, partition)
        return partition
    }
}
