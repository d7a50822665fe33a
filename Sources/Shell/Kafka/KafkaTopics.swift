import CRDKafka
package import Ports

extension KafkaStore {
    /// Makes the topics that are missing and returns their names. What exists is left as it is, and refused where its
    /// partition count differs.
    @discardableResult
    package func create(_ topics: [TopicDeclaration]) throws(LogFailure) -> [String] {
        var missing: [TopicDeclaration] = []
        for topic in topics where try !view.holds(topic) { missing.append(topic) }
        if missing.isEmpty { return [] }
        let creation = try TopicCreation(missing)
        if let failure = view.withClient(creation.run) { throw LogFailure(failure) }
        // The controller has answered; each broker learns of a new topic a moment later.
        let end = ContinuousClock.now + .seconds(30)
        for topic in missing {
            while try !view.holds(topic) {
                if ContinuousClock.now > end {
                    throw LogFailure(
                        .retry, code: "log.topic-not-seen", detail: "\(topic.name) was made and is not to be seen yet")
                }
            }
        }
        return missing.map(\.name)
    }
}

extension ClusterView {
    /// Whether the topic is there, as it was declared.
    fileprivate func holds(_ topic: TopicDeclaration) throws(LogFailure) -> Bool {
        let count: Int32
        do throws(LogFailure) {
            count = try partitionCount(of: topic.name)
        } catch {
            // Known to the controller and not to this broker, or without a leader, in its first moments.
            if error.code == "log.unknown-topic" || error.remedy == .retry { return false }
            throw error
        }
        guard count == topic.partitions else {
            throw LogFailure(
                .stop, code: "log.partition-counts",
                detail: "\(topic.name) has \(count) partitions where \(topic.partitions) are declared")
        }
        return true
    }
}

/// Owns a request for topics.
private final class TopicCreation {
    private var topics: [OpaquePointer?] = []
    private static let patience: Int32 = 30_000

    init(_ declarations: [TopicDeclaration]) throws(LogFailure) {
        for declaration in declarations {
            // Replication as the brokers are set up for.
            guard let topic = rd_kafka_NewTopic_new(declaration.name, declaration.partitions, -1, nil, 0) else {
                throw LogFailure(
                    .stop, code: "log.topic-name", detail: "\"\(declaration.name.printable())\" cannot be a topic")
            }
            topics.append(topic)
            for (name, value) in Self.settings(of: declaration.kind) {
                rd_kafka_NewTopic_set_config(topic, name, value)
            }
        }
    }

    deinit { for topic in topics { rd_kafka_NewTopic_destroy(topic) } }

    private static func settings(of kind: TopicDeclaration.Kind) -> [(String, String)] {
        switch kind {
        case .events: [("cleanup.policy", "delete")]
        case .journal: [("cleanup.policy", "delete"), ("retention.ms", "-1"), ("retention.bytes", "-1")]
        case .compacted: [("cleanup.policy", "compact")]
        }
    }

    /// Asks the controller and waits for its answer: the first thing that went wrong.
    func run(on client: OpaquePointer) -> KafkaFailure? {
        let queue = rd_kafka_queue_new(client)
        let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer {
            rd_kafka_AdminOptions_destroy(options)
            rd_kafka_queue_destroy(queue)
        }
        rd_kafka_AdminOptions_set_operation_timeout(options, Self.patience, nil, 0)
        topics.withUnsafeMutableBufferPointer {
            rd_kafka_CreateTopics(client, $0.baseAddress, $0.count, options, queue)
        }
        let what = "making \(topics.count) topics"
        guard let event = rd_kafka_queue_poll(queue, 2 * Self.patience) else {
            return KafkaFailure(RD_KAFKA_RESP_ERR__TIMED_OUT, doing: what)
        }
        defer { rd_kafka_event_destroy(event) }
        if let failure = KafkaFailure(rd_kafka_event_error(event), doing: what) { return failure }
        var count = 0
        let answers = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
        for answer in UnsafeBufferPointer(start: answers, count: count) {
            let code = rd_kafka_topic_result_error(answer)
            // Somebody else was faster.
            if code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS { continue }
            let name = rd_kafka_topic_result_name(answer).map { String(cString: $0) } ?? ""
            if let failure = KafkaFailure(code, doing: "making \(name)") { return failure }
        }
        return nil
    }
}
