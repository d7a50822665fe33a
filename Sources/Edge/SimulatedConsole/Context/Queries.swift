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

/// Whose events a query may find: nobody else's are made.
private struct Meant {
    let caller: Person
    let query: EventQuery
    let accounts: Set<Int64>?
    let sites: Set<Int64>?
    private var known: [Int: AgentRow?] = [:]

    init(_ caller: Person, _ query: EventQuery, accounts: Set<Int64>?, sites: Set<Int64>?) {
        (self.caller, self.query, self.accounts, self.sites) = (caller, query, accounts, sites)
    }

    mutating func agent(_ ordinal: Int, of console: SimulatedConsole) -> AgentRow? {
        if let row = known[ordinal] { return row }
        let row = console.row(ofAgent: ordinal)
        let isMeant =
            caller.reach.holds(group: row.agent.group, console.cast) && accounts?.contains(row.account.id) ?? true
            && sites?.contains(row.site.id) ?? true && query.wanted(.agent)?.contains(row.uuid) ?? true
        known[ordinal] = .some(isMeant ? row : nil)
        return isMeant ? row : nil
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
        let storylines = query.wanted(.storyline)
        var meant = Meant(caller, query, accounts: accounts, sites: sites)
        var parts = 0
        var rows: [EventRow] = []
        for (place, moment, agent) in places(from: from - Self.margin, to: to + Self.margin, &meant) {
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
    private func places(
        from: Timestamp, to: Timestamp, _ meant: inout Meant
    ) -> [(place: Incident.Place, moment: Timestamp, agent: AgentRow)] {
        var (low, high) = (0, threats.count)
        while low < high {
            let middle = (low + high) / 2
            if threats.createdAt(of: middle) < from { low = middle + 1 } else { high = middle }
        }
        var places: [(place: Incident.Place, moment: Timestamp, agent: AgentRow)] = []
        while low < threats.count, threats.createdAt(of: low) <= to {
            if let agent = meant.agent(threats.agent(of: low), of: self) {
                places.append((threats[low].incident, threats.createdAt(of: low), agent))
            }
            low += 1
        }
        for chronicle in chronicles {
            for (part, moment) in chronicle.moments.sorted(by: { $0.key < $1.key })
            where chronicle.threats[part] == nil && moment >= from && moment <= to {
                let place = Incident.Place(incident: chronicle.incident, part: part)
                if let agent = meant.agent(place.agent, of: self) { places.append((place, moment, agent)) }
            }
        }
        return places
    }
}
