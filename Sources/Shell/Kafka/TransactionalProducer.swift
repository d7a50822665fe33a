import CRDKafka
import Glibc
import Ports

/// A producer whose records are committed together with a group's offsets, or not at all. Only one with its id can
/// write: whoever starts later fences whoever was there.
final class TransactionalProducer {
    enum Ending {
        case committed
        /// Undone: nothing of it will ever be seen.
        case aborted(KafkaFailure)
    }

    private let client: KafkaClient
    private let id: String
    private let patience: Duration
    private let timeout: Duration
    private let infancy: Duration
    private let started = ContinuousClock.now
    /// When the open transaction was begun.
    private var began = ContinuousClock.now
    /// One call of the library; between them the patience is looked at.
    static let slice: Int32 = 5_000
    /// Between two calls, in microseconds: some errors come back at once.
    private static let pause: UInt32 = 20_000

    init(_ id: String, _ settings: KafkaSettings, signals: Signals, reportsDeliveries: Bool = false) throws(LogFailure)
    {
        self.id = id
        patience = settings.timing.patience
        timeout = settings.timing.transaction
        infancy = settings.timing.infancy
        do {
            client = try KafkaClient(RD_KAFKA_PRODUCER, settings.transactionalProducer(id), signals: signals) {
                if reportsDeliveries { $0.reportDeliveries() }
            }
            try insist("taking the transactional id \(id)") { rd_kafka_init_transactions($0, Self.slice) }
        } catch {
            throw LogFailure(error)
        }
    }

    /// Begins, produces, sends the offsets, commits. What it throws says that this producer is done; whether the last
    /// transaction was committed only the log knows then. Whoever has deliveries reported takes all of the reports in
    /// `awaiting`: without that a commit does not end.
    func transact(
        _ records: some Sequence<AddressedRecord>, awaiting: () -> Void = {},
        sending offsets: (OpaquePointer) -> OpaquePointer? = { _ in nil }
    ) throws(LogFailure) -> Ending {
        began = .now
        do {
            try check(client.withHandle { rd_kafka_begin_transaction($0) }, "beginning a transaction")
        } catch {
            throw stopping(error)
        }
        do {
            for (index, record) in records.enumerated() { try client.produce(record, numbered: index) }
            awaiting()
            try insist("sending offsets", offsets)
        } catch {
            // Nothing is committed yet, so whatever it was can still be undone.
            return try abort(after: error, writing: records)
        }
        do {
            try insist("committing") { rd_kafka_commit_transaction($0, Self.slice) }
            return .committed
        } catch {
            // Without a definite answer the transaction may be in the log or not: a new start will read which.
            guard error.remedy == .abort else { throw stopping(error) }
            return try abort(after: error, writing: records)
        }
    }

    /// What was reported of this producer's records, waiting at most so long.
    func deliveries(waiting: Duration) -> [Delivery] { client.deliveries(waiting: waiting) }

    private func abort(after symptom: KafkaFailure, writing records: some Sequence<AddressedRecord>) throws(LogFailure)
        -> Ending
    {
        let cause = reason(behind: symptom)
        if client.fatal != nil { throw stopping(cause) }
        do {
            try insist("aborting after \(cause.detail)") { rd_kafka_abort_transaction($0, Self.slice) }
        } catch {
            // Where the brokers took not one partition into the transaction, they know of none to abort. The reason is
            // the cause.
            guard cause.isPermanent else { throw stopping(error) }
        }
        guard cause.isPermanent else { return .aborted(cause) }
        // The library does not say which topic it was.
        let topics = Set(records.map(\.record.topic)).sorted().joined(separator: ", ")
        throw LogFailure(.stop, code: cause.code, detail: "writing to \(topics): \(cause.detail)")
    }

    /// A transaction fails while the library works on it, and whatever call that meets is answered with an erroneous state
    /// only. Beginning another one is then refused with the reason; in an open transaction it is refused as well.
    private func reason(behind symptom: KafkaFailure) -> KafkaFailure {
        guard symptom.is(RD_KAFKA_RESP_ERR__STATE) else { return symptom }
        do {
            try check(client.withHandle { rd_kafka_begin_transaction($0) }, "writing")
            return symptom
        } catch {
            return error.is(RD_KAFKA_RESP_ERR__STATE) ? symptom : error
        }
    }

    /// Repeats what the library wants repeated: such a call goes on where it was.
    private func insist(_ what: String, _ call: (OpaquePointer) -> OpaquePointer?) throws(KafkaFailure) {
        let end = ContinuousClock.now + patience
        var isTold = false
        while true {
            let start = ContinuousClock.now
            do {
                return try check(client.withHandle(call), what)
            } catch {
                guard error.remedy == .retry, ContinuousClock.now < end else { throw error }
                if !isTold, ContinuousClock.now - start > .seconds(1) {
                    isTold = true
                    client.context.signals.failure("transaction.waits", error)
                }
                usleep(Self.pause)
            }
        }
    }

    private func check(_ error: OpaquePointer?, _ what: String) throws(KafkaFailure) {
        if let failure = KafkaFailure(consuming: error, doing: what) { throw failure }
    }

    /// The failure that ends the process. Two processes with one name would fence each other for ever, so one that is
    /// fenced soon after its start stays down until a person has looked.
    private func stopping(_ failure: KafkaFailure) -> LogFailure {
        let fatal = client.fatal
        guard failure.isFenced || fatal?.isFenced == true else {
            return LogFailure(.stop, code: failure.code, detail: (fatal ?? failure).detail, exitCode: .temporary)
        }
        let now = ContinuousClock.now
        // A transaction that outlived its time was ended by the broker, in the same words: nobody else is there.
        guard now - began < timeout else {
            return LogFailure(
                .stop, code: "log.transaction-expired",
                detail: "a transaction of \(id) was not ended within \(timeout), and the broker ended it",
                exitCode: .temporary)
        }
        let isYoung = now - started < infancy
        return LogFailure(
            .stop, code: "log.fenced",
            detail: "another process writes as \(id): this one must not write any more."
                + (isYoung ? " This one had just started: is there a second process with this instance's name?" : ""),
            exitCode: isYoung ? .doNotRestart : .temporary)
    }
}
