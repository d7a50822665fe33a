import CRDKafka
import Ports

/// Owns a `rd_kafka_conf_t` until a client takes it.
struct KafkaConf: ~Copyable {
    private let handle: OpaquePointer

    /// Refuses what the library does not know or does not take. Values are never shown: one may be a password.
    init(_ values: [String: String]) throws(KafkaFailure) {
        handle = rd_kafka_conf_new()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            try set(name, to: value)
        }
    }

    deinit { rd_kafka_conf_destroy(handle) }

    private func set(_ name: String, to value: String) throws(KafkaFailure) {
        if rd_kafka_conf_set(handle, name, value, nil, 0) == RD_KAFKA_CONF_OK { return }
        throw KafkaFailure(
            RD_KAFKA_RESP_ERR__INVALID_ARG, .stop, doing: "setting \(name)",
            reason: "librdkafka \(String(cString: rd_kafka_version_str())) does not take this value")
    }

    /// What callbacks are given to find their way back; it must outlive the client.
    func setContext(_ context: UnsafeMutableRawPointer) {
        rd_kafka_conf_set_opaque(handle, context)
        rd_kafka_conf_set_log_cb(handle, tellLogLine)
    }

    /// To be answered by the library's own thread.
    func askForTokens() {
        rd_kafka_conf_enable_sasl_queue(handle, 1)
        rd_kafka_conf_set_oauthbearer_token_refresh_cb(handle, giveToken)
    }

    func recordRebalances() { rd_kafka_conf_set_rebalance_cb(handle, noteRebalance) }

    /// For a client that is polled, or asked by `KafkaClient.takeRefusal`.
    func recordErrors() { rd_kafka_conf_set_error_cb(handle, noteError) }

    /// Reports of delivery come as events on the main queue, and not by callback.
    func reportDeliveries() { rd_kafka_conf_set_events(handle, RD_KAFKA_EVENT_DR) }

    /// The client that takes these settings over.
    consuming func makeClient(_ kind: rd_kafka_type_t) throws(KafkaFailure) -> OpaquePointer {
        let reason = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 512)
        reason.initialize(repeating: 0)
        defer { reason.deallocate() }
        guard let client = rd_kafka_new(kind, handle, reason.baseAddress, reason.count) else {
            let text = reason.baseAddress.map { String(cString: $0) } ?? ""
            // Still ours: the deinit runs.
            _ = consume self
            throw KafkaFailure(
                RD_KAFKA_RESP_ERR__INVALID_ARG, .stop, doing: "starting a Kafka client", reason: text)
        }
        discard self
        return client
    }
}
