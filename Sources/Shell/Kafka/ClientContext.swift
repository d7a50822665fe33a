import CRDKafka
import Ports

/// What the library's callbacks point at: where its log lines go, and what was said about the group's partitions.
///
/// Log lines come from the library's own threads and touch `signals` only, which is `Sendable`. Rebalances are told by
/// the thread that polls, inside its call, so the rest has one thread.
final class ClientContext {
    enum Notice {
        case assigned([Partition])
        case revoked
    }

    let signals: Signals
    var notices: [Notice] = []
    var isClosing = false
    /// The library has missed a topic or a partition since somebody last asked for it.
    var missesTopics = false
    /// A topic of the group is gone. librdkafka 2.0 waits for its partitions for ever when such a client is destroyed.
    var hasLostTopics = false
    /// What was said last and not answered yet.
    var unanswered: Notice?

    init(_ signals: Signals) { self.signals = signals }
}

/// The library's own log line. What makes us stop comes by another way, so here nothing is more than a warning.
func tellLogLine(
    client: OpaquePointer?, level: Int32, facility: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?
) {
    guard let client, let opaque = rd_kafka_opaque(client), let text else { return }
    let signals = Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue().signals
    let line: LogValue = .text(String(cString: text).printable(atMost: 512))
    // As in syslog: 4 and below is a warning or worse.
    if level <= 4 {
        signals.warning("kafka.told", [.errorDetail: line])
    } else {
        signals.debug("kafka.told", [.errorDetail: line])
    }
}

/// What the library cannot do and tells no call of ours, in the thread that polls.
func noteError(
    client: OpaquePointer?, code: Int32, reason: UnsafePointer<CChar>?, opaque: UnsafeMutableRawPointer?
) {
    guard let opaque else { return }
    let context = Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
    let text = reason.map { String(cString: $0).printable(atMost: 512) } ?? ""
    context.signals.warning("kafka.told", [.errorDetail: .text(text)])
    let missing = [
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
        RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
    ]
    if missing.contains(where: { $0.rawValue == code }) { context.missesTopics = true }
}

/// Only takes note: the answer is given by `poll`, in its own time and order.
func noteRebalance(
    client: OpaquePointer?, code: rd_kafka_resp_err_t,
    list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?, opaque: UnsafeMutableRawPointer?
) {
    guard let client, let opaque else { return }
    let context = Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
    if context.isClosing {
        rd_kafka_assign(client, nil)
        return
    }
    let notice: ClientContext.Notice =
        code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
        ? .assigned(TopicPartitionList.entries(of: list).map(\.partition)) : .revoked
    context.notices.append(notice)
    context.unanswered = notice
    rd_kafka_yield(client)
}
