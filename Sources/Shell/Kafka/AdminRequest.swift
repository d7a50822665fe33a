import CRDKafka
import Ports

/// One request to the cluster's administration, and its answer.
struct AdminRequest {
    private static let patience: Int32 = 30_000
    private let what: String
    private let operation: rd_kafka_admin_op_t

    init(_ what: String, _ operation: rd_kafka_admin_op_t) {
        self.what = what
        self.operation = operation
    }

    /// Asks, waits, and reads the answer while it is there.
    func ask<R>(
        _ client: OpaquePointer, _ send: (_ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void,
        reading read: (OpaquePointer) throws(KafkaFailure) -> R
    ) throws(KafkaFailure) -> R {
        let queue = rd_kafka_queue_new(client)
        let options = rd_kafka_AdminOptions_new(client, operation)
        defer {
            rd_kafka_AdminOptions_destroy(options)
            rd_kafka_queue_destroy(queue)
        }
        rd_kafka_AdminOptions_set_request_timeout(options, Self.patience, nil, 0)
        if operation == RD_KAFKA_ADMIN_OP_CREATETOPICS {
            rd_kafka_AdminOptions_set_operation_timeout(options, Self.patience, nil, 0)
        }
        send(options, queue)
        guard let event = rd_kafka_queue_poll(queue, 2 * Self.patience) else {
            throw KafkaFailure(
                RD_KAFKA_RESP_ERR__TIMED_OUT, .retry, doing: what, reason: "the brokers did not answer")
        }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        if let failure = KafkaFailure(code, doing: what) { throw failure }
        return try read(event)
    }
}

/// Owns a request for topics.
final class TopicCreation {
    private var topics: [OpaquePointer?] = []

    /// Copies: as the brokers are set up for, where nil.
    init(_ declarations: [TopicDeclaration], copies: Int?) throws(LogFailure) {
        for declaration in declarations {
            guard
                let topic = rd_kafka_NewTopic_new(
                    declaration.name, declaration.partitions, Int32(clamping: copies ?? -1), nil, 0)
            else {
                throw LogFailure(
                    .stop, code: "log.topic-name", detail: "\"\(declaration.name.printable())\" cannot be a topic")
            }
            topics.append(topic)
            for (setting, value) in declaration.settings {
                rd_kafka_NewTopic_set_config(topic, setting.rawValue, value)
            }
        }
    }

    deinit { for topic in topics { rd_kafka_NewTopic_destroy(topic) } }

    /// Asks the controller and waits for its answer; throws the first thing that went wrong.
    func run(on client: OpaquePointer) throws(KafkaFailure) {
        try AdminRequest("making \(topics.count) topics", RD_KAFKA_ADMIN_OP_CREATETOPICS).ask(client) {
            options, queue in
            topics.withUnsafeMutableBufferPointer {
                rd_kafka_CreateTopics(client, $0.baseAddress, $0.count, options, queue)
            }
        } reading: { event throws(KafkaFailure) in
            var count = 0
            let answers = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            for answer in UnsafeBufferPointer(start: answers, count: count) {
                let code = rd_kafka_topic_result_error(answer)
                // Somebody else was faster.
                if code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS { continue }
                let name = rd_kafka_topic_result_name(answer).map { String(cString: $0) } ?? ""
                let reason = rd_kafka_topic_result_error_string(answer).map { String(cString: $0) }
                throw KafkaFailure(refusing: code, doing: "making \(name)", reason: reason)
            }
        }
    }
}

/// Owns the names of topics whose settings are asked for or set.
final class ConfigResources {
    private var resources: [OpaquePointer?] = []

    init(_ topics: [String]) throws(LogFailure) {
        for topic in topics {
            guard let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic) else {
                throw LogFailure(
                    .stop, code: "log.topic-name", detail: "\"\(topic.printable())\" cannot be a topic")
            }
            resources.append(resource)
        }
    }

    deinit { for resource in resources { rd_kafka_ConfigResource_destroy(resource) } }

    /// For a request that sets: of each topic, all that is to be set on it.
    func set(_ settings: [String: String]) {
        for resource in resources {
            for (name, value) in settings { rd_kafka_ConfigResource_set_config(resource, name, value) }
        }
    }

    func withResources(_ body: (UnsafeMutablePointer<OpaquePointer?>?, Int) -> Void) {
        resources.withUnsafeMutableBufferPointer { body($0.baseAddress, $0.count) }
    }
}

/// One setting of a topic, as the brokers have it.
struct ConfigEntry {
    let name: String
    /// Nil where the brokers hide it.
    let value: String?
    /// Set on the topic itself.
    let isOwn: Bool

    /// What an answer says of each topic; throws the first refusal in it.
    static func all(
        in resources: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, doing what: String
    ) throws(KafkaFailure) -> [String: [ConfigEntry]] {
        var all: [String: [ConfigEntry]] = [:]
        for resource in UnsafeBufferPointer(start: resources, count: count) {
            let name = rd_kafka_ConfigResource_name(resource).map { String(cString: $0) } ?? ""
            let code = rd_kafka_ConfigResource_error(resource)
            if code != RD_KAFKA_RESP_ERR_NO_ERROR {
                let reason = rd_kafka_ConfigResource_error_string(resource).map { String(cString: $0) }
                throw KafkaFailure(refusing: code, doing: "\(what) of \(name)", reason: reason)
            }
            var size = 0
            let entries = rd_kafka_ConfigResource_configs(resource, &size)
            all[name] = UnsafeBufferPointer(start: entries, count: size).compactMap { ConfigEntry($0) }
        }
        return all
    }

    private init?(_ entry: OpaquePointer?) {
        guard let name = rd_kafka_ConfigEntry_name(entry) else { return nil }
        self.name = String(cString: name)
        value = rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) }
        isOwn = rd_kafka_ConfigEntry_source(entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG
    }
}
