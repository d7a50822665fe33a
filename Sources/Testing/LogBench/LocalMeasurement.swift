import Glibc
import LocalLog
import Pipeline
import PipelineTesting
import Ports

/// One measurement of the embedded log on an empty directory.
struct LocalMeasurement {
    let directory: String

    init(in directory: String) { self.directory = directory }

    func run(_ what: String, _ numbers: [Int]) throws {
        switch what {
        case "copy": try copy(records: numbers[0], turn: numbers[1])
        case "idle": try idle(members: 3)
        case "killed": try takeOver(from: .killed)
        case "frozen": try takeOver(from: .frozen)
        default: preconditionFailure("there is no measurement \(what) of the embedded log")
        }
    }

    /// Records per second, and processor seconds per million, of a stage that copies 1 KB records.
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
        let log = try store.member(of: "bench", reading: ["input"], journal: nil)
        var run = try CopyRun(on: log, to: "output", turn: turn, clock: LocalStore.systemTime)
        try run.printSpeed(of: records)
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

    func startWorker(_ loop: CopyLoop) throws -> WorkerProcess {
        try WorkerProcess("LogWorker", [directory, "\(loop.turnSize)"])
    }
}
