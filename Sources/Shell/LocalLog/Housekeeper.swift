import Ports
import SQLite

// What a log lets go of, and who sees to it.
//
// There is no thread for it. Every member looks once a second, where it polls, whether a step is due: between two turns
// nothing of its own waits but the poll itself. One row says when the next step is due and which partition is next, so
// the members of all groups and processes together take one step a second, and whoever comes first takes it. A step is
// one write transaction of some milliseconds; it never waits for another writer, and is looked for again a second later
// where there is one. All that it knows is in the database, and changed with what it deletes: a process killed in the
// middle of a step has not begun it.
//
// Offsets are never changed and never used again: `next` only grows, and nobody here writes it.
//
// The file does not shrink. What is let go of leaves free pages, and what is written next takes those first, so a log
// whose topics are kept for a time stays as large as it once was. Giving pages back to the file system would need a map
// of every page, kept up by every turn, and would move pages only for the next turn to ask for them again.

/// One connection's part in the housekeeping of its log.
final class Housekeeper {
    private let file: LogFile
    private let clock: LeaseClock
    private let plans: [(id: Int64, keeping: Keeping)]
    private var nextLook = Duration.zero

    init(_ file: LogFile, clock: LeaseClock) {
        self.file = file
        self.clock = clock
        plans = file.ids.map { (id: $0.value, keeping: file.keepings[$0.key.topic] ?? .whole) }
            .filter { $0.keeping != .whole }.sorted { $0.id < $1.id }
    }

    /// Takes a step where one is due and nobody else is writing.
    func stepIfDue() throws(LogFailure) {
        let now = clock.uptime()
        guard now >= nextLook, !plans.isEmpty else { return }
        nextLook = now + file.limits.housekeeping.pause
        guard try file.reading({ () throws(SQLiteFailure) in try due(at: now) }) != nil else { return }
        try file.tidying { () throws(SQLiteFailure) in
            // Somebody else may have taken it meanwhile.
            if let first = try due(at: now) { try step(at: now, from: first) }
        }
    }

    /// Which partition comes first in the step that is due now; nil where none is.
    private func due(at now: Duration) throws(SQLiteFailure) -> Int64? {
        let row = try file.statements.housekeeping.selectDue.first {
            (boot: $0.text(0), due: Duration.microseconds($0.integer(1)), partition: $0.integer(2))
        }
        guard let row, row.boot != clock.boot || row.due <= now else { return nil }
        return row.partition
    }

    /// From partition to partition, until all have been seen or the step is long enough.
    private func step(at now: Duration, from first: Int64) throws(SQLiteFailure) {
        let limits = file.limits.housekeeping
        let moment = file.now()
        var budget = StepBudget(records: limits.records, bytes: limits.bytes, time: limits.time)
        var next: Int64?
        for plan in plans.filter({ $0.id >= first }) + plans.filter({ $0.id < first }) {
            switch plan.keeping {
            case .whole: continue
            case .newest(let age, let bytes):
                try file.shorten(plan.id, to: age.map { moment - $0 }, bytes: bytes, within: &budget)
            case .lastOfEachKey: try file.compact(plan.id, at: moment, within: &budget)
            }
            if budget.isSpent {
                next = plan.id
                break
            }
        }
        let due = now + (next == nil ? limits.rest : limits.pause)
        try file.statements.housekeeping.updateDue.run(
            .text(clock.boot), .integer(due.wholeMicroseconds), .integer(next ?? 0))
    }
}
