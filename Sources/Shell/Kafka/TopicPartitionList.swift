import CRDKafka
import Ports

/// Owns a `rd_kafka_topic_partition_list_t`: partitions, each with an offset.
struct TopicPartitionList: ~Copyable {
    struct Entry {
        let partition: Partition
        let offset: Int64
        let code: rd_kafka_resp_err_t
    }

    private let list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ offsets: [Partition: Offset]) { self.init(offsets.map { ($0.key, $0.value.value) }) }

    init(_ entries: [(Partition, Int64)]) {
        list = rd_kafka_topic_partition_list_new(Int32(entries.count))
        for (partition, offset) in entries {
            rd_kafka_topic_partition_list_add(list, partition.topic, partition.number).pointee.offset = offset
        }
    }

    deinit { rd_kafka_topic_partition_list_destroy(list) }

    func withList<R>(_ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> R) -> R { body(list) }

    var entries: [Entry] { Self.entries(of: list) }

    /// What stands in a list that somebody else owns.
    static func entries(of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> [Entry] {
        guard let list else { return [] }
        return UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt)).map {
            Entry(
                partition: Partition(String(cString: $0.topic), $0.partition), offset: $0.offset, code: $0.err)
        }
    }
}
