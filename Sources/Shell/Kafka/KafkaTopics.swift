import CRDKafka
import Glibc
package import Ports

// Requests to the cluster's administration. The library's calls cannot delete by accident, but the only way of its
// version 2.0 to change a setting replaces all that are set on the topic: hence `correct`.
extension KafkaStore: TopicAdministering {
    package func describe(_ names: [String]) throws(LogFailure) -> [String: TopicFound] {
        var layouts: [String: TopicLayout] = [:]
        for name in names {
            do throws(LogFailure) {
                layouts[name] = try view.layout(of: name)
            } catch {
                guard error.code == "log.unknown-topic" else { throw error }
            }
        }
        let settings = try topicSettings(of: layouts.keys.sorted())
        return layouts.reduce(into: [:]) { found, one in
            let entries = settings[one.key] ?? []
            let own = entries.filter(\.isOwn)
            let known = entries.compactMap { entry in
                TopicSetting(rawValue: entry.name).flatMap { name in entry.value.map { (name, $0) } }
            }
            found[one.key] = TopicFound(
                partitions: one.value.partitions, copies: one.value.copies,
                settings: Dictionary(known) { $1 },
                own: Dictionary(own.compactMap { entry in entry.value.map { (entry.name, $0) } }) { $1 },
                tellsAll: own.allSatisfy { $0.value != nil })
        }
    }

    @discardableResult
    package func create(_ topics: [TopicDeclaration], copies: Int? = nil) throws(LogFailure) -> [String] {
        var missing: [TopicDeclaration] = []
        for topic in topics where try !view.holds(topic) { missing.append(topic) }
        if missing.isEmpty { return [] }
        let creation = try TopicCreation(missing, copies: copies)
        do {
            try view.client.withHandle(creation.run)
        } catch {
            throw LogFailure(error.explained(by: view.client))
        }
        for topic in missing {
            try awaitSight("\(topic.name) was made") { () throws(LogFailure) in try view.holds(topic) }
        }
        return missing.map(\.name)
    }

    package func correct(
        _ name: String, found: TopicFound, to settings: [TopicSetting: String]
    ) throws(LogFailure) {
        // What somebody sets between this look and the request is lost (and the look may be a moment late); without it, so
        // would be all that was set since the operator was shown the plan.
        guard found.tellsAll, try describe([name])[name] == found else {
            throw LogFailure(
                .abort, code: "log.topic-changed",
                detail: "the settings of \(name) were changed in the meantime: nothing was set on it")
        }
        let own = found.own.merging(settings.map { ($0.key.rawValue, $0.value) }) { $1 }
        try set(own, on: name)
        try awaitSight("\(name) was set right") { () throws(LogFailure) in try describe([name])[name]?.own == own }
    }

    /// The controller has answered; each broker learns of it a moment later.
    private func awaitSight(_ what: String, _ isSeen: () throws(LogFailure) -> Bool) throws(LogFailure) {
        let end = ContinuousClock.now + .seconds(30)
        while try !isSeen() {
            if ContinuousClock.now > end {
                throw LogFailure(.retry, code: "log.topic-not-seen", detail: "\(what), and that is not to be seen yet")
            }
            usleep(10_000)
        }
    }

    /// All that is set on a topic, at once: what is not named is reset.
    private func set(_ settings: [String: String], on name: String) throws(LogFailure) {
        let resource = try ConfigResources([name])
        resource.set(settings)
        let request = AdminRequest(
            "setting \(settings.count) settings of \(name)", RD_KAFKA_ADMIN_OP_ALTERCONFIGS)
        _ = try ask(request, about: resource, doing: "setting settings", rd_kafka_AlterConfigs) { event, count in
            rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &count)
        }
    }

    private func topicSettings(of names: [String]) throws(LogFailure) -> [String: [ConfigEntry]] {
        if names.isEmpty { return [:] }
        let request = AdminRequest(
            "asking for the settings of \(names.count) topics", RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)
        return try ask(
            request, about: ConfigResources(names), doing: "asking for the settings", rd_kafka_DescribeConfigs
        ) { event, count in
            rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count)
        }
    }

    private typealias Resources = UnsafeMutablePointer<OpaquePointer?>

    /// What the brokers answer for each of the resources.
    private func ask(
        _ request: AdminRequest, about resources: ConfigResources, doing what: String,
        _ send: (OpaquePointer?, Resources?, Int, OpaquePointer?, OpaquePointer?) -> Void,
        answers: (OpaquePointer, inout Int) -> Resources?
    ) throws(LogFailure) -> [String: [ConfigEntry]] {
        do {
            return try view.client.withHandle { client throws(KafkaFailure) in
                try request.ask(client) { options, queue in
                    resources.withResources { send(client, $0, $1, options, queue) }
                } reading: { event throws(KafkaFailure) in
                    var count = 0
                    let answers = answers(event, &count)
                    return try ConfigEntry.all(in: answers, count, doing: what)
                }
            }
        } catch {
            throw LogFailure(error.explained(by: view.client))
        }
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
        try expect(topic, count: count)
        return true
    }
}
