package import Ports

/// The way to members, appenders and tails on a Kafka cluster. For one thread, with all that it makes; let each thread
/// make its own. Topics are never made here: one that is missing is refused by name.
package final class KafkaStore {
    private let settings: KafkaSettings
    private let signals: Signals
    let view: ClusterView

    package init(_ settings: KafkaSettings, signals: Signals) throws(LogFailure) {
        self.settings = settings
        self.signals = signals
        view = try ClusterView(settings, signals: signals)
    }

    /// Refuses topics that are missing, or have another number of partitions than declared. From then on their counts
    /// are watched.
    package func check(_ topics: [TopicDeclaration]) throws(LogFailure) {
        for topic in topics { try view.expect(topic, count: try view.partitionCount(of: topic.name)) }
    }

    /// A member of a group: it reads `sources` and writes, besides anything else, its own `journal`. All of these must
    /// have the same number of partitions. Its first assignment comes by polling.
    package func member(
        of group: String, reading sources: [String], journal: String?
    ) throws(LogFailure) -> KafkaLog {
        try KafkaLog(
            group: group, sources: sources, journal: journal, settings: settings, view: view, signals: signals)
    }

    /// For those who only write. What it writes together is a transaction whose id begins with the name.
    package func appender(named name: String = "append") throws(LogFailure) -> KafkaAppender {
        try KafkaAppender(named: name, settings: settings, view: view, signals: signals)
    }

    /// For those who only read, outside any group.
    package func tail(of topics: [String], from start: TailStart) throws(LogFailure) -> KafkaTail {
        try KafkaTail(of: topics, from: start, settings: settings, view: view, signals: signals)
    }
}
