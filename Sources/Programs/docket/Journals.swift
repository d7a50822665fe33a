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
        tail = try Self.tail(of: Desk.topics(settings.catalogue), settings)
        desk = Desk(settings.catalogue)
        while try !step(waiting: .zero) {}
    }

    /// Reads on until `isEnough`, at most so long.
    func read(for patience: Duration, until isEnough: (Desk) -> Bool) throws {
        let clock = ContinuousClock()
        let end = clock.now + patience
        while !isEnough(desk), clock.now < end { _ = try step(waiting: clock.now.duration(to: end)) }
    }

    private func step(waiting: Duration) throws -> Bool {
        let next = try tail.next(atMost: Self.batch, waiting: waiting)
        for record in next.records {
            try Self.readable(record) { record throws(Unreadable) in try desk.fold(record) }
        }
        return next.reachedEnd || next.records.isEmpty
    }

    /// How many records each topic holds.
    static func counts(of topics: [String], _ settings: DocketSettings) throws -> [String: Int] {
        let tail = try tail(of: topics, settings)
        var counts: [String: Int] = [:]
        while true {
            let next = try tail.next(atMost: batch, waiting: .zero)
            for record in next.records { counts[record.partition.topic, default: 0] += 1 }
            if next.reachedEnd || next.records.isEmpty { return counts }
        }
    }

    private static func tail(of topics: [String], _ settings: DocketSettings) throws -> any LogTailing {
        try requireLog(settings)
        return try Log(settings).tail(of: topics)
    }

    /// Opening a log makes one where there is none, and an order in a log that nobody reads would be a false comfort.
    static func requireLog(_ settings: DocketSettings) throws(LogFailure) {
        let folder = settings.log.directory
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
