package import ActionLedger
package import Contracts
import Investigation
package import Pipeline
package import Ports
import SentinelOne

/// Polls the streams of the consoles and publishes every version that was not published before, page by page, with
/// the position in the same turn.
package struct ObserveFeed: Feed {
    let catalogue: Catalogue
    let settings: ObserveSettings
    let signals: Signals
    private let consoles: [ConsoleID: ConsoleAccess]
    let orders: OrderContext
    private var desks: [ConsoleID: ConsoleDesk] = [:]
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
        guard let access = access(key) else { return [] }
        var desk = desks[access.id] ?? ConsoleDesk(access, streams: streams, after: memory.status)
        defer {
            tell(desk.notices(at: now), of: access.id)
            desks[access.id] = desk
        }
        desk.look(at: now)
        var errands: [Errand<FeedEntry>] = []
        for stream in streams {
            let place = Place(console: access.id, stream: stream)
            var lane = lanes[place] ?? Lane(at: place)
            if lane.asked == nil, desk.mayAsk(stream, at: now),
                let work = work(of: &lane, at: place, memory[stream], now),
                let console = desk.console(at: now),
                let errand = errand(for: work, lane, at: place, console: console)
            {
                lane.asked = Lane.Asked(errand: errand, work: work, console: console)
            }
            lanes[place] = lane
            if let errand = lane.asked?.errand { errands.append(errand) }
        }
        return errands + desk.probing(at: now)
    }

    package func nextDue(for key: Bytes, memory: FeedMemory, at now: Timestamp) -> Timestamp? {
        guard let console = access(key)?.id else { return nil }
        guard let desk = desks[console] else { return now }
        let due = streams.map { stream in
            let place = Place(console: console, stream: stream)
            guard let lane = lanes[place] else { return now }
            guard lane.asked == nil else { return Timestamp.distantFuture }
            return max(nextDue(lane, at: place, memory[stream]), desk.asks(stream))
        }
        return (due + [desk.nextDue]).min()
    }

    package mutating func conclude(
        _ errand: Errand<FeedEntry>, _ result: HTTPResult, for key: Bytes, memory: FeedMemory, at now: Timestamp
    ) -> Decision<FeedEntry> {
        guard let access = access(key), var desk = desks[access.id] else { return .nothing }
        var decision = Decision<FeedEntry>.nothing
        if !desk.took(result, of: errand, at: now) {
            for stream in streams {
                let place = Place(console: access.id, stream: stream)
                guard var lane = lanes[place], let asked = lane.resume(errand.id) else { continue }
                decision = conclude(asked, result, at: place, in: &lane, memory[stream], now)
                desk.heard(lane.problem, from: stream, answering: errand.request, at: now)
                lanes[place] = lane
                break
            }
        }
        tell(desk.notices(at: now), of: access.id)
        decision.measures += Self.measures(of: result, from: access.id)
        desk.counted(streams.compactMap { gaps(of: $0, memory, after: decision) })
        if let status = desk.change(since: memory.status, at: now) {
            decision.entries.append(FeedEntry(status))
            decision.outputs.append(catalogue.consolesStatus.draft(status))
            decision.measures += status.measures
        }
        desks[access.id] = desk
        return decision
    }

    private mutating func conclude(
        _ asked: Lane.Asked, _ result: HTTPResult, at place: Place, in lane: inout Lane, _ memory: FeedMemory.Stream,
        _ now: Timestamp
    ) -> Decision<FeedEntry> {
        lane.problem = nil
        let answer = Answer(
            call: asked.errand.id, result: result, console: asked.console, memory: memory, at: now,
            latest: min(now, Self.date(of: result) ?? now))
        return switch asked.work {
        case .walk: concludeWalk(answer, at: place, in: &lane)
        case .chore: concludeChore(answer, at: place, in: &lane)
        }
    }

    /// What the last comparison found missing, this answer's own among them.
    private func gaps(
        of stream: ObservedStream, _ memory: FeedMemory, after decision: Decision<FeedEntry>
    ) -> ConsoleStatus.Gaps? {
        var found = memory[stream].reconciled
        for entry in decision.entries where entry.stream == stream {
            if case .reconciled(let now) = entry.change { found = now }
        }
        return found.flatMap { found in
            guard found.open > 0 || found.repaired > 0 else { return nil }
            return ConsoleStatus.Gaps(stream: stream.rawValue, open: found.open, repaired: found.repaired)
        }
    }

    private func tell(_ notices: [ConsoleNotice], of console: ConsoleID) {
        for notice in notices { signals.emit(notice.signal(of: console)) }
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

    var streams: [ObservedStream] { ObservedStream.allCases.filter { settings[$0].isOn } }

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
