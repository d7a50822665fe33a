import CRDKafka
import Ports

/// Who this member is in its group, as it was when an assignment was served. Every turn of that assignment shows it to
/// the broker, which refuses it once the group has moved on.
final class GroupMetadata {
    let generation: Int32
    let member: String
    private let handle: OpaquePointer

    /// Takes the handle over. A generation below zero or no member's name is refused: the broker would take a turn of
    /// such a member without looking whether the partitions are still its own.
    init(consuming handle: OpaquePointer?) throws(LogFailure) {
        guard let handle else {
            throw LogFailure(.stop, code: "log.no-membership", detail: "the consumer belongs to no group")
        }
        guard let (generation, member) = Self.identity(in: handle) else {
            rd_kafka_consumer_group_metadata_destroy(handle)
            throw LogFailure(
                .stop, code: "log.no-membership",
                detail: "librdkafka \(String(cString: rd_kafka_version_str())) writes its group metadata in a way "
                    + "that is not known here, so a member without a generation could not be told from one with it")
        }
        guard generation >= 0, !member.isEmpty else {
            rd_kafka_consumer_group_metadata_destroy(handle)
            throw LogFailure(
                .stop, code: "log.no-membership",
                detail: "an assignment came for generation \(generation) and member \"\(member)\": the broker would "
                    + "not fence turns of such a member", exitCode: .temporary)
        }
        self.generation = generation
        self.member = member
        self.handle = handle
    }

    deinit { rd_kafka_consumer_group_metadata_destroy(handle) }

    func withHandle<R>(_ body: (OpaquePointer) -> R) -> R { body(handle) }

    /// Read from the library's own serialisation, because 2.0 has no other way to ask: the magic, the generation in
    /// the machine's byte order, the group's and the member's name, each with a zero behind it.
    private static func identity(in handle: OpaquePointer) -> (generation: Int32, member: String)? {
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        if let error = rd_kafka_consumer_group_metadata_write(handle, &buffer, &size) {
            rd_kafka_error_destroy(error)
            return nil
        }
        guard let buffer else { return nil }
        defer { rd_kafka_mem_free(nil, buffer) }
        let bytes = UnsafeRawBufferPointer(start: buffer, count: size)
        let magic = Array("CGMDv2:".utf8)
        guard size > magic.count + 4, bytes.prefix(magic.count).elementsEqual(magic) else { return nil }
        let generation = bytes.loadUnaligned(fromByteOffset: magic.count, as: Int32.self)
        let names = bytes[(magic.count + 4)...].split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard names.count == 3 else { return nil }
        return (generation, String(decoding: names[1], as: UTF8.self))
    }
}
