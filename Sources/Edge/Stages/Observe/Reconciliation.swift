import Contracts
import Pipeline
import Ports
import SentinelOne

/// A comparison of what was shown with what the console counts, hour by hour of creation. Days are asked for first; only
/// in one that differs are its hours, and only an hour that differs is listed. What the list has and the topic has not
/// is fetched by its ids.
struct Reconciliation {
    /// A range to be counted: whole hours, or a part of one that holds more than the console counts.
    private struct Ask {
        let range: Range<Timestamp>
        let hour: Timestamp?
    }

    private enum Phase {
        case counting([Ask])
        /// The hours that are still to be listed, the first of which is being walked.
        case listing([Timestamp], Walk)
        case readingBack
        case fetching([[String]])
        case done
    }

    /// So many ids at once: what differs beyond that waits for the next comparison.
    private static let idLimit = 200_000
    /// No shorter parts of an hour are counted: a console that says "at least" of a minute is listed.
    private static let shortest = Duration.seconds(60)

    let startedAt: Timestamp
    private let range: Range<Timestamp>
    private let keepsFrom: Timestamp
    private(set) var step = 0
    private var phase: Phase
    private var differing: [Timestamp] = []
    /// How many more the console counts of an hour than we do.
    private var lacking: [Timestamp: Int] = [:]
    /// What is left for the next comparison.
    private var open = 0
    /// What is known of the parts of an hour: how many there were, and how many parts are still to come.
    private var parts: [Timestamp: (count: Int, open: Int)] = [:]
    private var listed: [Timestamp: [String]] = [:]
    private var idCount = 0
    private var counted = 0
    private var shown = 0
    private(set) var repaired = 0
    private var gone = 0

    init(
        _ position: FeedPosition, _ lane: Lane?, _ settings: ObserveSettings, of stream: ObservedStream,
        at now: Timestamp
    ) {
        startedAt = now
        let first = position.origin - settings[stream].lookBack
        let whole = first.startOfHour == first ? first : first.startOfHour + Tally.hour
        keepsFrom = (now - settings.reconcileSpan).startOfHour
        // What may still come late is not compared yet, nor what nobody was asked for.
        let read = max(position.watermark, lane?.readTo ?? .zero)
        let to = min(read, now - settings.overlap - settings[stream].delay).startOfHour
        let from = min(max(whole, keepsFrom), to)
        range = from..<to
        phase = range.isEmpty ? .done : .counting(Self.days(in: range).reversed())
    }

    /// The whole finding, where there is no hour to compare yet; nil where there is.
    var nothing: FeedReconciliation? { range.isEmpty ? finding : nil }

    private var finding: FeedReconciliation {
        FeedReconciliation(
            at: startedAt, from: range.lowerBound, to: range.upperBound, counted: counted, shown: shown,
            differing: listed.count, repaired: repaired, open: open, gone: gone)
    }

    /// A day's hours at a time: one call.
    private static func days(in range: Range<Timestamp>) -> [Ask] {
        var asks: [Ask] = []
        var from = range.lowerBound
        while from < range.upperBound {
            let to = min(from.startOfDay + .seconds(86_400), range.upperBound)
            asks.append(Ask(range: from..<to, hour: nil))
            from = to
        }
        return asks
    }

    var name: String {
        switch phase {
        case .counting, .done: "count"
        case .listing: "list"
        case .readingBack: "read-back"
        case .fetching: "repair"
        }
    }

    var isDone: Bool { if case .done = phase { true } else { false } }

    /// What is to be looked for on the topic; nil: nothing now.
    var soughtOnTopic: Set<String>? {
        if case .readingBack = phase { Set(listed.values.joined()) } else { nil }
    }

    /// nil while the topic is read, or where there is nothing to ask.
    func request(_ console: Console, _ stream: ObservedStream, about question: Question) -> HTTPRequest? {
        switch phase {
        case .counting(let asks): asks.last.flatMap { stream.counting(console, about: question, within: $0.range) }
        case .listing(let hours, let walk):
            hours.last.flatMap {
                stream.listing(console, about: question, within: $0..<($0 + Tally.hour), after: walk.cursor)
            }
        case .fetching(let batches): batches.last.flatMap { stream.fetching(console, $0) }
        case .readingBack, .done: nil
        }
    }

    /// Takes an answer; what the journal must know of it once all is compared.
    mutating func take(
        _ answer: ObserveFeed.Answer, of stream: ObservedStream, into harvest: inout Harvest
    ) throws(ReadProblem) -> [FeedEntry.Change] {
        step += 1
        switch phase {
        case .counting(let asks):
            let count = try RowCount(answer.result, of: stream.vendor, from: answer.console)
            take(count, of: asks, answer.memory.tally)
        case .listing(let hours, let walk):
            try take(
                try Page(answer.result, of: stream.vendor, from: answer.console), of: hours, walk, answer.memory.tally)
        case .fetching(var batches):
            let page = try Page(answer.result, of: stream.vendor, from: answer.console)
            let before = harvest.counts[.published] ?? 0
            harvest.take(page, call: answer.call)
            repaired += (harvest.counts[.published] ?? 0) - before
            leave(batches.removeLast(), but: Set(page.items.map(\.id)))
            phase = batches.isEmpty ? .done : .fetching(batches)
        case .readingBack, .done: break
        }
        return isDone ? conclusion(answer.memory.tally, &harvest) : []
    }

    /// Takes what was found on the topic.
    mutating func take(
        found: Set<String>, memory: FeedMemory.Stream, into harvest: inout Harvest
    ) -> [FeedEntry.Change] {
        let missing = listed.values.joined().filter { !found.contains($0) }.sorted()
        let size = ExactTargets<Threats>.limit
        let batches = stride(from: 0, to: missing.count, by: size).map {
            Array(missing[$0..<min($0 + size, missing.count)])
        }
        phase = batches.isEmpty ? .done : .fetching(batches)
        return isDone ? conclusion(memory.tally, &harvest) : []
    }
}

// The steps.
extension Reconciliation {
    private mutating func take(_ count: RowCount, of asks: [Ask], _ tally: Tally) {
        var asks = asks
        guard let ask = asks.popLast() else { return }
        switch count {
        case .exactly(let count):
            if let hour = ask.hour {
                parts[hour] = ((parts[hour]?.count ?? 0) + count, (parts[hour]?.open ?? 1) - 1)
                if let whole = parts[hour], whole.open == 0 { compare(whole.count, hour..<(hour + Tally.hour), tally) }
            } else if count == tally.sum(ask.range).count || ask.range.isOneHour {
                compare(count, ask.range, tally)
            } else {
                asks += ask.range.hours.reversed().map { Ask(range: $0, hour: nil) }
            }
        case .atLeast:
            asks += split(ask, tally)
        }
        if !asks.isEmpty {
            phase = .counting(asks)
        } else if differing.isEmpty {
            phase = .done
        } else {
            phase = .listing(differing.reversed(), Walk())
        }
    }

    /// More than the console counts: days into hours, hours into halves.
    private mutating func split(_ ask: Ask, _ tally: Tally) -> [Ask] {
        let length = ask.range.upperBound - ask.range.lowerBound
        if ask.hour == nil, length > Tally.hour { return ask.range.hours.reversed().map { Ask(range: $0, hour: nil) } }
        let hour = ask.hour ?? ask.range.lowerBound
        guard length > Self.shortest else {
            differing.append(hour)
            return []
        }
        let middle = ask.range.lowerBound + length / 2
        parts[hour] = (parts[hour]?.count ?? 0, (parts[hour]?.open ?? 1) + 1)
        return [
            Ask(range: middle..<ask.range.upperBound, hour: hour),
            Ask(range: ask.range.lowerBound..<middle, hour: hour),
        ]
    }

    private mutating func compare(_ count: Int, _ range: Range<Timestamp>, _ tally: Tally) {
        let ours = tally.sum(range).count
        counted += count
        shown += ours
        guard count != ours else { return }
        differing.append(range.lowerBound)
        lacking[range.lowerBound] = count - ours
    }

    private mutating func take(
        _ page: Page, of hours: [Timestamp], _ walk: Walk, _ tally: Tally
    ) throws(ReadProblem) {
        var (hours, walk) = (hours, walk)
        guard let hour = hours.last else { return }
        for item in page.items { listed[hour, default: []].append(item.id) }
        switch walk.advance(past: page) {
        case .next: phase = .listing(hours, walk)
        case .beginAgain: throw .incomplete("the list of \(hour) leads nowhere")
        case .end:
            let ids = Array(Set(listed[hour] ?? []))
            listed[hour] = ids
            let same = tally[hour]
            // Counted otherwise than listed: nothing is missing.
            if same.count == ids.count, same.digest == Self.digest(of: ids) { listed[hour] = nil }
            idCount += listed[hour]?.count ?? 0
            hours.removeLast()
            if idCount > Self.idLimit {
                open += hours.reduce(0) { $0 + max(0, lacking[$1] ?? 0) }
                hours = []
            }
            phase = hours.isEmpty ? (listed.isEmpty ? .done : .readingBack) : .listing(hours, Walk())
        }
    }

    private static func digest(of ids: [String]) -> UInt64 { ids.reduce(0) { $0 &+ Tally.digest(of: $1.asNumber) } }

    /// What was asked for and not brought: its hour goes on counting less than the console, so that it is looked for again.
    private mutating func leave(_ asked: [String], but brought: Set<String>) {
        let absent = Set(asked).subtracting(brought)
        open += absent.count
        guard !absent.isEmpty else { return }
        for hour in listed.keys { listed[hour]?.removeAll(where: absent.contains) }
    }

    private mutating func conclusion(_ tally: Tally, _ harvest: inout Harvest) -> [FeedEntry.Change] {
        let hours = listed.map { HourTally(hour: $0, count: $1.count, digest: Self.digest(of: $1)) }
        gone = hours.reduce(0) { $0 + max(0, tally[$1.hour].count - $1.count) }
        harvest.change { $0.reconciled = startedAt }
        let days = tally.setting(hours).map { FeedEntry.Change.tally(day: $0.day, $0.hours) }
        let old = tally.days(before: keepsFrom).map { FeedEntry.Change.tally(day: $0, nil) }
        return days + old + [.reconciled(finding)]
    }
}

extension Range<Timestamp> {
    fileprivate var isOneHour: Bool { upperBound - lowerBound <= Tally.hour }

    fileprivate var hours: [Range<Timestamp>] {
        var hours: [Range<Timestamp>] = []
        var from = lowerBound
        while from < upperBound {
            hours.append(from..<Swift.min(from + Tally.hour, upperBound))
            from = from + Tally.hour
        }
        return hours
    }
}
