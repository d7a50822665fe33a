package import Contracts
import Crypto
import Investigation
import JSONView
package import Pipeline
package import Ports
import SentinelOne

/// What `feeds.cursors` says of one console: how far each stream was read, and which versions were published.
package struct FeedMemory: Sendable, Equatable {
    package struct Published: Sendable, Equatable {
        package let version: String
        package let digest: String?
        package let at: Timestamp
    }

    package struct Position: Sendable, Equatable {
        package fileprivate(set) var watermark = Timestamp.zero
        /// The last published version per id: as far back as a walk may show it again.
        package fileprivate(set) var published: [String: Published] = [:]
    }

    package fileprivate(set) var positions: [String: Position] = [:]

    package init() {}
}

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
    /// One walk over a stream, from its first page to the last. Volatile: after a restart a walk begins anew, and what
    /// was published is recognised.
    private struct Walk {
        let startedAt: Timestamp
        let since: Timestamp
        var page = 0
        var cursor: Cursor?
        var isOver = false
        /// When the next walk begins.
        var next: Timestamp
    }

    private struct Place: Hashable {
        let console: ConsoleID
        let stream: VendorStream
    }

    private static let streams: [VendorStream] = [.agents, .threats]

    private let catalogue: Catalogue
    private let consoles: [ConsoleID: ConsoleAccess]
    private let settings: ObserveSettings
    private let signals: Signals
    private var walks: [Place: Walk] = [:]
    private var backoffs: [Place: Backoff] = [:]

    package init(_ catalogue: Catalogue, consoles: [ConsoleAccess], settings: ObserveSettings, signals: Signals) {
        self.catalogue = catalogue
        self.consoles = Dictionary(uniqueKeysWithValues: consoles.map { ($0.id, $0) })
        self.settings = settings
        self.signals = signals
    }

    package static func sources(_ catalogue: Catalogue) -> [String] { [catalogue.ordersConsoles.name] }

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
        guard let access = access(key), let console = access.current() else { return [] }
        return Self.streams.compactMap { stream in
            let place = Place(console: access.id, stream: stream)
            if walks[place].map({ $0.isOver && $0.next <= now }) ?? true {
                walks[place] = Walk(
                    startedAt: now, since: start(of: stream, memory: memory, at: now), next: now + settings.interval)
            }
            guard let walk = walks[place], !walk.isOver else { return nil }
            return Errand(
                id: id(of: walk, at: place), label: "\(stream)-page",
                request: console.page(of: stream, since: walk.since, cursor: walk.cursor))
        }
    }

    package func nextDue(for key: Bytes, memory: FeedMemory, at now: Timestamp) -> Timestamp? {
        guard let console = access(key)?.id else { return nil }
        return Self.streams.map { stream in
            guard let walk = walks[Place(console: console, stream: stream)] else { return now }
            return walk.isOver ? walk.next : now
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
            advance(place, past: errand.id, to: page.nextCursor)
            return decision(on: page, at: place, memory: memory, errand: errand.id, now: now)
        } catch {
            rest(place, after: error, at: now)
            return .nothing
        }
    }

    package func recall(_ entry: FeedProgress, into memory: inout FeedMemory) {
        var position = memory.positions[entry.stream] ?? FeedMemory.Position()
        position.watermark = max(position.watermark, entry.watermark)
        for one in entry.seen {
            position.published[one.id] = FeedMemory.Published(version: one.version, digest: one.digest, at: one.at)
        }
        // Endpoints are recognised by their content for ever; a threat by its version while a walk may show it.
        if entry.stream == VendorStream.threats.rawValue {
            let horizon = position.watermark - settings.overlap - settings.overlap
            position.published = position.published.filter { $0.value.at >= horizon }
        }
        memory.positions[entry.stream] = position
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

    private func id(of walk: Walk, at place: Place) -> CallID {
        CallID("\(place.console)/\(place.stream)@\(walk.startedAt)/\(walk.page)")
    }

    /// Once per page: an answer that is concluded a second time, after an aborted turn, finds the walk moved on.
    private mutating func advance(_ place: Place, past call: CallID, to cursor: Cursor?) {
        guard var walk = walks[place], id(of: walk, at: place) == call else { return }
        if let cursor, cursor != walk.cursor {
            walk.page += 1
            walk.cursor = cursor
        } else {
            walk.isOver = true
        }
        walks[place] = walk
        backoffs[place] = nil
    }

    /// One console's trouble rests that stream of that console only. The walk is given up: the next one begins at
    /// the watermark, which forgets nothing.
    private mutating func rest(_ place: Place, after problem: ReadProblem, at now: Timestamp) {
        var backoff = backoffs[place] ?? Backoff(initial: .seconds(1), factor: 2, limit: .seconds(300), jitter: 0.2)
        let wait = max(problem.retryAfter ?? .zero, backoff.next())
        backoffs[place] = backoff
        walks[place]?.isOver = true
        walks[place]?.next = now + wait
        signals.failure(
            "page.failed", problem, [.console: .name(place.console), .label: .text(place.stream.rawValue)])
    }
}

// What a page becomes.
extension ObserveFeed {
    private func decision(
        on page: Page, at place: Place, memory: FeedMemory, errand: CallID, now: Timestamp
    ) -> Decision<FeedProgress> {
        let position = memory.positions[place.stream.rawValue] ?? FeedMemory.Position()
        var seen: [FeedProgress.Seen] = []
        var outputs: [Draft] = []
        var watermark = position.watermark
        var fresh = position.published
        for item in page.items {
            let at = item.updatedAt?.timestamp ?? item.createdAt?.timestamp ?? now
            // A time from the future would stop the polling until it comes.
            watermark = max(watermark, min(at, now))
            guard let version = version(of: item, stream: place.stream, known: fresh[item.id]) else { continue }
            fresh[item.id] = FeedMemory.Published(version: version.name, digest: version.digest, at: at)
            seen.append(.init(id: item.id, version: version.name, at: min(at, now), digest: version.digest))
            outputs.append(draft(item, version: version.name, at: at, place: place))
        }
        for item in page.unreadable {
            // Known by its bytes: the next walk shows it again, and it is set aside once.
            let name = "unreadable-" + SHA256(of: item.bytes).hex.prefix(16)
            guard fresh[name] == nil else { continue }
            seen.append(.init(id: name, version: "1", at: now, digest: nil))
            outputs.append(deadLetter(item, at: place, errand: errand, now: now))
        }
        guard !outputs.isEmpty else { return .nothing }
        return Decision(
            entries: [FeedProgress(stream: place.stream.rawValue, watermark: watermark, seen: seen)], outputs: outputs)
    }

    /// nil for a version that was published before. Threats are told apart by `updatedAt` in the console's own words,
    /// endpoints by their content, because their `updatedAt` moves with every sign of life.
    private func version(
        of item: Page.Item, stream: VendorStream, known: FeedMemory.Published?
    ) -> (name: String, digest: String?)? {
        guard stream == .agents else {
            let text = item.updatedAt?.text ?? item.createdAt?.text ?? SHA256(of: item.bytes).hex
            return known?.version == text ? nil : (text, nil)
        }
        let digest = Self.steadyDigest(of: item.bytes)
        guard known?.digest != digest else { return nil }
        return (String((known.flatMap { Int($0.version) } ?? 0) + 1), digest)
    }

    /// Of everything but the fields that change without anything having happened.
    private static func steadyDigest(of bytes: Bytes) -> String {
        guard let members = try? JSONView(parsing: bytes).members else { return SHA256(of: bytes).hex }
        var steady: [UInt8] = []
        for (name, value) in members where !volatileFields.contains(name ?? "") {
            steady += (name ?? "?").utf8
            steady.append(0)
            steady += (try? value.raw.array) ?? []
            steady.append(0)
        }
        return String(SHA256(of: steady).hex.prefix(16))
    }

    private static let volatileFields: Set<String> = [
        "updatedAt", "lastActiveDate", "lastIpToMgmt", "activeThreats", "cpuUsage", "totalMemory",
    ]

    private func draft(_ item: Page.Item, version: String, at: Timestamp, place: Place) -> Draft {
        let subject =
            item.agentID.map { Subject(console: place.console, .agent, $0) }
            ?? item.siteID.map { Subject(console: place.console, .site, $0) }
            ?? item.accountID.map { Subject(console: place.console, .account, $0) } ?? Subject(console: place.console)
        let event = "\(place.console)/\(place.stream)/\(item.id)/\(version)"
        let record = ObservedRecord(
            console: place.console, subject: subject, id: item.id, version: version, at: at, raw: item.bytes,
            event: event, trace: Self.trace(event))
        return place.stream == .agents
            ? catalogue.agentsObserved.draft(record) : catalogue.threatsObserved.draft(record)
    }

    /// A traceparent that is derived, so that the same version has the same trace tomorrow.
    private static func trace(_ event: String) -> String {
        let digits = SHA256(of: event).hex
        return "00-\(digits.prefix(32))-\(digits.dropFirst(32).prefix(16))-01"
    }

    private func deadLetter(
        _ item: Page.Unreadable, at place: Place, errand: CallID, now: Timestamp
    ) -> Draft {
        let record = IncomingRecord(
            partition: Partition("api:\(place.console)/\(place.stream)", 0), offset: Offset(Int64(item.index)),
            key: Bytes(place.console.rawValue), value: item.bytes,
            headers: Headers([("docket-call", errand.rawValue)]), timestamp: now)
        let letter = DeadLetter(record, reason: item.reason, in: "observe")
        let topic = catalogue.deadLetters
        // Whole: what the log does not take the runner cuts.
        return Draft { _ in letter.record(for: topic, limit: .max) }
    }
}

extension Console {
    fileprivate func page(of stream: VendorStream, since: Timestamp, cursor: Cursor?) -> HTTPRequest {
        switch stream {
        case .agents: agents(updatedSince: since, cursor: cursor)
        case .threats: threats(updatedSince: since, cursor: cursor)
        case .activities: preconditionFailure("activities are not polled yet")
        }
    }
}
