import Glibc
import Kafka
import Pipeline
import PipelineTesting
import Ports

/// One measurement of the log on Kafka, with the timing that it has in production, on topics that `deploy/bench` made
/// and filled. Their names are as long as those of real ones: a short name costs less.
struct KafkaMeasurement {
    private let bootstrap: String
    private let store: KafkaStore

    init(at bootstrap: String) throws {
        self.bootstrap = bootstrap
        store = try KafkaStore(KafkaSettings(bootstrap: bootstrap, instance: "bench-\(getpid())"), signals: .none)
    }

    func run(_ what: String, _ numbers: [Int]) throws {
        switch what {
        case "copy": try copy(numbers[0], turn: numbers[1])
        case "replay": try replay(records: numbers[0])
        case "memory": try memory(after: numbers[0], and: numbers[1])
        case "killed": try takeOver()
        default: preconditionFailure("there is no measurement \(what) of the log on Kafka")
        }
    }

    private func copyRun(from source: String, turn: Int) throws -> CopyRun {
        // A group of its own, so that each run reads from the start.
        let log = try store.member(of: "bench-\(getpid())", reading: [source], journal: nil)
        return try CopyRun(on: log, to: "bench.threats.enriched", turn: turn, clock: Self.systemTime)
    }

    /// Records per second, and processor seconds per million, of a stage that copies what there is.
    private func copy(_ records: Int, turn: Int) throws {
        var run = try copyRun(from: "bench.threats.observed", turn: turn)
        try run.printSpeed(of: records)
    }

    /// Records per second, and processor seconds per million, of reading a journal's partition to its end.
    private func replay(records: Int) throws {
        let log = try store.member(of: "bench-\(getpid())", reading: ["bench.entries"], journal: nil)
        let start = ContinuousClock.now
        let before = CopyRun.processorTime
        var count = 0
        try log.replay(Partition("bench.entries", 0), from: .start) { _ in count += 1 }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let processor = (CopyRun.processorTime - before) / .seconds(1)
        precondition(count == records, "\(count) of \(records) entries were read")
        print(Int(Double(count) / seconds), processor * 1e6 / Double(count))
    }

    /// Megabytes that a copying process holds after so many records, and after many more.
    private func memory(after first: Int, and last: Int) throws {
        var run = try copyRun(from: "bench.small.observed", turn: 10_000)
        var sizes: [Int] = []
        for count in [first, last] {
            try run.copy(upTo: count)
            sizes.append(Self.residentBytes >> 20)
        }
        print(sizes[0], sizes[1])
    }

    /// Milliseconds until another member has done the work of one that was killed.
    private func takeOver() throws {
        print(try LogContract.takeOver(from: .killed, on: BenchLog(store, bootstrap)).wholeMilliseconds)
    }

    private static var residentBytes: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let fields = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    private static func systemTime() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}

/// The log on a cluster that nobody else uses, for the contract's measurements.
private final class BenchLog: LogWithWorkers {
    let settling = Duration.milliseconds(500)
    private let store: KafkaStore
    private let bootstrap: String
    private var workers = 0

    init(_ store: KafkaStore, _ bootstrap: String) {
        self.store = store
        self.bootstrap = bootstrap
    }

    func member(
        of group: String, reading sources: [String], journal: String?
    ) throws(LogFailure) -> any TransactionalLog {
        try store.member(of: group, reading: sources, journal: journal)
    }

    func appender() throws(LogFailure) -> any LogAppending { try store.appender() }

    func tail(of topics: [String], from start: TailStart) throws(LogFailure) -> any LogTailing {
        try store.tail(of: topics, from: start)
    }

    func restart() throws(LogFailure) {}

    func startWorker(_ loop: CopyLoop) throws -> WorkerProcess {
        workers += 1
        return try WorkerProcess(
            "KafkaWorker",
            [
                bootstrap, "", "worker-\(workers)", "\(loop.turnSize)", loop.freezesBefore?.rawValue ?? "-", "60",
                "production",
            ])
    }
}
