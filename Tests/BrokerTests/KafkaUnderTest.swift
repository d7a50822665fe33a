import Children
import Foundation
import Kafka
import Pipeline
import PipelineTesting
import Ports

/// Kafka as the contract wants it: every test has topics, groups and transactional ids of its own.
final class KafkaUnderTest: LogWithWorkers {
    let settling = Duration.milliseconds(500)
    let prefix: String
    let settings: KafkaSettings
    let store: KafkaStore
    /// How long a worker that ends soon is young, in seconds.
    var infancy = 60
    /// Whether workers that the contract starts have names of their own, as those do that work side by side.
    var isNaming = false
    private var workersNamed = 0

    init(
        on bootstrap: String? = nil, security: KafkaSecurity? = nil,
        _ change: (inout KafkaSettings.Timing) -> Void = { _ in }
    ) throws {
        prefix = "test-\(UUID().uuidString.prefix(8).lowercased())."
        var settings = try KafkaSettings(
            bootstrap: try bootstrap ?? TestCluster.bootstrap(), instance: prefix + "one", security: security)
        settings.timing.session = .seconds(3)
        settings.timing.transaction = .seconds(3)
        settings.timing.patience = .seconds(20)
        change(&settings.timing)
        self.settings = settings
        store = try KafkaStore(settings, signals: .none)
        let prefix = prefix
        try store.create(
            LogContract.topics.map { TopicDeclaration(prefix + $0.name, partitions: $0.partitions, kind: $0.kind) })
    }

    func member(
        of group: String, reading sources: [String], journal: String?
    ) throws(LogFailure) -> any TransactionalLog {
        try member(of: group, reading: sources, journal: journal, as: "one")
    }

    func member(
        of group: String, reading sources: [String], journal: String?, as instance: String,
        telling signals: Signals = .none
    ) throws(LogFailure) -> PrefixedLog {
        var settings = settings
        settings.instance = prefix + instance
        let store = try KafkaStore(settings, signals: signals)
        return PrefixedLog(
            try store.member(
                of: prefix + group, reading: sources.map { prefix + $0 }, journal: journal.map { prefix + $0 }),
            prefix: prefix, journal: journal)
    }

    /// Whoever feeds a test has time: on a busy machine, what a worker must notice soon would end its transactions.
    func appender() throws(LogFailure) -> any LogAppending {
        var patient = settings
        patient.timing.transaction = .seconds(60)
        return PrefixedAppender(try KafkaStore(patient, signals: .none).appender(), prefix: prefix)
    }

    func tail(of topics: [String], from start: TailStart) throws(LogFailure) -> any LogTailing {
        PrefixedTail(try store.tail(of: topics.map { prefix + $0 }, from: start), prefix: prefix)
    }

    func restart() throws(LogFailure) {}

    func startWorker(_ loop: CopyLoop) throws -> WorkerProcess {
        workersNamed += 1
        return try startWorker(loop, as: isNaming ? "worker-\(workersNamed)" : "one")
    }

    /// One that keeps its name through each restart.
    func startWorker(_ loop: CopyLoop, as instance: String) throws -> WorkerProcess {
        try WorkerProcess(
            "KafkaWorker",
            [
                settings.bootstrap, prefix, prefix + instance, "\(loop.turnSize)", loop.freezesBefore?.rawValue ?? "-",
                "\(infancy)",
            ])
    }
}
