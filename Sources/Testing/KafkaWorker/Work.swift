import Glibc
import Kafka
import PipelineTesting
import Ports
import Telemetry

/// A worker as its command line wants it.
struct Work {
    private let bootstrap: String
    private let instance: String
    private var loop = CopyLoop()
    private let infancy: Duration
    private let isAsInProduction: Bool

    init?(_ words: some Collection<String>) {
        let words = Array(words)
        guard words.count == 6 || words.dropFirst(6) == ["production"], let turnSize = Int(words[3]),
            let infancy = Int(words[5])
        else { return nil }
        self.infancy = .seconds(infancy)
        isAsInProduction = words.count > 6
        bootstrap = words[0]
        let prefix = words[1]
        instance = words[2]
        loop.group = prefix + loop.group
        loop.source = prefix + loop.source
        loop.target = prefix + loop.target
        loop.journal = prefix + loop.journal
        loop.turnSize = turnSize
        loop.freezesBefore = CopyLoop.Moment(rawValue: words[4])
    }

    /// Copies until the process that started it is gone, or until a failure that it cannot wait out.
    func run() -> ExitCode {
        let signals = Telemetry(level: .debug, style: .readable).signals
        do {
            var settings = try KafkaSettings(bootstrap: bootstrap, instance: instance)
            if !isAsInProduction {
                // The shortest that the tests' brokers allow, so that a killed worker's partitions come back soon.
                settings.timing.session = .seconds(1)
                settings.timing.transaction = .seconds(2)
            }
            settings.timing.infancy = infancy
            let store = try KafkaStore(settings, signals: signals)
            let log = try store.member(of: loop.group, reading: [loop.source], journal: loop.journal)
            signals.info("worker.started")
            var loop = loop
            loop.told = signals
            try loop.run(on: log)
            return .asked
        } catch let failure as LogFailure {
            signals.failure("worker.failed", failure, [.exitCode: .number(failure.exitCode.rawValue)])
            return failure.exitCode
        } catch {
            signals.error("worker.failed", [.errorDetail: .text("\(error)")])
            return .unexpected
        }
    }
}
