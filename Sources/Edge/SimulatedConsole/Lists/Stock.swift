import Ports

/// What a list draws from: every record of a stream by ordinal, of which a row is made only where one is looked at.
struct Stock<Row> {
    let count: Int
    let row: (Int) -> Row
    /// Back from an id.
    let ordinal: (Int64) -> Int?
    let place: (Int) -> Scoping.Place?
    /// When it changed last, which is when it comes to light or later.
    let changedAt: (Int) -> Timestamp
    /// What is hidden unless the parameter of that name is given.
    var hidden: [String: (Int) -> Bool] = [:]
    /// Times that need no row, by name.
    var times: [String: (Int) -> Timestamp] = [:]
    /// Orders that need no sorting, by name.
    var orders: [String: Order] = [:]
    /// Equal while nothing has changed; nil where nobody counts.
    var revision: Int?
}

/// Some records come to light only a while after they changed.
struct Lateness {
    let share: Int
    let delay: Duration
    let seed: UInt64
    let now: Timestamp

    init?(_ settings: SimulatedConsoleSettings, stream: String, now: Timestamp) {
        guard settings.lateShare > 0, settings.lateVisibility > .zero else { return nil }
        share = settings.lateShare
        delay = settings.lateVisibility
        seed = settings.seed &+ stream.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }
        self.now = now
    }

    func hides(_ ordinal: Int, changedAt: Timestamp) -> Bool {
        guard changedAt + delay > now else { return false }
        var dice = Dice(seed, 800_000_000 + ordinal)
        return dice.below(100) < share
    }
}

/// What lists found out and need not find out again while nothing changes.
struct Remembered: Sendable {
    struct Key: Sendable, Hashable {
        let selection: UInt64
        let reach: String
        let sort: String
        let revision: Int
        /// Where what is seen depends on the time.
        let now: Timestamp?
    }

    private var totals: [(key: Key, count: Int)] = []
    private var arrangements: [(key: Key, spots: [Spot])] = []

    subscript(total key: Key) -> Int? { totals.last { $0.key == key }?.count }
    subscript(arrangement key: Key) -> [Spot]? { arrangements.last { $0.key == key }?.spots }

    mutating func note(total count: Int, _ key: Key) {
        if totals.count >= 64 { totals.removeFirst() }
        totals.append((key, count))
    }

    mutating func note(_ spots: [Spot], _ key: Key) {
        if arrangements.count >= 4 { arrangements.removeFirst() }
        arrangements.append((key, spots))
    }
}
