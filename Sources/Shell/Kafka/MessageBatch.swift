import CRDKafka

/// Messages that were taken from a queue together: asking for each alone costs a tenth more of a copying worker's
/// processor time. What is not looked at is let go of with the batch.
struct MessageBatch: ~Copyable {
    /// So few that what a batch brings beyond a limit of bytes stays small.
    static let capacity = 32

    private let messages: UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>
    private var rest = 0..<0

    /// Takes over the one that was waited for; empty where none came.
    init(first: UnsafeMutablePointer<rd_kafka_message_t>?) {
        messages = .allocate(capacity: Self.capacity)
        messages.initialize(repeating: nil)
        guard let first else { return }
        messages[0] = first
        rest = 0..<1
    }

    deinit {
        for index in rest { if let message = messages[index] { rd_kafka_message_destroy(message) } }
        messages.deallocate()
    }

    var isEmpty: Bool { rest.isEmpty }

    mutating func popFirst() -> KafkaMessage? {
        guard let index = rest.popFirst() else { return nil }
        return KafkaMessage(consuming: messages[index])
    }

    /// Takes what lies in the queue, without waiting. Nothing may be left of what was taken before.
    mutating func refill(from queue: OpaquePointer?, atMost count: Int) -> Bool {
        precondition(rest.isEmpty, "messages would be forgotten")
        let taken = rd_kafka_consume_batch_queue(queue, 0, messages.baseAddress, min(max(count, 0), Self.capacity))
        rest = 0..<max(taken, 0)
        return !rest.isEmpty
    }
}
