import CRDKafka
import Ports
import Synchronization

/// What the library's callbacks point at: where its log lines go, where its tokens come from, and what was said about
/// the group's partitions.
///
/// Log lines and the wish for a token come from the library's own threads and touch the constants only, which are
/// `Sendable`. Refusals and rebalances are told by the thread that polls, inside its call, so the rest has one thread.
final class ClientContext {
    enum Notice {
        case assigned([Partition])
        case revoked
    }

    let signals: Signals
    let token: KafkaSecurity.TokenSource?
    private let lastComplaint = Mutex<String?>(nil)
    var refusal: KafkaFailure?
    var notices: [Notice] = []
    var isClosing = false
    /// The library loses the message behind a callback that yields while it fills a batch. There it need not yield
    /// either: nothing is waited for.
    var isTakingBatch = false
    /// The library has missed a topic or a partition since somebody last asked for it.
    var missesTopics = false
    /// A topic of the group is gone. librdkafka 2.0 waits for its partitions for ever when such a client is destroyed.
    var hasLostTopics = false
    /// What was said last and not answered yet.
    var unanswered: Notice?

    /// What the library complained of last.
    var complaint: String? { lastComplaint.withLock(\.self) }

    func complain(_ text: String, as event: Signal.Event = "kafka.told") {
        lastComplaint.withLock { $0 = text }
        signals.warning(event, [.errorDetail: .text(text)])
    }

    init(_ signals: Signals, token: KafkaSecurity.TokenSource?) {
        self.signals = signals
        self.token = token
    }
}

/// The library's own log line. What makes us stop comes by another way, so here nothing is more than a warning.
func tellLogLine(
    client: OpaquePointer?, level: Int32, facility: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?
) {
    guard let client, let opaque = rd_kafka_opaque(client), let text else { return }
    let context = Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
    let line = String(cString: text).printable(atMost: 512)
    // As in syslog: 4 and below is a warning or worse.
    if level <= 4 {
        context.complain(line)
    } else {
        context.signals.debug("kafka.told", [.errorDetail: .text(line)])
    }
}

/// What the library cannot do and tells no call of ours, in the thread that polls.
func noteError(
    client: OpaquePointer?, code: Int32, reason: UnsafePointer<CChar>?, opaque: UnsafeMutableRawPointer?
) {
    guard let opaque else { return }
    let context = Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
    let text = reason.map { String(cString: $0).printable(atMost: 512) } ?? ""
    context.complain(text)
    let missing = [
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
        RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
    ]
    if missing.contains(where: { $0.rawValue == code }) { context.missesTopics = true }
    // A login or a certificate that one side does not accept: no waiting mends that.
    let code = rd_kafka_resp_err_t(rawValue: code)
    if code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL {
        context.refusal = KafkaFailure(code, .stop, doing: "logging in", reason: text)
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
