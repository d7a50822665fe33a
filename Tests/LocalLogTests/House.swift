import LocalLog
import Pipeline
import Ports
import Testing

/// A log with topics of every kind, one partition each, that is kept in order whenever the test says so.
final class House {
    static let topics = [
        TopicDeclaration(
            "arrived", partitions: 1, kind: .events, settings: [.retention: "100000", .timeIs: "LogAppendTime"]),
        TopicDeclaration("dated", partitions: 1, kind: .events, settings: [.retention: "100000"]),
        TopicDeclaration(
            "sized", partitions: 1, kind: .events, settings: [.retention: "-1", .retentionBytes: "1000"]),
        TopicDeclaration("endless", partitions: 1, kind: .events),
        TopicDeclaration("journal", partitions: 1, kind: .journal),
        TopicDeclaration("table", partitions: 1, kind: .compacted),
    ]

    let clock = TestClock()
    let store: LocalStore
    private var keeper: LocalLog?

    init(
        in folder: Folder? = nil, _ change: (inout LocalStore.Housekeeping) -> Void = { _ in }
    ) throws {
        var limits = LocalStore.Limits()
        limits.housekeeping.pause = .zero
        limits.housekeeping.rest = .zero
        change(&limits.housekeeping)
        let clock = clock
        store = try LocalStore(
            folder.map { .directory($0.path) } ?? .memory, topics: Self.topics, limits: limits,
            now: { clock.wall }, leaseClock: LeaseClock(boot: "this one", uptime: { clock.uptime }))
    }

    /// Lets a member do the housekeeping, to its end.
    func keep() throws {
        let keeper = try self.keeper ?? store.member(of: "keeper", reading: ["endless"], journal: nil)
        self.keeper = keeper
        for _ in 0..<30 { _ = try keeper.poll(atMost: 1, waiting: .zero) }
    }

    func letPass(_ time: Duration) throws {
        try keep()
        clock.pass(time)
        try keep()
    }

    /// `key=value` for a key of its own, `key=` for a tombstone.
    @discardableResult
    func write(_ topic: String, _ values: [String], dated: Timestamp? = nil) throws -> [(Partition, Offset)] {
        try store.appender().append(
            values.map { value in
                let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let text = String(parts[parts.count - 1])
                return OutgoingRecord(
                    topic: topic, key: Bytes(parts.count == 2 ? String(parts[0]) : "k"),
                    value: text.isEmpty ? nil : Bytes(text), timestamp: dated)
            })
    }

    func records(in topic: String) throws -> [IncomingRecord] {
        try store.tail(of: [topic], from: .start).next(atMost: 10_000, waiting: .zero).records
    }

    func texts(in topic: String) throws -> [String] { try records(in: topic).map { $0.value?.text ?? "nil" } }

    func member(_ group: String, reading source: String) throws -> HouseMember {
        try HouseMember(try store.member(of: group, reading: [source], journal: nil))
    }
}

final class HouseMember {
    let log: LocalLog
    private var assignment: Assignment?

    init(_ log: LocalLog) throws {
        self.log = log
        if case .assigned(let given) = try log.poll(atMost: 1, waiting: .zero) { assignment = given }
    }

    /// All that there is for it; committed.
    @discardableResult
    func consumeAll() throws -> [String] {
        var texts: [String] = []
        while case .records(let records) = try log.poll(atMost: 100, waiting: .zero) {
            var turn = Turn(in: try #require(assignment))
            for record in records { turn.consume(record) }
            #expect(try log.commit(turn) == .committed)
            texts += records.map { $0.value?.text ?? "nil" }
        }
        return texts
    }
}
