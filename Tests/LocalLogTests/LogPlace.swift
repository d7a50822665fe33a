import Foundation
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import Synchronization

/// Where a log under test keeps its records.
enum LogPlace: CaseIterable {
    case memory
    case files
}

/// A folder that is gone when the test is over.
final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("docket-log-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("the test's folder \(path) is left behind: \(error)")
        }
    }
}

/// The embedded log as the contract wants it, with housekeeping at every poll.
final class LocalLogUnderTest: LogWithWorkers {
    let settling = Duration.milliseconds(20)
    let folder: Folder
    private let place: LogPlace
    private let clock = AheadClock()
    private var store: LocalStore

    init(_ place: LogPlace) throws {
        self.place = place
        folder = try Folder()
        store = try Self.open(place == .memory ? .memory : .directory(folder.path), clock)
    }

    private static func open(
        _ location: LocalStore.Location, _ clock: AheadClock
    ) throws(LogFailure) -> LocalStore {
        var limits = LocalStore.Limits()
        limits.housekeeping.pause = .zero
        limits.housekeeping.rest = .zero
        return try LocalStore(location, topics: LogContract.topics, limits: limits, now: { clock.now })
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
        // What is in memory is gone with its store, so there a restart is that of the members only.
        if place == .files { store = try Self.open(.directory(folder.path), clock) }
    }

    func letPass(_ time: Duration) throws(LogFailure) {
        let keeper = try store.member(of: "keepers", reading: ["narrow"], journal: nil)
        for part in [.zero, time, .zero] {
            clock.pass(part)
            for _ in 0..<20 { _ = try keeper.poll(atMost: 1, waiting: .zero) }
        }
    }

    func startWorker(_ loop: CopyLoop) throws -> WorkerProcess {
        try WorkerProcess(
            "LogWorker", [folder.path, "\(loop.turnSize)"] + (loop.freezesBefore.map { [$0.rawValue] } ?? []))
    }
}

/// The system's clock, or one that is ahead of it.
final class AheadClock: Sendable {
    private let lead = Mutex(Duration.zero)

    var now: Timestamp { LocalStore.systemTime() + lead.withLock { $0 } }

    func pass(_ time: Duration) { lead.withLock { $0 += time } }
}
