import Contracts
import Pipeline
import Ports
import SentinelOne

/// What is read of a stream besides its walks, in many calls, while the walks go on.
enum Chore {
    case recheck(Recheck)
    case snapshot(Snapshot)
    case reconciliation(Reconciliation)

    func errand(at place: Place, console: Console, about question: Question) -> Errand<FeedEntry>? {
        let part: (name: String, startedAt: Timestamp, step: Int, request: HTTPRequest?) =
            switch self {
            case .recheck(let work): ("recheck", work.startedAt, work.step, work.request(console))
            case .snapshot(let work): (work.name, work.startedAt, work.step, work.request(console, about: question))
            case .reconciliation(let work):
                (work.name, work.startedAt, work.step, work.request(console, place.stream, about: question))
            }
        guard let request = part.request else { return nil }
        let stream = place.stream.rawValue
        return Errand(
            id: CallID("\(place.console)/\(stream)/\(part.name)@\(part.startedAt)/\(part.step)"),
            label: part.name, request: request)
    }
}

/// Open alerts, asked for by their ids: no list tells that somebody has judged one.
struct Recheck {
    let startedAt: Timestamp
    private let batches: [ExactTargets<Alerts>]
    private(set) var step = 0

    /// nil where none is open.
    init?(_ memory: FeedMemory.Stream, at now: Timestamp) {
        batches = ExactTargets.batches(of: memory.seen.rows.filter { $0.until == nil }.compactMap { ObjectID($0.name) })
        guard !batches.isEmpty else { return nil }
        startedAt = now
    }

    func request(_ console: Console) -> HTTPRequest { console.list(Query<Alerts>(about: .ids(batches[step]))) }

    /// Takes the answer to the request; whether that was the last one.
    mutating func take(_ page: Page, call: CallID, memory: FeedMemory.Stream, into harvest: inout Harvest) -> Bool {
        harvest.take(page, call: call)
        if page.isWhole {
            let shown = Set(page.items.map(\.id))
            for id in batches[step].ids where !shown.contains(id.digits) {
                // The console does not have it any more: nobody will change it.
                if let row = memory.seen[id.digits] { harvest.close(row) }
            }
        }
        step += 1
        return step == batches.count
    }
}

/// All endpoints there are, whole and by their ids; then those that we know and that were not among them, by name.
struct Snapshot {
    let startedAt: Timestamp
    private(set) var step = 0
    private var walk = Walk()
    private var shown: Set<UInt64> = []
    /// A page that could not be read whole proves nobody's absence.
    private var isSound = true
    private var total = 0
    private var absent: [ExactTargets<Agents>]?

    init(at now: Timestamp) { startedAt = now }

    var name: String { absent == nil ? "snapshot" : "absent" }

    func request(_ console: Console, about question: Question) -> HTTPRequest {
        if let batch = absent?.first { return console.list(Query<Agents>(about: .ids(batch))) }
        return console.list(question.agents(), after: walk.cursor)
    }

    enum End { case goesOn, done, cut }

    mutating func take(_ page: Page, call: CallID, memory: FeedMemory.Stream, into harvest: inout Harvest) -> End {
        harvest.take(page, call: call)
        step += 1
        if let batch = absent?.first {
            bury(batch, notOn: page, memory, &harvest)
            absent?.removeFirst()
            return absent?.isEmpty ?? true ? .done : .goesOn
        }
        for item in page.items { shown.insert(item.id.asNumber) }
        isSound = isSound && page.unreadable.isEmpty
        total = max(total, page.totalItems?.least ?? 0)
        switch walk.advance(past: page) {
        case .next: return .goesOn
        case .beginAgain: return .cut
        case .end:
            guard isSound, shown.count >= total else { return .cut }
            let suspects = memory.seen.rows.filter { $0.digest != 0 && !shown.contains($0.name.asNumber) }
            absent = ExactTargets.batches(of: suspects.compactMap { ObjectID($0.name) })
            return absent?.isEmpty ?? true ? .done : .goesOn
        }
    }

    /// Only a whole answer that does not have it, to the question for it by name, says that it is gone.
    private func bury(
        _ batch: ExactTargets<Agents>, notOn page: Page, _ memory: FeedMemory.Stream, _ harvest: inout Harvest
    ) {
        guard page.isWhole else { return }
        let there = Set(page.items.map(\.id))
        for id in batch.ids where !there.contains(id.digits) {
            if let row = memory.seen[id.digits], row.digest != 0 { harvest.bury(row) }
        }
    }
}
