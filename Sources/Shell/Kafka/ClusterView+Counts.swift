import CRDKafka
import Ports

/// How a topic lies on the brokers.
struct TopicLayout {
    let partitions: Int32
    /// Of the partition that has the fewest.
    let copies: Int
}

// A key's partition follows from the count of partitions. Where somebody adds some, keys move: a process that knows the
// old count and one that knows the new one write the same key to two partitions, and two owners work on one subject.
// So a changed count ends every process that has used the old one, soon after it was changed.
extension ClusterView {
    /// Refused by name where there is no such topic.
    func layout(of topic: String) throws(LogFailure) -> TopicLayout {
        let (code, layout) = try answer(about: topic)
        if code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION {
            throw LogFailure(
                .stop, code: "log.unknown-topic",
                detail: "the topic \"\(topic.printable())\" does not exist; docket topics apply makes what is missing")
        }
        if let failure = KafkaFailure(code, doing: "asking for the partitions of \(topic)") {
            throw LogFailure(failure)
        }
        guard layout.partitions > 0 else {
            throw LogFailure(
                .retry, code: "log.no-partitions", detail: "the brokers name no partitions of \(topic) yet")
        }
        return layout
    }

    /// Asks until there is an answer, or no use in asking: somebody whom the brokers refuse is told so at once, and not
    /// after all patience that nobody answered.
    private func answer(about topic: String) throws(LogFailure) -> (code: rd_kafka_resp_err_t, layout: TopicLayout) {
        let end = ContinuousClock.now + patience
        while true {
            let answer = ask(about: topic, waiting: min(Self.attempt, end - .now))
            guard let failure = KafkaFailure(answer.code, doing: "asking for the partitions of \(topic)"),
                failure.remedy == .retry
            else { return answer }
            if let refusal = client.takeRefusal() {
                throw LogFailure(
                    .stop, code: refusal.code,
                    detail: "there is no way to the brokers: "
                        + refusal.detail, exitCode: .unavailable)
            }
            if ContinuousClock.now >= end { throw LogFailure(failure.explained(by: client)) }
        }
    }

    /// One question; between two of them a refusal is noticed.
    private static let attempt = Duration.seconds(1)

    private func ask(about topic: String, waiting: Duration) -> (code: rd_kafka_resp_err_t, layout: TopicLayout) {
        let answer = client.withHandle { handle in
            client.withTopic(topic) { topicHandle in
                Self.metadata(of: topicHandle, from: handle, waiting: waiting) { answer in
                    let copies = UnsafeBufferPointer(start: answer.partitions, count: Int(answer.partition_cnt))
                        .map { Int($0.replica_cnt) }
                    return (answer.err, TopicLayout(partitions: answer.partition_cnt, copies: copies.min() ?? 0))
                }
            }
        }
        return answer.topics.first ?? (answer.code, TopicLayout(partitions: 0, copies: 0))
    }

    /// Refuses a count that is not the declared one.
    func expect(_ topic: TopicDeclaration, count: Int32) throws(LogFailure) {
        guard count != topic.partitions else { return }
        throw LogFailure(
            .stop, code: "log.partition-counts",
            detail: "\(topic.name) has \(count) partitions where \(topic.partitions) are declared; docket topics plan "
                + "says how all of them are",
            exitCode: .doNotRestart)
    }

    /// One attempt of a loop at the counts: what a broker that is away may cost it, once per `lookEvery`.
    private static let glance = Duration.milliseconds(500)

    /// For loops, which have other work: looks again where the last look is old, and does without an answer.
    func watch() throws(LogFailure) {
        let now = ContinuousClock.now
        guard now - askedAt >= lookEvery, isOld(at: now) else { return }
        let code = try look(waiting: Self.glance)
        if let failure = KafkaFailure(code, doing: "asking for partition counts") {
            signals.debug("log.counts_unanswered", [.errorCode: .text(failure.code)])
        }
    }

    /// For those who write now: does not return before the counts are known to be true.
    func refresh() throws(LogFailure) {
        let now = ContinuousClock.now
        guard isOld(at: now) else { return }
        let code = try look(waiting: patience)
        if let failure = KafkaFailure(code, .retry, doing: "asking for partition counts") {
            throw LogFailure(failure.explained(by: client))
        }
        if let unseen = counts.filter({ $0.value.at < now }).keys.min() {
            throw LogFailure(
                .retry, code: "log.counts-unknown",
                detail: "the brokers do not say how many partitions \(unseen) has, so no key can be addressed")
        }
    }

    private func isOld(at now: ContinuousClock.Instant) -> Bool {
        counts.values.contains { now - $0.at >= lookEvery }
    }

    /// One question for all topics that were ever asked about. What the brokers do not answer for keeps its age.
    private func look(waiting: Duration) throws(LogFailure) -> rd_kafka_resp_err_t {
        askedAt = .now
        let answer = client.withHandle { handle in
            Self.metadata(of: nil, from: handle, waiting: waiting) { answer in
                (String(cString: answer.topic), answer.err == RD_KAFKA_RESP_ERR_NO_ERROR ? answer.partition_cnt : 0)
            }
        }
        for (topic, count) in answer.topics.sorted(by: { $0.0 < $1.0 }) where count > 0 {
            guard let known = counts[topic] else { continue }
            guard known.count == count else {
                throw LogFailure(
                    .stop, code: "log.partition-counts",
                    detail: "\(topic) had \(known.count) partitions and now has \(count): keys would go to other "
                        + "partitions than before, and one subject would have two owners. Stop every program of this "
                        + "deployment: Kafka cannot take partitions back, so what the topic holds has to be copied to "
                        + "one that is made anew with \(known.count)",
                    exitCode: .doNotRestart)
            }
            counts[topic] = (count, askedAt)
        }
        return answer.code
    }

    /// What the brokers know of one topic, or of all that this client has a handle of.
    private static func metadata<R>(
        of topic: OpaquePointer?, from client: OpaquePointer, waiting: Duration,
        _ read: (rd_kafka_metadata_topic) -> R
    ) -> (code: rd_kafka_resp_err_t, topics: [R]) {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(client, 0, topic, &metadata, waiting.milliseconds)
        defer { if let metadata { rd_kafka_metadata_destroy(metadata) } }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer = metadata?.pointee else { return (code, []) }
        return (code, UnsafeBufferPointer(start: answer.topics, count: Int(answer.topic_cnt)).map(read))
    }
}
