import CRDKafka
package import Pipeline
package import Ports

// A group's consumer and its transactional producer as one object, for one thread.
//
// Rebalances: the library's callback only takes note. `poll` answers in its own time: a revocation is told, and given
// in to at the next poll, so that between the two a turn may still be committed; an assignment is told once its
// committed offsets are known. There is no poll while a transaction is open, so a rebalance never meets one.
//
// Fencing: every turn sends an offset of every source for each number that it acts for, with the membership as it was
// when the assignment was served. A member that has lost its partitions, and does not know it yet, is refused by the
// broker; one that took part in the group again shows a generation that is over. The broker does not look at whose
// partitions the offsets are: that turns stay inside their assignment is checked here.
//
// Rewinding: see `Backlog`. Offsets move by `commit` alone; the library's own position is never looked at.

/// A member of a group on Kafka. Made by `KafkaStore.member`.
package final class KafkaLog: TransactionalLog {
    struct Session {
        let assignment: Assignment
        let metadata: GroupMetadata
        var committed: [Partition: Offset]
        /// Behind the last record that the consumer brought.
        var expected: PartitionOffsets
    }

    /// What one poll brings in bytes, give or take one `MessageBatch`: a turn of this size commits well within its time.
    static let batchBytes = 16 << 20
    /// What may be polled and not consumed before a loop that only polls is stopped: many turns' worth.
    static let backlogBytes = 256 << 20

    /// How long to wait before the committed offsets are asked for again.
    private static let betweenAttempts = Duration.milliseconds(100)

    let group: String
    let sources: [String]
    let journal: String?
    let settings: KafkaSettings
    let view: ClusterView
    let signals: Signals
    let consumer: KafkaClient
    let producer: TransactionalProducer
    let partitionCount: Int32

    var session: Session?
    var backlog = Backlog()
    var generations = 0
    /// Told as revoked, and given up by the next poll.
    var isGivingUp = false
    /// When the consumer was asked last; the library counts its silence from there.
    var polledAt = ContinuousClock.now
    /// Since when an assignment waits to be served, and whether that was told.
    var waitingSince: (start: ContinuousClock.Instant, told: Signal.Level?)?

    package var recordLimit: Int { settings.recordLimit }

    init(
        group: String, sources: [String], journal: String?, settings: KafkaSettings, view: ClusterView,
        signals: Signals
    ) throws(LogFailure) {
        self.group = group
        self.sources = sources
        self.journal = journal
        self.settings = settings
        self.view = view
        self.signals = signals
        partitionCount = try view.commonPartitionCount(of: sources + (journal.map { [$0] } ?? []))
        producer = try TransactionalProducer("\(group)-\(settings.instance)", settings, signals: signals)
        do {
            consumer = try KafkaClient(RD_KAFKA_CONSUMER, settings.member(of: group), signals: signals) {
                $0.recordRebalances()
                $0.recordErrors()
            }
        } catch {
            throw LogFailure(error)
        }
        let topics = TopicPartitionList(sources.map { (Partition($0, -1), 0) })
        let code = consumer.withHandle { handle in topics.withList { rd_kafka_subscribe(handle, $0) } }
        if let failure = KafkaFailure(code, doing: "subscribing group \(group)") { throw LogFailure(failure) }
    }

    package func poll(atMost count: Int, waiting: Duration) throws(LogFailure) -> Intake {
        if isGivingUp {
            isGivingUp = false
            session = nil
            backlog.forget()
            try answer(nil)
        }
        try view.watch()
        let end = ContinuousClock.now + waiting
        repeat {
            if let change = try answerNotice() { return change }
            let pending = consumer.context.notices.count
            if !backlog.isDrained {
                // Also while what was rewound is handed out: that turns are undone may be the news of a rebalance,
                // which is only heard by polling.
                try receive(atMost: 1, waiting: .zero)
            } else {
                try receive(atMost: count, waiting: pending == 0 ? end - .now : min(end - .now, Self.betweenAttempts))
            }
            if consumer.context.notices.count > pending { continue }
            if !backlog.isDrained { return .records(backlog.take(atMost: count)) }
        } while ContinuousClock.now < end || (!consumer.context.notices.isEmpty && waitingSince == nil)
        return .nothing
    }

    package func rewind() throws(LogFailure) { backlog.rewind() }

    /// The first thing that was said about the partitions and not answered yet; nil when poll may go on.
    private func answerNotice() throws(LogFailure) -> Intake? {
        switch consumer.context.notices.first {
        case nil: return nil
        case .revoked:
            consumer.context.notices.removeFirst()
            guard let session else {
                try answer(nil)
                return nil
            }
            isGivingUp = true
            return .revoked(session.assignment)
        case .assigned(let partitions):
            let answer = try serve(partitions)
            if case .notYet = answer { return nil }
            consumer.context.notices.removeFirst()
            if case .assigned(let assignment) = answer { return .assigned(assignment) }
            return nil
        }
    }

    /// Takes from the consumer what has come, waiting at most so long for the first of it.
    func receive(atMost count: Int, waiting: Duration) throws(LogFailure) {
        polledAt = .now
        if backlog.bytes > Self.backlogBytes {
            throw LogFailure(
                .stop, code: "log.backlog",
                detail: "group \(group) has polled \(backlog.count) records and not consumed them: "
                    + "a turn that leaves them out is committed again and again")
        }
        let patience = waiting.milliseconds
        var batch = MessageBatch(first: consumer.withHandle { rd_kafka_consumer_poll($0, patience) })
        var partitions = PartitionNames()
        if !batch.isEmpty { backlog.reserve(count) }
        var room = count
        let limit = backlog.bytes + Self.batchBytes
        repeat {
            while let message = batch.popFirst() {
                if try accept(message, in: message.partition(&partitions)) { room -= 1 }
            }
        } while room > 0 && backlog.bytes < limit && consumer.refill(&batch, atMost: room)
        if let fatal = consumer.fatal { throw stopped(fatal) }
        if consumer.context.missesTopics {
            consumer.context.missesTopics = false
            try requireTopics()
        }
    }

    /// A member of a group without its topic would wait for ever: the library only ever logs that it is gone. A broker
    /// that has just started may not know of it yet, so the brokers are asked before this is believed.
    private func requireTopics() throws(LogFailure) {
        do throws(LogFailure) {
            for topic in sources + (journal.map { [$0] } ?? []) { _ = try view.layout(of: topic) }
        } catch {
            if error.remedy == .retry { return }
            consumer.context.hasLostTopics = true
            throw error
        }
    }

    /// Whether it was a record of ours.
    private func accept(_ message: borrowing KafkaMessage, in partition: Partition) throws(LogFailure) -> Bool {
        if message.code != RD_KAFKA_RESP_ERR_NO_ERROR {
            try check(message, in: partition)
            return false
        }
        guard let expected = session?.expected[partition] else { return false }
        guard message.offset >= expected else {
            throw LogFailure(
                .stop, code: "log.out-of-order",
                detail: "\(partition) brought offset \(message.offset) where \(expected) was next",
                exitCode: .temporary)
        }
        session?.expected.move(partition, to: message.offset.next)
        backlog.append(message.record(in: partition))
        return true
    }

    private func check(_ message: borrowing KafkaMessage, in partition: Partition) throws(LogFailure) {
        let code = message.code
        if code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET {
            throw LogFailure(
                .stop, code: "log.records-gone",
                detail: "\(partition) no longer holds what group \(group) has to read next, so records were lost to "
                    + "retention (\(message.reason.printable())). Decide whether to go on without them.")
        }
        // The member has left the group; what becomes of its partitions is told as any rebalance.
        if code == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED {
            signals.warning("log.polled_late", [.errorDetail: .text(message.reason.printable())])
            return
        }
        guard let failure = KafkaFailure(code, doing: "polling for group \(group)") else { return }
        if failure.remedy == .retry {
            signals.debug("log.interrupted", [.errorCode: .text(failure.code)])
        } else {
            throw stopped(failure)
        }
    }

    func stopped(_ failure: KafkaFailure) -> LogFailure {
        LogFailure(.stop, code: failure.code, detail: failure.detail, exitCode: .temporary)
    }
}
