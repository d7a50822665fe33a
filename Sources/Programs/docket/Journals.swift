import Boot
import Contracts
import Foundation
import Operator
import Pipeline
import Ports

/// The journals as far as they were read, and the way to read on.
final class Journals {
    /// How long an order waits for its answer: many times what a running perform needs.
    static let patience = Duration.seconds(5)
    /// Records per read: a few hundred milliseconds of folding.
    private static let batch = 10_000

    private(set) var desk: Desk
    private let tail: any LogTailing

    /// Reads everything there is so far. A log that is not there is not made: it would look like an empty one.
    init(_ settings: DocketSettings) throws {
        tail = try Self.tail(of: settings.catalogue.desk.journals, settings)
        desk = Desk(settings.catalogue)
        try Self.untilTheEnd(tail) { records throws in try fold(records) }
    }

    /// Reads on until `isEnough`, at most so long.
    func read(for patience: Duration, until isEnough: (Desk) -> Bool) throws {
        let clock = ContinuousClock()
        let end = clock.now + patience
        while !isEnough(desk), clock.now < end {
            try fold(try tail.next(atMost: Self.batch, waiting: clock.now.duration(to: end)).records)
        }
    }

    private func fold(_ records: [IncomingRecord]) throws {
        for record in records {
            try Self.readable(record) { record throws(Unreadable) in try desk.fold(record) }
        }
    }

    /// How many records each topic holds.
    static func counts(of topics: [String], _ settings: DocketSettings) throws -> [String: Int] {
        let tail = try tail(of: topics, settings)
        var counts: [String: Int] = [:]
        try untilTheEnd(tail) { records in
            for record in records { counts[record.partition.topic, default: 0] += 1 }
        }
        return counts
    }

    /// How long nothing may come before the end is reached: longer than a transaction of somebody who froze stays open,
    /// because what lies behind it can be read only then.
    private static let quiet = Duration.seconds(30)

    static func untilTheEnd(_ tail: any LogTailing, _ body: ([IncomingRecord]) throws -> Void) throws {
        var last = ContinuousClock.now
        while true {
            let next = try tail.next(atMost: batch, waiting: .milliseconds(10))
            try body(next.records)
            if next.reachedEnd { return }
            if !next.records.isEmpty { last = .now }
            try requireProgress(since: last)
        }
    }

    /// Refuses to wait any longer for the end of a log of which nothing has come since then.
    static func requireProgress(since last: ContinuousClock.Instant) throws(LogFailure) {
        guard ContinuousClock.now - last > quiet else { return }
        throw LogFailure(
            .retry, code: "log.held",
            detail: "the end of the log was not reached within \(quiet.asWritten): somebody's transaction is open, or "
                + "a broker is away; a part would look like the whole")
    }

    private static func tail(of topics: [String], _ settings: DocketSettings) throws -> any LogTailing {
        try requireLog(settings)
        return try log(settings).tail(of: topics)
    }

    /// The log, for an operator: nobody's member, and so without a name of its own.
    static func log(_ settings: DocketSettings) throws(LogFailure) -> Log {
        try Log(settings, as: "docket", signals: .none)
    }

    /// Opening an embedded log makes one where there is none, and an order in a log that nobody reads would be a false
    /// comfort. Topics of a cluster are never made by opening it.
    static func requireLog(_ settings: DocketSettings) throws(LogFailure) {
        guard case .directory(let folder) = settings.log else { return }
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder)
        guard files?.isEmpty == false else {
            throw LogFailure(
                .stop, code: "log.missing",
                detail: "there is no log in \(folder) that this user can see: start ingest, enrich and playbook with "
                    + "these settings first, or name the right ones with --settings")
        }
    }

    private static func readable(
        _ record: IncomingRecord, _ body: (IncomingRecord) throws(Unreadable) -> Void
    ) throws {
        do throws(Unreadable) {
            try body(record)
        } catch {
            throw LogFailure(
                .stop, code: "journal.unreadable",
                detail: "\(record.partition)@\(record.offset) cannot be read: \(error). If newer programs wrote it, "
                    + "use their docket; nothing is shown, because a part would look like the whole")
        }
    }
}
