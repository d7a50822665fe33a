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

    @Test("a group without a name is refused")
    func groupName() throws {
        let store = try LocalStore(.memory, topics: LogContract.topics)
        let failure = #expect(throws: LogFailure.self) {
            _ = try store.member(of: "", reading: ["input"], journal: nil)
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
