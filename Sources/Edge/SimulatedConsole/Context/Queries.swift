import Ports

/// Event queries on their way: found at once, shown step by step, as the console would.
struct Queries: Sendable {
    struct Query: Sendable {
        let id: String
        let owner: Int64
        let startedAt: Timestamp
        let rows: [EventRow]
        let text: EventQuery
        var isCancelled = false
        /// Of the data lake: what every later call has to bring, and when it last did.
        var tag = ""
        var polledAt: Timestamp
    }

    /// More than anybody has open at once; the oldest make room.
    private static let limit = 50

    private(set) var open: [Query] = []
    private var count = 0

    mutating func add(_ prefix: String, _ rows: [EventRow], _ text: EventQuery, by owner: Int64, at now: Timestamp)
        -> Query
    {
        count += 1
        var dice = Dice(UInt64(bitPattern: now.microseconds), count)
        let query = Query(
            id: prefix + dice.hex(32), owner: owner, startedAt: now, rows: rows, text: text, tag: dice.hex(24),
            polledAt: now)
        open = Array((open + [query]).suffix(Self.limit))
        return query
    }

    subscript(id: String) -> Query? {
        get { open.first { $0.id == id } }
        set {
            guard let place = open.firstIndex(where: { $0.id == id }) else { return }
            if let newValue { open[place] = newValue } else { open.remove(at: place) }
        }
    }
}

extension SimulatedConsole {
    /// More than this has to be read to answer? Then the question is too wide.
    private static var partLimit: Int { 5_000 }
    /// Longer than any story goes on before or after its detection.
    private static var margin: Duration { .seconds(3_600) }

    /// Everything that endpoints within the caller's reach sent in that time and that the query means, oldest first.
    func found(
        _ query: EventQuery, from: Timestamp, to: Timestamp, _ caller: Person, accounts: Set<Int64>? = nil,
        sites: Set<Int64>? = nil
    ) throws(Refusal) -> [EventRow] {
        let from = max(from, now - settings.telemetryLife)
        let to = min(to, now)
        let (storylines, agents) = (query.wanted(.storyline), query.wanted(.agent))
        var parts = 0
        var rows: [EventRow] = []
        for (place, moment) in places(from: from - Self.margin, to: to + Self.margin) {
            let agent = row(ofAgent: place.agent)
            guard caller.reach.holds(group: agent.agent.group, cast), accounts?.contains(agent.account.id) ?? true,
                sites?.contains(agent.site.id) ?? true, agents?.contains(agent.uuid) ?? true
            else { continue }
            var told: [Telemetry] = []
            if storylines?.contains(place.detection(on: agent.identity).storyline.lowercased()) ?? true {
                told.append(Telemetry(place, at: moment, on: agent.identity))
            }
            if storylines == nil { told.append(.beside(place, at: moment, on: agent.identity)) }
            guard !told.isEmpty else { continue }
            parts += 1
            guard parts <= Self.partLimit else { throw .invalid("query: too wide; name an agent or a storyline.") }
            for event in told.flatMap(\.events) where event.at >= from && event.at <= to {
                let row = EventRow(event: event, agent: agent)
                if query.holds(row) { rows.append(row) }
            }
        }
        return rows.sorted { ($0.event.at, $0.event.id) < ($1.event.at, $1.event.id) }
    }

    /// Which parts happened in that time: those that became threats, which come in the order of time, and the others.
    private func places(from: Timestamp, to: Timestamp) -> [(Incident.Place, Timestamp)] {
        var (low, high) = (0, threats.count)
        while low < high {
            let middle = (low + high) / 2
            if threats[middle].createdAt < from { low = middle + 1 } else { high = middle }
        }
        var places: [(Incident.Place, Timestamp)] = []
        while low < threats.count, threats[low].createdAt <= to {
            places.append((threats[low].incident, threats[low].createdAt))
            low += 1
        }
        for chronicle in chronicles {
            for (part, moment) in chronicle.moments.sorted(by: { $0.key < $1.key })
            where chronicle.threats[part] == nil && moment >= from && moment <= to {
                places.append((Incident.Place(incident: chronicle.incident, part: part), moment))
            }
        }
        return places
    }
}
