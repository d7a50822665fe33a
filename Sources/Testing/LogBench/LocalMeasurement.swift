import Glibc
import LocalLog
import Pipeline
import PipelineTesting
import Ports

/// One measurement on an empty directory, printed as numbers for `deploy/bench`.
struct Measurement {
    let directory: String
    let numbers: [Int]

    init(in directory: String, numbers: [Int]) {
        self.directory = directory
        self.numbers = numbers
    }

    func run(_ what: String) throws {
        switch what {
        case "copy": try copy(records: numbers[0], turn: numbers[1])
        case "idle": try idle(members: 3)
        case "killed": try takeOver(from: .killed)
        case "frozen": try takeOver(from: .frozen)
        default: preconditionFailure("there is no measurement \(what)")
        }
    }

    /// Records per second, and processor seconds per million, of a stage that copies 1 KB records, exactly once.
    private func copy(records: Int, turn: Int) throws {
        let store = try LocalStore(.directory(directory), topics: LogContract.topics)
        let appender = try store.appender()
        let value = Bytes((0..<1_024).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        for start in stride(from: 0, to: records, by: 10_000) {
            try appender.append(
                (start..<min(start + 10_000, records)).map {
                    OutgoingRecord(topic: "input", key: Bytes("key-\($0)"), value: value)
                })
        }
        var limits = StageRunner<CopyStage>.Limits()
        limits.records = turn
        // So that only the count bounds a turn: the baseline's turns have as many records.
        limits.bytes = 1 << 30
        let log = try store.member(of: "bench", reading: ["input"], journal: nil)
        let setting = RunnerSetting(deadLetters: "other", clock: LocalStore.systemTime)
        var runner = StageRunner(CopyStage(), name: "copy", on: log, in: setting, limits: limits)
        guard try runner.step(waiting: .seconds(5)) == .reassigned else { preconditionFailure("nothing was assigned") }
        let start = ContinuousClock.now
        let before = processorTime()
        var copied = 0
        while copied < records {
            if case .committed(let count) = try runner.step(waiting: .seconds(1)) { copied += count }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(Int(Double(records) / seconds), (processorTime() - before) / .seconds(1) * 1e6 / Double(records))
    }

    /// The busiest member's share of one processor, in percent, while nothing happens.
    private func idle(members: Int) throws {
        let log = try BenchLog(directory)
        let workers = try (0..<members).map { _ in try log.startWorker(CopyLoop()) }
        sleep(4)
        let before = workers.map(\.processorTime)
        let start = ContinuousClock.now
        sleep(20)
        let time = ContinuousClock.now - start
        print(zip(workers, before).map { ($0.processorTime - $1) / time * 100 }.max() ?? 0)
    }

    /// Milliseconds until another member has done the work of one that ended.
    private func takeOver(from end: LogContract.End) throws {
        print(try LogContract.takeOver(from: end, on: BenchLog(directory)).wholeMilliseconds)
    }

    private func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}

/// Copies each record as it is.
private struct CopyStage: Stage {
    func read(_ record: IncomingRecord) throws(Unreadable) -> Reading<IncomingRecord, Never> { .message(record) }

    func decide(_ input: StageInput<IncomingRecord>, memory: Void, row: Never?) -> Decision<Never> {
        guard case .message(let record, _) = input else { return .nothing }
        return Decision(outputs: [
            Draft { _ in
                OutgoingRecord(topic: "output", key: record.key, value: record.value, headers: record.headers)
            }
        ])
    }
}

/// The log in a directory, for the contract's measurements.
private final class BenchLog: LogWithWorkers {
    let settling = Duration.zero
    private let directory: String
    private var store: LocalStore

    init(_ directory: String) throws {
        self.directory = directory
        store = try LocalStore(.directory(directory), topics: LogContract.topics)
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

    func restart() throws(LogFailure) {
        store = try LocalStore(.directory(directory), topics: LogContract.topics)
    }

    func startWorker(_ loop: CopyLoop) throws -> WorkerProcess { try WorkerProcess("LogWorker", [directory]) }
}
