import CRDKafka
import Ports

/// What librdkafka answers when it cannot: everything that its error object tells, copied out of it.
struct KafkaFailure: Failure, Equatable {
    /// The library's name of the error, without its prefix: `_TIMED_OUT`, `ILLEGAL_GENERATION`.
    let name: String
    let remedy: Remedy
    let detail: String
    private let number: Int32

    var code: String { "kafka.\(name)" }

    /// Takes an error object over, which is destroyed; nil where there is none. The remedy is what the library's own
    /// flags say, and what has none of them stops.
    init?(consuming error: OpaquePointer?, doing what: String) {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        let remedy = Self.remedy(
            isFatal: rd_kafka_error_is_fatal(error) != 0,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0,
            isRetriable: rd_kafka_error_is_retriable(error) != 0)
        self.init(
            rd_kafka_error_code(error), remedy, doing: what, reason: String(cString: rd_kafka_error_string(error)))
    }

    /// What the library's flags ask for. Without any of them nothing is known to help.
    static func remedy(isFatal: Bool, requiresAbort: Bool, isRetriable: Bool) -> Remedy {
        if isFatal { return .stop }
        if requiresAbort { return .abort }
        return isRetriable ? .retry : .stop
    }

    /// For answers that are a bare code; nil where it says that all is well.
    init?(_ code: rd_kafka_resp_err_t, _ remedy: Remedy, doing what: String) {
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { return nil }
        self.init(code, remedy, doing: what, reason: String(cString: rd_kafka_err2str(code)))
    }

    init(_ code: rd_kafka_resp_err_t, _ remedy: Remedy, doing what: String, reason: String) {
        number = code.rawValue
        name = String(cString: rd_kafka_err2name(code))
        self.remedy = remedy
        let remark = Self.forbidding.contains(code.rawValue) ? Self.permission : ""
        detail = "\(what): \(reason.printable(atMost: 512))\(remark)"
    }

    /// What the brokers' access lists withhold from this process.
    private static let forbidding = Set(
        [
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        ].map(\.rawValue))

    private static let permission =
        ". Whoever this process logs in as may not do that: docket topics acls prints what each program may"

    /// For answers that are a bare code and come without flags: what passes by itself is tried again, and what is not
    /// known to pass stops.
    init?(_ code: rd_kafka_resp_err_t, doing what: String) {
        self.init(code, Self.passing.contains(code.rawValue) ? .retry : .stop, doing: what)
    }

    /// For answers with a reason of the broker's own.
    init(refusing code: rd_kafka_resp_err_t, doing what: String, reason: String?) {
        self.init(
            code, Self.passing.contains(code.rawValue) ? .retry : .stop, doing: what,
            reason: reason ?? String(cString: rd_kafka_err2str(code)))
    }

    /// A broker or coordinator that is away, moves, starts or waits for a transaction.
    private static let passing = Set(
        [
            RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__TRANSPORT,
            RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE, RD_KAFKA_RESP_ERR__WAIT_COORD,
            RD_KAFKA_RESP_ERR__WAIT_CACHE, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
            RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
            RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
            RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
            RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH, RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
        ].map(\.rawValue))

    func `is`(_ code: rd_kafka_resp_err_t) -> Bool { number == code.rawValue }

    /// Doing it again ends the same way: something is forbidden, missing or above the broker's limit.
    var isPermanent: Bool {
        Self.forbidding.contains(number)
            || [
                RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
                RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
                RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
            ].contains { self.is($0) }
    }

    /// Another process has taken the place of this one's producer or consumer.
    var isFenced: Bool {
        [
            RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
            RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
        ].contains { self.is($0) }
    }
}

extension KafkaFailure {
    /// With what the library complained of, where that may be the reason.
    func explained(by client: KafkaClient) -> KafkaFailure {
        guard remedy == .retry, let complaint = client.complaint else { return self }
        return KafkaFailure(
            number: number, name: name, remedy: remedy, detail: "\(detail). The library says: \(complaint)")
    }

    private init(number: Int32, name: String, remedy: Remedy, detail: String) {
        self.number = number
        self.name = name
        self.remedy = remedy
        self.detail = detail
    }
}

extension LogFailure {
    /// The library's failure as the log's, with its own remedy or the one that the caller's position demands.
    init(_ failure: KafkaFailure, remedy: Remedy? = nil) {
        self.init(remedy ?? failure.remedy, code: failure.code, detail: failure.detail)
    }
}
