import Ports

/// The console's ids: 19 decimal digits, growing with the ordinal within one kind of object.
///
/// What lives on (endpoints, people) has the same id in every run of one seed. What happens (threats, activities) has ids
/// that grow with the time of the run's start, so that a second run is new events and not changed old ones.
struct Numbering: Sendable {
    enum Kind: Int64 { case account = 1, site, group, agent, threat, activity, alert, user, role, rule, part }

    private let base: Int64
    /// Of the first event after the start; those of the history are below.
    private let eventBase: Int64
    private let history: Int

    init(seed: UInt64, start: Timestamp, history: Int) {
        var dice = Dice(seed, 1)
        base = 1_800_000_000_000_000_000 + Int64(dice.below(90_000)) * 1_000_000_000_000
        // Twenty bits below the millisecond, like a snowflake: within 2^63 until the year 2248.
        eventBase = min(max(start.milliseconds, 0), 1 << 42) << 20
        self.history = history
    }

    func id(_ kind: Kind, _ ordinal: Int) -> Int64 {
        let (first, step) = series(kind)
        return first + Int64(ordinal) * step
    }

    /// Back from an id; nil where it is none of that kind. What is past the last or before the first is the caller's to
    /// notice.
    func ordinal(of id: Int64, _ kind: Kind) -> Int? {
        let (first, step) = series(kind)
        let (distance, rest) = (id &- first).quotientAndRemainder(dividingBy: step)
        return rest == 0 ? Int(distance) : nil
    }

    private func series(_ kind: Kind) -> (first: Int64, step: Int64) {
        switch kind {
        case .threat: (eventBase - Int64(history) * 4, 4)
        case .activity: (eventBase - Int64(history) * 4 + 1, 4)
        case .alert: (eventBase + 2, 4)
        case .account, .site, .group, .agent, .user, .role, .rule, .part:
            (base + kind.rawValue * 100_000_000_000, 37)
        }
    }
}
