import Foundation
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import SQLite
import Testing

@Suite("Local log: when the disk or the file fails", .timeLimit(.minutes(1)))
struct LocalLogFailureTests {
    @Test(
        "a full disk stops with a clear sentence, loses nothing committed, and goes on once there is room",
        .enabled(if: SmallDisk.isPossible, "a small tmpfs can only be mounted as root"))
    func fullDisk() throws {
        let disk = try SmallDisk(megabytes: 6)
        let path = disk.path + "/log"
        let ballast = disk.path + "/ballast"
        try Data(count: 2 << 20).write(to: URL(fileURLWithPath: ballast))
        let store = try LocalStore(.directory(path), topics: LogContract.topics)
        let member = try store.member(of: "g", reading: ["input"], journal: nil)
        guard case .assigned(let assignment) = try member.poll(atMost: 1, waiting: .zero) else { throw Unassigned() }

        var committed = 0
        let failure = #expect(throws: LogFailure.self) {
            while committed < 1_000 {
                var turn = Turn(in: assignment)
                let value = Bytes([UInt8](repeating: UInt8(committed % 251), count: 100_000))
                turn.produce(OutgoingRecord(topic: "output", partition: 0, key: nil, value: value))
                if try member.commit(turn) == .committed { committed += 1 }
            }
        }
        #expect(committed > 3)
        #expect(failure?.remedy == .stop)
        #expect(failure?.code == "sqlite.full")
        #expect(failure?.detail.contains(path) == true)
        #expect(failure?.detail.contains("free some space") == true)
        #expect(try values(in: store) == committed)

        try FileManager.default.removeItem(atPath: ballast)
        let again = try LocalStore(.directory(path), topics: LogContract.topics)
        #expect(try values(in: again) == committed)
        try again.appender().append([OutgoingRecord(topic: "output", partition: 0, key: nil, value: "more")])
        #expect(try values(in: again) == committed + 1)
    }

    @Test(
        "a read-only file system is named when the log is opened, and its records are there when it is writable again",
        .enabled(if: SmallDisk.isPossible, "a read-only file system binds root too, but only root can mount one"))
    func readOnlyDisk() throws {
        let disk = try SmallDisk(megabytes: 6)
        let path = disk.path + "/log"
        try fill(path)
        try disk.remount("ro")
        let failure = #expect(throws: LogFailure.self) { try fill(path) }
        #expect(failure?.remedy == .stop)
        #expect(failure?.code == "log.cannot-open")
        #expect(failure?.detail.contains(path) == true)
        #expect(failure?.detail.contains("writable for this user") == true)
        try disk.remount("rw")
        #expect(try values(in: LocalStore(.directory(path), topics: LogContract.topics)) == 300)
    }

    @Test("a folder that cannot be made is named, with what to check")
    func impossibleFolder() throws {
        let folder = try Folder()
        try Data("a file".utf8).write(to: URL(fileURLWithPath: folder.path + "/file"))
        let path = folder.path + "/file/log"
        let failure = #expect(throws: LogFailure.self) { try fill(path) }
        #expect(failure?.remedy == .stop)
        #expect(failure?.code == "log.cannot-open")
        #expect(failure?.detail.contains(path) == true)
    }

    /// Where the file is hit, and how.
    enum Damage: CaseIterable {
        case headerOverwritten, recordsOverwritten, cutShort
    }

    @Test("a damaged file stops with a clear sentence and never reads as something else", arguments: Damage.allCases)
    func damagedFile(_ damage: Damage) throws {
        let folder = try Folder()
        try fill(folder.path)
        let path = folder.path + "/log.sqlite"
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        let size = try file.seekToEnd()
        switch damage {
        case .headerOverwritten:
            try file.seek(toOffset: 0)
            try file.write(contentsOf: Data(repeating: 0x55, count: 4_096))
        case .recordsOverwritten:
            try file.seek(toOffset: size / 2)
            try file.write(contentsOf: Data(repeating: 0x55, count: 40_000))
        case .cutShort: try file.truncate(atOffset: size / 2)
        }
        try file.close()
        let failure = #expect(throws: LogFailure.self) {
            let store = try LocalStore(.directory(folder.path), topics: LogContract.topics)
            _ = try values(in: store)
        }
        #expect(failure?.remedy == .stop)
        #expect(failure?.detail.contains("backup") == true || failure?.detail.contains("move it away") == true)
    }

    @Test("a record that is missing in the middle is noticed")
    func hole() throws {
        let folder = try Folder()
        try fill(folder.path)
        let database = try Database(.file(folder.path + "/log.sqlite"))
        try database.execute("DELETE FROM records WHERE place & 0xffff = 17")
        let failure = #expect(throws: LogFailure.self) {
            _ = try values(in: LocalStore(.directory(folder.path), topics: LogContract.topics))
        }
        #expect(failure?.code == "log.damaged")
        #expect(failure?.detail.contains("output/0 cannot be read at offset 17") == true)
    }

    @Test(
        "a record that the disk changed is noticed, whatever part of it was hit",
        arguments: [
            "value = zeroblob(1000)", "value = NULL", "key = x''", "timestamp = timestamp + 1",
            "headers = x'000161000000017a'",
        ])
    func changedRecord(change: String) throws {
        let folder = try Folder()
        try fill(folder.path)
        let database = try Database(.file(folder.path + "/log.sqlite"))
        try database.execute("UPDATE records SET \(change) WHERE place & 0xffff = 17")
        let failure = #expect(throws: LogFailure.self) {
            _ = try values(in: LocalStore(.directory(folder.path), topics: LogContract.topics))
        }
        #expect(failure?.code == "log.damaged")
        #expect(failure?.detail.contains("output/0 cannot be read at offset 17") == true)
    }

    @Test("a turn that finds the log locked is aborted and done again; the third time it stops")
    func locked() throws {
        let folder = try Folder()
        var limits = LocalStore.Limits()
        limits.busy = .milliseconds(10)
        let store = try LocalStore(.directory(folder.path), topics: LogContract.topics, limits: limits)
        try store.appender().append([OutgoingRecord(topic: "input", partition: 0, key: nil, value: "v")])
        let member = try store.member(of: "g", reading: ["input"], journal: nil)
        guard case .assigned(let assignment) = try member.poll(atMost: 1, waiting: .zero) else { throw Unassigned() }
        func turn() throws -> Turn {
            guard case .records(let records) = try member.poll(atMost: 1, waiting: .zero) else { throw Unassigned() }
            var turn = Turn(in: assignment)
            for record in records { turn.consume(record) }
            return turn
        }

        let frozen = try Database(.file(folder.path + "/log.sqlite"))
        try frozen.execute("BEGIN IMMEDIATE")
        #expect(try member.commit(turn()) == .aborted)
        #expect(try member.commit(turn()) == .aborted)
        let failure = #expect(throws: LogFailure.self) { _ = try member.commit(turn()) }
        #expect(failure?.code == "sqlite.busy")
        #expect(failure?.detail.contains("process \(getpid()) ") == true, "\(failure?.detail ?? "no failure")")
        #expect(failure?.remedy == .stop)
        try frozen.execute("ROLLBACK")
        #expect(try member.commit(turn()) == .committed)
    }

    private func fill(_ path: String) throws {
        let store = try LocalStore(.directory(path), topics: LogContract.topics)
        try store.appender().append(
            (0..<300).map {
                OutgoingRecord(
                    topic: "output", partition: 0, key: nil,
                    value: Bytes([UInt8](repeating: UInt8($0 % 251), count: 1_000)))
            })
    }

    /// How many values there are, each checked against what was written.
    private func values(in store: LocalStore) throws -> Int {
        let tail = try store.tail(of: ["output"], from: .start)
        var count = 0
        while true {
            let batch = try tail.next(atMost: 100, waiting: .zero)
            for record in batch.records {
                let expected = UInt8(record.offset.value % 251)
                let isWhole = record.value?.array.allSatisfy { $0 == expected } == true
                #expect(isWhole || record.value == "more")
            }
            count += batch.records.count
            if batch.reachedEnd { return count }
        }
    }
}

/// A file system of a few megabytes, in memory, unmounted when the test is over.
final class SmallDisk {
    let path: String
    private let folder: Folder

    static let isPossible: Bool = {
        do {
            _ = try SmallDisk(megabytes: 1)
            return true
        } catch {
            return false
        }
    }()

    init(megabytes: Int) throws {
        folder = try Folder()
        path = folder.path + "/disk"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
    }

    func remount(_ mode: String) throws { try Self.run("mount", ["-o", "remount,\(mode)", path]) }

    deinit {
        do {
            try Self.run("umount", [path])
        } catch {
            print("the test's file system \(path) is left behind: \(error)")
        }
    }

    private struct Refused: Error {}

    private static func run(_ command: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Refused() }
    }
}
