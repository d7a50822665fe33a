package import Contracts
import Investigation
package import Pipeline
package import Ports
import SentinelOne

/// When and how far back the streams of a console are read.
package struct ObserveSettings: Sendable {
    package let interval: Duration
    /// A record may become visible after newer ones: each walk starts so long before the watermark.
    package let overlap: Duration
    /// How far back the first walk over threats goes. Endpoints are always read whole.
    package let lookBack: Duration

    package init(interval: Duration, overlap: Duration, lookBack: Duration) {
        self.interval = interval
        self.overlap = overlap
        self.lookBack = lookBack
    }
}

/// Polls the streams of the consoles and publishes every version that was not published before, page by page, with
/// the position in the same turn.
package struct ObserveFeed: Feed {
    /// One reading of a stream, from its watermark on. Volatile: after a restart it begins anew, and what was
    /// published is recognised.
    private struct Round {
        let startedAt: Timestamp
        let since: Timestamp
        var walk = Walk()
        var isOver = false
        /// When the next walk begins.
        var next: Timestamp
    }

    struct Place: Hashable {
        let console: ConsoleID
        let stream: VendorStream
    }

    private static let streams: [VendorStream] = [.agents, .threats]
    /// A token that could not be read is looked for again after this.
    private static let tokenPause = Duration.seconds(5)

    let catalogue: Catalogue
    private let consoles: [ConsoleID: ConsoleAccess]
    private let settings: ObserveSettings
    private let signals: Signals
    private var rounds: [Place: Round] = [:]
    private var backoffs: [Place: Backoff] = [:]
    private var tokensAwaited: [ConsoleID: Timestamp] = [:]

    package init(_ catalogue: Catalogue, consoles: [ConsoleAccess], settings: ObserveSettings, signals: Signals) {
        self.catalogue = catalogue
        self.consoles = Dictionary(uniqueKeysWithValues: consoles.map { ($0.id, $0) })
        self.settings = settings
        self.signals = signals
    }

    package var blank: FeedMemory { FeedMemory() }
    package var journal: Topic<FeedProgress> { catalogue.feedsCursors }
    package var keys: [Bytes] { consoles.keys.map(\.rawValue).sorted().map { Bytes($0) } }

    /// No order concerns polling yet.
    package mutating func decide(
        on record: IncomingRecord, memory: FeedMemory, at now: Timestamp
    ) throws(Unreadable) -> Decision<FeedProgress>? { nil }

    package mutating func errands(
        for key: Bytes, memory: FeedMemory, at now: Timestamp
    ) -> [Errand<FeedProgress>] {
        guard let access = access(key), tokensAwaited[access.id] ?? .zero <= now else { return [] }
        guard let console = access.current() else {
            tokensAwaited[access.id] = now + Self.tokenPause
            return []
        }
        return Self.streams.compactMap { stream in
            let place = Place(console: access.id, stream: stream)
            if rounds[place].map({ $0.isOver && $0.next <= now }) ?? true {
                rounds[place] = Round(
                    startedAt: now, since: start(of: stream, memory: memory, at: now), next: now + settings.interval)
            }
            guard let round = rounds[place], !round.isOver else { return nil }
            return Errand(
                id: id(of: round, at: place), label: "\(stream)-page",
                request: console.page(of: stream, since: round.since, cursor: round.walk.cursor))
        }
    }

    package func nextDue(for key: Bytes, memory: FeedMemory, at now: Timestamp) -> Timestamp? {
        guard let console = access(key)?.id else { return nil }
        if let awaited = tokensAwaited[console], awaited > now { return awaited }
        return Self.streams.map { stream in
            guard let round = rounds[Place(console: console, stream: stream)] else { return now }
            return round.isOver ? round.next : now
        }.min()
    }

    package mutating func conclude(
        _ errand: Errand<FeedProgress>, _ result: HTTPResult, for key: Bytes, memory: FeedMemory, at now: Timestamp
    ) -> Decision<FeedProgress> {
        guard let access = access(key), let console = access.current(),
            let place = Self.streams.map({ Place(console: access.id, stream: $0) }).first(where: {
                errand.label == "\($0.stream)-page"
            })
        else { return .nothing }
        do {
            let page = try Page(result, of: place.stream, from: console)
            advance(place, past: errand.id, page)
            return decision(
                on: page, at: place, memory: memory, errand: errand.id, now: now, shownAt: Self.date(of: result))
        } catch {
            rest(place, call: errand.id, after: error, at: now)
            return .nothing
        }
    }

    package func recall(_ entry: FeedProgress, into memory: inout FeedMemory) {
        memory.apply(entry, keeping: settings.overlap + settings.overlap)
    }

    /// The console's clock when it answered.
    private static func date(of result: HTTPResult) -> Timestamp? {
        if case .success(let answer) = result { answer.date } else { nil }
    }

    private func access(_ key: Bytes) -> ConsoleAccess? {
        key.text.flatMap { ConsoleID($0) }.flatMap { consoles[$0] }
    }
}

// Walks.
extension ObserveFeed {
    private func start(of stream: VendorStream, memory: FeedMemory, at now: Timestamp) -> Timestamp {
        if let position = memory.positions[stream.rawValue] { return position.watermark - settings.overlap }
        return stream == .agents ? .zero : now - settings.lookBack
    }

    private func id(of round: Round, at place: Place) -> CallID {
        CallID("\(place.console)/\(place.stream)@\(round.startedAt)/\(round.walk.pages)")
    }

    /// Once per page: an answer that is concluded a second time, after an aborted turn, finds the walk moved on.
    private mutating func advance(_ place: Place, past call: CallID, _ page: Page) {
        guard var round = rounds[place], !round.isOver, id(of: round, at: place) == call else { return }
        switch round.walk.advance(past: page) {
        case .next: break
        case .end: end(&round, at: place)
        case .beginAgain(let reason):
            signals.warning(
                "walk.cut",
                [
                    .console: .name(place.console), .label: .text(place.stream.rawValue),
                    .outcome: .text(reason.rawValue),
                ])
            end(&round, at: place)
        }
        rounds[place] = round
    }

    /// Only a whole walk is a success: a page that works before one that does not must not hide it.
    private mutating func end(_ round: inout Round, at place: Place) {
        round.isOver = true
        backoffs[place] = nil
    }

    /// One console's trouble rests that stream of that console only. The walk is given up: the next one begins at
    /// the watermark, which forgets nothing.
    private mutating func rest(_ place: Place, call: CallID, after problem: ReadProblem, at now: Timestamp) {
        guard let round = rounds[place], !round.isOver, id(of: round, at: place) == call else { return }
        var backoff = backoffs[place] ?? Backoff(initial: .seconds(1), factor: 2, limit: .seconds(300), jitter: 0.2)
        let wait = max(problem.retryAfter ?? .zero, backoff.next())
        backoffs[place] = backoff
        rounds[place]?.isOver = true
        rounds[place]?.next = now + wait
        signals.failure(
            "page.failed", problem, [.console: .name(place.console), .label: .text(place.stream.rawValue)])
    }
}

extension Console {
    fileprivate func page(of stream: VendorStream, since: Timestamp, cursor: Cursor?) -> HTTPRequest {
        switch stream {
        case .agents: list(Query<Agents>(when: .since(.updatedAt, since)), after: cursor)
        case .threats: list(Query<Threats>(when: .since(.updatedAt, since)), after: cursor)
        case .alerts, .activities, .groups, .sites, .accounts, .rules, .tags, .roles, .timeline, .notes, .events:
            preconditionFailure("\(stream) are not polled yet")
        }
    }
}
