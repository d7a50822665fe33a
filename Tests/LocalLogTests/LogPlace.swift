import Foundation
import LocalLog
import Pipeline
import PipelineTesting
import Ports

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

/// The embedded log as the contract wants it.
final class LocalLogUnderTest: LogWithWorkers {
    let settling = Duration.milliseconds(20)
    let folder: Folder
    private let place: LogPlace
    private var store: LocalStore

    init(_ place: LogPlace) throws {
        self.place = place
        folder = try Folder()
        store = try LocalStore(
            place == .memory ? .memory : .directory(folder.path), topics: LogContract.topics)
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
        if place == .files { store = try LocalStore(.directory(folder.path), topics: LogContract.topics) }
    }

    func startWorker(_ loop: CopyLoop) throws -> WorkerProcess {
        try WorkerProcess(
            "LogWorker", [folder.path, "\(loop.turnSize)"] + (loop.freezesBefore.map { [$0.rawValue] } ?? []))
    }
}
