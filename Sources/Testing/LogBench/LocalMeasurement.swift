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
        case "keep": try copy(records: numbers[0], turn: numbers[1], keeping: true)
        case "steps": try steps(records: numbers[0])
        case "idle": try idle(members: 3)
        case "killed": try takeOver(from: .killed)
        case "frozen": try takeOver(from: .frozen)
        default: preconditionFailure("there is no measurement \(what) of the embedded log")
        }
    }

    /// Half of what is written grows old at once, and of what is copied each key comes again and again: there is
    /// always something to let go of.
    private static let keptShort = [
        TopicDeclaration(
            "input", partitions: 3, kind: .events,
            settings: [.retention: "-1", .retentionBytes: "1000000000"]),
        TopicDeclaration("old", partitions: 3, kind: .events, settings: [.retention: "-1", .retentionBytes: "0"]),
        TopicDeclaration("output", partitions: 3, kind: .compacted),
        TopicDeclaration("other", partitions: 3, kind: .events),
    ]

    private func store(keeping: Bool, pause: Duration = .seconds(1)) throws -> LocalStore {
        guard keeping else { return try LocalStore(.directory(directory), topics: LogContract.topics) }
        var limits = LocalStore.Limits()
        limits.housekeeping.minimumAge = .zero
        limits.housekeeping.pause = pause
        limits.housekeeping.rest = pause
        return try LocalStore(.directory(directory), topics: Self.keptShort, limits: limits)
    }

    private func fill(_ topic: String, of store: LocalStore, with records: Int) throws {
        let appender = try store.appender()
        let value = Bytes((0..<1_024).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        for start in stride(from: 0, to: records, by: 10_000) {
            try appender.append(
                (start..<min(start + 10_000, records)).map {
                    OutgoingRecord(topic: topic, key: Bytes("key-\($0 % 20_000)"), value: value)
                })
        }
    }

    /// How many steps of housekeeping it takes to let go of so many records in two topics, of each kind one; records
    /// per step; the milliseconds of a step, on average and at most.
    private func steps(records: Int) throws {
        let store = try store(keeping: true, pause: .zero)
        for topic in ["old", "output"] { try fill(topic, of: store, with: records) }
        let log = try store.member(of: "bench", reading: ["other"], journal: nil)
        var times: [Duration] = []
        while times.count < 40 || (times.last ?? .zero) > .milliseconds(2) {
            let start = ContinuousClock.now
            _ = try log.poll(atMost: 1, waiting: .zero)
            times.append(ContinuousClock.now - start)
        }
        let busy = times.filter { $0 > .milliseconds(2) }
        let mean = busy.reduce(.zero, +) / max(1, busy.count)
        let gone = 2 * records - 20_000
        print(
            busy.count, gone / max(1, busy.count), mean / .milliseconds(1),
            (busy.max() ?? .zero) / .milliseconds(1))
    }

    /// Records per second, and processor seconds per million, of a stage that copies 1 KB records.
    private func copy(records: Int, turn: Int, keeping: Bool = false) throws {
        let store = try store(keeping: keeping)
        try fill("input", of: store, with: records)
        if keeping { try fill("old", of: store, with: records) }
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
