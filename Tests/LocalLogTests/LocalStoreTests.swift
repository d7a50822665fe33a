import Foundation
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import Testing

@Suite("Local store", .timeLimit(.minutes(1)))
struct LocalStoreTests {
    @Test("an existing topic with another number of partitions is refused")
    func partitionCount() throws {
        let folder = try Folder()
        _ = try store(folder, ["a": 2])
        let failure = #expect(throws: LogFailure.self) { _ = try store(folder, ["a": 3]) }
        #expect(failure?.code == "log.partition-count")
        #expect(failure?.detail.contains("a has 2 partitions") == true)
    }

    @Test("a topic that is new in the catalogue is created beside the old ones")
    func newTopic() throws {
        let folder = try Folder()
        try store(folder, ["a": 2]).appender().append([OutgoingRecord(topic: "a", key: "k", value: "kept")])
        let later = try store(folder, ["a": 2, "b": 1])
        try later.appender().append([OutgoingRecord(topic: "b", key: "k", value: "new")])
        let seen = try later.tail(of: ["a", "b"], from: .start).next(atMost: 10, waiting: .zero).records
        #expect(Set(seen.map(\.value)) == ["kept", "new"])
    }

    @Test("a second member of a group is refused while the first one lives", arguments: LogPlace.allCases)
    func secondMember(_ place: LogPlace) throws {
        let log = try LocalLogUnderTest(place)
        do {
            let first = try log.member(of: "g", reading: ["input"], journal: nil)
            let failure = #expect(throws: LogFailure.self) {
                _ = try log.member(of: "g", reading: ["input"], journal: nil)
            }
            #expect(failure?.code == "log.group-taken")
            #expect(failure?.remedy == .stop)
            _ = try log.member(of: "another", reading: ["input"], journal: nil)
            withExtendedLifetime(first) {}
        }
        _ = try log.member(of: "g", reading: ["input"], journal: nil)
    }

    @Test("a second member in another process is refused with the first one's process id")
    func secondProcess() throws {
        let log = try LocalLogUnderTest(.files)
        let worker = try log.startWorker(CopyLoop())
        // The worker is at work as soon as it has copied something.
        try log.appender().append([OutgoingRecord(topic: "input", key: "k", value: "v")])
        let tail = try log.tail(of: ["output"], from: .start)
        try #require(try !tail.next(atMost: 1, waiting: .seconds(30)).records.isEmpty)
        let failure = #expect(throws: LogFailure.self) {
            _ = try log.member(of: CopyLoop().group, reading: ["input"], journal: nil)
        }
        #expect(failure?.detail.contains("process \(worker.processID)") == true)
        worker.kill()
        _ = try log.member(of: CopyLoop().group, reading: ["input"], journal: nil)
    }

    @Test("who deletes the lock file fences the first member")
    func fenced() throws {
        let log = try LocalLogUnderTest(.files)
        let first = try log.member(of: "g", reading: ["input"], journal: nil)
        guard case .assigned(let assignment) = try first.poll(atMost: 1, waiting: .zero) else { throw Unassigned() }
        try FileManager.default.removeItem(atPath: log.folder.path + "/group.g.lock")
        let second = try log.member(of: "g", reading: ["input"], journal: nil)
        guard case .assigned(let other) = try second.poll(atMost: 1, waiting: .zero) else { throw Unassigned() }

        var turn = Turn(in: assignment)
        turn.produce(OutgoingRecord(topic: "output", key: nil, value: "from the fenced one"))
        let failure = #expect(throws: LogFailure.self) { _ = try first.commit(turn) }
        #expect(failure?.code == "log.fenced")
        #expect(failure?.remedy == .stop)
        turn = Turn(in: other)
        turn.produce(OutgoingRecord(topic: "output", key: nil, value: "from the owner"))
        #expect(try second.commit(turn) == .committed)
        let seen = try log.tail(of: ["output"], from: .start).next(atMost: 10, waiting: .zero).records
        #expect(seen.map(\.value) == ["from the owner"])
    }

    @Test("a group's name must be able to name a file", arguments: ["", "../escape", "a/b", "a b"])
    func groupName(name: String) throws {
        let store = try LocalStore(.memory, topics: LogContract.topics)
        let failure = #expect(throws: LogFailure.self) {
            _ = try store.member(of: name, reading: ["input"], journal: nil)
        }
        #expect(failure?.code == "log.group-name")
    }

    @Test("time comes from the clock that the store was given")
    func clock() throws {
        let moment = Timestamp(microseconds: 1_795_169_731_804_411)
        let store = try LocalStore(.memory, topics: LogContract.topics, now: { moment })
        try store.appender().append([OutgoingRecord(topic: "input", key: nil, value: nil)])
        let seen = try store.tail(of: ["input"], from: .start).next(atMost: 1, waiting: .zero).records
        #expect(seen.map(\.timestamp) == [moment])
    }

    @Test("a directory that held a log and lost its file is refused, not begun anew", arguments: [false, true])
    func lostFile(isEmptied: Bool) throws {
        let folder = try Folder()
        _ = try store(folder, ["a": 2])
        for name in ["log.sqlite", "log.sqlite-wal", "log.sqlite-shm"] {
            let path = folder.path + "/" + name
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
        if isEmptied { try Data().write(to: URL(fileURLWithPath: folder.path + "/log.sqlite")) }
        let failure = #expect(throws: LogFailure.self) { _ = try store(folder, ["a": 2]) }
        #expect(failure?.code == "log.lost")
        #expect(failure?.remedy == .stop)
    }

    private func store(_ folder: Folder, _ topics: [String: Int32]) throws -> LocalStore {
        try LocalStore(
            .directory(folder.path),
            topics: topics.map { TopicDeclaration($0.key, partitions: $0.value, kind: .events) })
    }
}

struct Unassigned: Error {}
