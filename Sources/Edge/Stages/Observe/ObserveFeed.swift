package import ActionLedger
package import Contracts
import Investigation
package import Pipeline
package import Ports
import SentinelOne

/// Polls the streams of the consoles and publishes every version that was not published before, page by page, with
/// the position in the same turn.
package struct ObserveFeed: Feed {
    /// A token that could not be read is looked for again after this.
    private static let tokenPause = Duration.seconds(5)

    let catalogue: Catalogue
    let settings: ObserveSettings
    let signals: Signals
    private let consoles: [ConsoleID: ConsoleAccess]
    private let orders: OrderContext
    private var tokensAwaited: [ConsoleID: Timestamp] = [:]
    var lanes: [Place: Lane] = [:]

    package init(
        _ catalogue: Catalogue, consoles: [ConsoleAccess], settings: ObserveSettings, orders: OrderContext,
        signals: Signals
    ) {
        self.catalogue = catalogue
        self.consoles = Dictionary(uniqueKeysWithValues: consoles.map { ($0.id, $0) })
        self.settings = settings
        self.orders = orders
        self.signals = signals
    }

    package var blank: FeedMemory { FeedMemory() }
    package var journal: Topic<FeedEntry> { catalogue.feedsCursors }
    package var keys: [Bytes] { consoles.keys.map(\.rawValue).sorted().map { Bytes($0) } }

    package func owner(of record: IncomingRecord) -> Bytes? { FeedKey(record.key).map { Bytes($0.console.rawValue) } }

    package func recall(_ entry: FeedEntry, into memory: inout FeedMemory) { memory.apply(entry) }

    package mutating func errands(
        for key: Bytes, memory: FeedMemory, at now: Timestamp
    ) -> [Errand<FeedEntry>] {
        guard let access = access(key), tokensAwaited[access.id] ?? .zero <= now else { return [] }
        var console: Console?
        var errands: [Errand<FeedEntry>] = []
        for stream in streams {
            let place = Place(console: access.id, stream: stream)
            var lane = lanes[place] ?? Lane()
            if lane.asked == nil, let work = work(of: &lane, at: place, memory[stream], now) {
                // Read only now, when it is needed: a hundred consoles at rest must not read a hundred files.
                console = console ?? access.current()
                guard let console else {
                    tokensAwaited[access.id] = now + Self.tokenPause
                    return errands
                }
                lane.asked = errand(for: work, lane, at: place, console: console).map { ($0, work) }
            }
            lanes[place] = lane
            if let errand = lane.asked?.errand { errands.append(errand) }
        }
        return errands
    }

    package func nextDue(for key: Bytes, memory: FeedMemory, at now: Timestamp) -> Timestamp? {
        guard let console = access(key)?.id else { return nil }
        if let awaited = tokensAwaited[console], awaited > now { return awaited }
        return streams.map { stream in
            let place = Place(console: console, stream: stream)
            guard let lane = lanes[place] else { return now }
            return lane.asked == nil ? nextDue(lane, at: place, memory[stream]) : .distantFuture
        }.min()
    }

    package mutating func conclude(
        _ errand: Errand<FeedEntry>, _ result: HTTPResult, for key: Bytes, memory: FeedMemory, at now: Timestamp
    ) -> Decision<FeedEntry> {
        guard let access = access(key), let console = access.current() else { return .nothing }
        for stream in streams {
            let place = Place(console: access.id, stream: stream)
            guard var lane = lanes[place], let work = lane.resume(errand.id) else { continue }
            let answer = Answer(
                call: errand.id, result: result, console: console, memory: memory[stream], at: now,
                latest: min(now, Self.date(of: result) ?? now))
            var decision =
                switch work {
                case .walk: concludeWalk(answer, at: place, in: &lane)
                case .chore: concludeChore(answer, at: place, in: &lane)
                }
            decision.measures += Self.measures(of: result, from: access.id)
            lanes[place] = lane
            return decision
        }
        return .nothing
    }

    /// What came back, and what was known when it came.
    struct Answer {
        let call: CallID
        let result: HTTPResult
        let console: Console
        let memory: FeedMemory.Stream
        let at: Timestamp
        let latest: Timestamp
    }

    func shape(of place: Place) -> ConsoleShape { consoles[place.console]?.shape ?? ConsoleShape() }

    func places(of key: Bytes) -> [Place] {
        guard let console = access(key)?.id else { return [] }
        return streams.map { Place(console: console, stream: $0) }
    }

    private var streams: [ObservedStream] { ObservedStream.allCases.filter { settings[$0].isOn } }

    private static func measures(of result: HTTPResult, from console: ConsoleID) -> [Measure] {
        let (outcome, isAnswered, isLimited) =
            switch result {
            case .success(let answer) where answer.status == 200: ("answered", true, false)
            case .success(let answer) where answer.status == 429: ("limited", true, true)
            case .success(let answer) where answer.status < 500: ("refused", true, false)
            case .success: ("failed", true, false)
            case .failure: ("unreachable", false, false)
            }
        let label = console.rawValue
        return [
            Measure(.consoleCalls, .one, [.console: label, .outcome: outcome]),
            Measure(.consoleReachable, .set(isAnswered), [.console: label]),
        ] + (isLimited ? [Measure(.callsLimited, .one, [.console: label])] : [])
    }

    /// The console's clock when it answered.
    private static func date(of result: HTTPResult) -> Timestamp? {
        if case .success(let answer) = result { answer.date } else { nil }
    }

    private func access(_ key: Bytes) -> ConsoleAccess? {
        key.text.flatMap { ConsoleID($0) }.flatMap { consoles[$0] }
    }
}

// Orders.
extension ObserveFeed {
    package mutating func decide(
        on record: IncomingRecord, memory: FeedMemory, at now: Timestamp
    ) throws(Unreadable) -> Decision<FeedEntry>? {
        let signed = try catalogue.ordersConsoles.message(in: record)
        let wanted: (stream: String?, change: (inout FeedPosition) -> Void)
        switch signed.order.demand {
        case .sync(let stream): wanted = (stream, { $0.syncWanted = now })
        case .reconcile(let stream): wanted = (stream, { $0.reconciliationWanted = now })
        case .approve, .reject, .undo, .resume: return nil
        }
        if let refusal = orders.refusal(of: signed, at: now) {
            signals.warning("order.refused", [.console: .name(signed.order.console), .errorDetail: .text(refusal)])
            return .nothing
        }
        return Decision(
            entries: streams.filter { wanted.stream ?? $0.rawValue == $0.rawValue }.compactMap { stream in
                // One that was never read is read in any case.
                guard var position = memory[stream].position else { return nil }
                wanted.change(&position)
                return FeedEntry(signed.order.console, stream, .position(position))
            })
    }
}
