import CRDKafka
import Ports

/// Owns a client of the library, its threads and its connections, and what its callbacks point at.
final class KafkaClient {
    let context: ClientContext
    private let handle: OpaquePointer
    private let topics: TopicHandles

    init(
        _ kind: rd_kafka_type_t, _ properties: ClientProperties, signals: Signals,
        preparing prepare: (borrowing KafkaConf) -> Void = { _ in }
    ) throws(KafkaFailure) {
        context = ClientContext(signals, token: properties.token)
        let conf = try KafkaConf(properties.values)
        conf.setContext(Unmanaged.passUnretained(context).toOpaque())
        if properties.token != nil { conf.askForTokens() }
        prepare(conf)
        handle = try conf.makeClient(kind)
        topics = TopicHandles()
        // Most of our clients are not polled while they wait, so the library's own thread asks.
        if properties.token != nil,
            let failure = KafkaFailure(
                consuming: rd_kafka_sasl_background_callbacks_enable(handle), doing: "logging in")
        {
            throw failure
        }
    }

    deinit {
        if context.hasLostTopics {
            // Left to the end of the process, which is near; its threads go on pointing at the context.
            _ = Unmanaged.passRetained(context)
            return
        }
        // While it closes, a group consumer asks what to do about its partitions, and waits for the answer.
        context.isClosing = true
        switch context.unanswered {
        case nil: break
        case .assigned: _ = answerRebalance([:])
        case .revoked: _ = answerRebalance(nil)
        }
        topics.destroy()
        // Returns when the library's threads have ended, so nothing calls into the context any more.
        rd_kafka_destroy(handle)
        withExtendedLifetime(context) {}
    }

    /// The client, for the duration of the closure.
    func withHandle<R, E: Error>(_ body: (OpaquePointer) throws(E) -> R) throws(E) -> R { try body(handle) }

    /// The client's handle of a topic, made once.
    func withTopic<R, E: Error>(
        _ name: String, _ body: (OpaquePointer) throws(E) -> R
    ) throws(E) -> R {
        try body(topics.handle(of: name, in: handle))
    }

    /// Takes what more has come for a group's member, without waiting; false where nothing has.
    func refill(_ batch: inout MessageBatch, atMost count: Int) -> Bool {
        let queue = rd_kafka_queue_get_consumer(handle)
        defer { rd_kafka_queue_destroy(queue) }
        context.isTakingBatch = true
        defer { context.isTakingBatch = false }
        return batch.refill(from: queue, atMost: count)
    }

    /// Answers the group, which waits for it: an assignment with the offsets to read from, a revocation with nil.
    func answerRebalance(_ offsets: [Partition: Offset]?) -> rd_kafka_resp_err_t {
        context.unanswered = nil
        guard let offsets else { return rd_kafka_assign(handle, nil) }
        let list = TopicPartitionList(offsets)
        return list.withList { rd_kafka_assign(handle, $0) }
    }

    /// Why the brokers do not take us, or we not them, if that was said since the last time somebody asked.
    func takeRefusal() -> KafkaFailure? {
        rd_kafka_poll(handle, 0)
        defer { context.refusal = nil }
        return context.refusal
    }

    /// What the library complained of last, where that may be why nothing answers: it repeats in silence what no
    /// repeating mends, like a wrong password.
    var complaint: String? { context.complaint }

    /// What made the client useless, if anything has.
    var fatal: KafkaFailure? {
        let reason = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 512)
        reason.initialize(repeating: 0)
        defer { reason.deallocate() }
        let code = rd_kafka_fatal_error(handle, reason.baseAddress, reason.count)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { return nil }
        let text = reason.baseAddress.map { String(cString: $0) } ?? ""
        return KafkaFailure(code, .stop, doing: "a Kafka client", reason: text)
    }
}

/// The topic handles of one client, which must be gone before it.
private final class TopicHandles {
    private var handles: [String: OpaquePointer] = [:]
    /// Records mostly go where the last one went.
    private var latest: (name: String, handle: OpaquePointer)?

    func handle(of name: String, in client: OpaquePointer) -> OpaquePointer {
        if let latest, latest.name == name { return latest.handle }
        let handle = known(name, in: client)
        latest = (name, handle)
        return handle
    }

    private func known(_ name: String, in client: OpaquePointer) -> OpaquePointer {
        if let handle = handles[name] { return handle }
        guard let handle = rd_kafka_topic_new(client, name, nil) else {
            preconditionFailure("librdkafka makes a handle of any topic name that it was asked about before")
        }
        handles[name] = handle
        return handle
    }

    func destroy() {
        for handle in handles.values { rd_kafka_topic_destroy(handle) }
        handles = [:]
        latest = nil
    }
}
