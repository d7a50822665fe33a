import LocalLog
import Pipeline
import PipelineTesting
import Ports
import Synchronization
import Testing

/// A clock that stands still until it is told that time has passed.
final class TestClock: Sendable {
    private let times = Mutex((up: Duration.seconds(100), wall: Timestamp(microseconds: 1_795_169_731_804_411)))

    var uptime: Duration { times.withLock { $0.up } }
    var wall: Timestamp { times.withLock { $0.wall } }

    func pass(_ time: Duration) {
        times.withLock {
            $0.up += time
            $0.wall = $0.wall + time
        }
    }

    /// Somebody sets the wall clock.
    func jump(_ time: Duration) { times.withLock { $0.wall = $0.wall + time } }
}

/// Members of one group on one thread, each polled when the test says so.
final class Group {
    let clock = TestClock()
    let limits = LocalStore.Limits()
    private let folder: Folder
    private let store: LocalStore

    init(in place: LogPlace = .memory, records: Int = 3) throws {
        folder = try Folder()
        let clock = clock
        store = try LocalStore(
            place == .memory ? .memory : .directory(folder.path), topics: LogContract.topics, limits: limits,
            now: { clock.wall }, leaseClock: LeaseClock(boot: "this one", uptime: { clock.uptime }))
        try store.appender().append(
            (0..<records).map {
                OutgoingRecord(topic: "input", partition: Int32($0) % 3, key: nil, value: Bytes("\($0)"))
            })
    }

    func member() throws -> Worker { Worker(try store.member(of: "g", reading: ["input"], journal: "journal")) }

    /// The first member, with all partitions.
    func join() throws -> Worker {
        let worker = try member()
        #expect(try worker.poll() == .assigned([0, 1, 2]))
        return worker
    }

    /// All that members wrote.
    func written() throws -> [String] {
        try store.tail(of: ["output", "journal"], from: .start).next(atMost: 1_000, waiting: .zero).records
            .map { $0.value?.text ?? "nil" }
    }
}

/// One member, and what it was last assigned.
final class Worker {
    enum Event: Equatable {
        case nothing
        case records(Int)
        case assigned(Set<Int32>)
        case revoked(Set<Int32>)
    }

    let log: LocalLog
    private(set) var latest: Assignment?
    private(set) var generations: [Int] = []

    init(_ log: LocalLog) { self.log = log }

    func poll() throws -> Event {
        switch try log.poll(atMost: 1_000, waiting: .zero) {
        case .nothing: return .nothing
        case .records(let records): return .records(records.count)
        case .assigned(let assignment):
            latest = assignment
            generations.append(assignment.generation)
            return .assigned(assignment.numbers)
        case .revoked(let assignment): return .revoked(assignment.numbers)
        }
    }

    func records() throws -> [IncomingRecord] {
        guard case .records(let records) = try log.poll(atMost: 1_000, waiting: .zero) else { throw Unassigned() }
        return records
    }

    func assignment() throws -> Assignment { try #require(latest) }

    func consuming(_ records: [IncomingRecord]) throws -> Turn {
        var turn = Turn(in: try assignment())
        for record in records { turn.consume(record) }
        return turn
    }
}

extension Turn {
    /// A turn that consumes nothing and writes one journal entry.
    init(in assignment: Assignment, writing text: String) {
        self.init(in: assignment)
        let number = assignment.numbers.min() ?? 0
        journal(OutgoingRecord(topic: "journal", key: nil, value: Bytes(text)), at: number)
    }
}
