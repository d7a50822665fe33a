import Foundation
import Pipeline
package import Ports
import SQLite

// The embedded log: one SQLite database per directory, shared by every process of one machine.
//
// A turn is one SQLite transaction, so it is visible whole or not at all, to every process, also after a power cut
// (WAL with `synchronous=FULL`). Records lie in one table ordered by partition and offset; `partitions` says where each
// one ends, `committed` how far each group has come. The members of a group share its partitions by leases, with an
// epoch that every commit checks inside its transaction (`Membership.swift`).
//
// What the settings of a topic let go of goes in small steps beside the work, and offsets stay what they were
// (`Housekeeper.swift`).
//
// Readers sleep on a bell: a small file whose time every writer touches after its commit. No read outlives a batch,
// so a slow reader never keeps the write-ahead log from being folded back. Local file systems only: the locks and the
// shared index of the write-ahead log do not work over a network.

/// Where the data of an embedded log is, and the way to its members, appenders and tails.
///
/// In a directory each of those has its own connection and may live on its own thread; let each thread make its own
/// store. In memory all of them share one connection: one process, one thread, gone with the last of them.
package final class LocalStore {
    package enum Location: Sendable, Hashable {
        case directory(String)
        case memory
    }

    /// What bounds the log.
    package struct Limits: Sendable {
        /// The largest record, by `OutgoingRecord.size`. As a Kafka broker has it, so that a pipeline can move there.
        package var record = 1 << 20
        /// What one poll brings in bytes, give or take its last records: a turn of this size commits in well under
        /// a second.
        package var batch = 16 << 20
        /// How long a writer waits for another one: many times the longest turn, and short enough that a log that
        /// somebody froze is reported within 5 s.
        package var busy = Duration.seconds(4)
        /// How long a member keeps its partitions without polling, replaying or committing, where others wait for
        /// them. Short enough that a stand-by is at work within 5 s of a freeze.
        package var lease = Duration.seconds(3)
        /// How long instead from the moment that it is told to give partitions up: as long as a call in flight may
        /// take (15 s), its grace (5 s), and a turn.
        package var farewell = Duration.seconds(25)
        package var housekeeping = Housekeeping()

        package init() {}
    }

    /// What bounds the work of letting go of records, all members of the log together.
    package struct Housekeeping: Sendable {
        /// From one step to the next, and from a round that left nothing to do to the next round.
        package var pause = Duration.seconds(1)
        package var rest = Duration.seconds(30)
        /// Of one step, which may delay a turn: so many records and bytes are deleted, or so much time is used.
        package var records = 2_000
        package var bytes = 4 << 20
        package var time = Duration.milliseconds(10)
        /// How old a record must be before it takes the place of an older one: a follower reads what was just written.
        package var minimumAge = Duration.seconds(60)
        /// How long a tombstone stays when all before it is gone. As Kafka's `delete.retention.ms`.
        package var tombstones = Duration.seconds(86_400)

        package init() {}
    }

    private let location: Location
    private let topics: [TopicDeclaration]
    private let limits: Limits
    private let now: @Sendable () -> Timestamp
    private let leaseClock: LeaseClock
    private let shared: LogFile?

    /// Opens the log, creating what is missing of the directory, the file and the topics. A topic that exists with
    /// another number of partitions is refused.
    package init(
        _ location: Location, topics: [TopicDeclaration], limits: Limits = Limits(),
        now: @escaping @Sendable () -> Timestamp = LocalStore.systemTime, leaseClock: LeaseClock? = nil
    ) throws(LogFailure) {
        self.location = location
        self.topics = topics
        self.limits = limits
        self.now = now
        self.leaseClock = if let leaseClock { leaseClock } else { try LeaseClock.system() }
        switch location {
        case .memory:
            shared = try LogFile(.memory, isExpected: false, bell: nil, topics: topics, limits: limits, now: now)
        case .directory(let path):
            shared = nil
            try Self.makeDirectory(path)
            _ = try open()
        }
    }

    /// A new member of a group: it reads `sources` and writes, besides anything else, its own `journal`. All of these
    /// must have the same number of partitions, which the group's members share out among themselves; who has none
    /// stands by. It stays one until it is let go of.
    package func member(
        of group: String, reading sources: [String], journal: String?
    ) throws(LogFailure) -> LocalLog {
        if group.isEmpty {
            throw LogFailure(.stop, code: "log.group-name", detail: "a group needs a name, to keep its offsets under")
        }
        let directory: String? = if case .directory(let path) = location { path } else { nil }
        return try LocalLog(
            group: group, sources: sources, journal: journal, file: try open(), clock: leaseClock,
            directory: directory)
    }

    /// For those who only write.
    package func appender() throws(LogFailure) -> LocalAppender { LocalAppender(try open()) }

    /// For those who only read, outside any group.
    package func tail(of topics: [String], from start: TailStart) throws(LogFailure) -> LocalTail {
        try LocalTail(of: topics, from: start, in: try open())
    }

    /// The system's clock.
    @Sendable package static func systemTime() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    private func open() throws(LogFailure) -> LogFile {
        if let shared { return shared }
        guard case .directory(let path) = location else { preconditionFailure("a store in memory is always open") }
        // One at a time: switching a new file to its write-ahead log fails for whoever comes second.
        let opening = try FileLock("\(path)/opening.lock", waiting: limits.busy)
        defer { withExtendedLifetime(opening) {} }
        let made = "\(path)/made"
        let isExpected = FileManager.default.fileExists(atPath: made)
        let file = try LogFile(
            .file("\(path)/log.sqlite"), isExpected: isExpected, bell: try Bell("\(path)/bell"), topics: topics,
            limits: limits, now: now)
        // From now on a missing database is a loss, and not a beginning.
        if !isExpected, !FileManager.default.createFile(atPath: made, contents: nil) {
            throw LogFailure(systemCall: "create", path: made)
        }
        return file
    }

    private static func makeDirectory(_ path: String) throws(LogFailure) {
        do {
            // Only its owner may look: the records hold what the console knows about endpoints and people.
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw LogFailure(
                .stop, code: "log.cannot-open",
                detail: "\(path): the log's directory cannot be made (\(error.localizedDescription)). "
                    + "Name one that is on a local file system and writable for this user.")
        }
    }
}
