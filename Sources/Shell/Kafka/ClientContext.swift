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
    /// The library loses the message behind a callback that yields while it fills a batch. There it need not yield
    /// either: nothing is waited for.
    var isTakingBatch = false
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
    if !context.isTakingBatch { rd_kafka_yield(client) }
}
