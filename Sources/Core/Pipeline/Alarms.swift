import Ports

/// When each place wants its tick, looked at no more than once a second.
struct Alarms {
    /// How often time is looked at: what notices silence need not notice it sooner.
    static let interval = Duration.seconds(1)

    private var moments: [Place: Timestamp] = [:]
    /// No moment is earlier than this; exact after each look.
    private var earliest = Timestamp.distantFuture
    private var looked: Timestamp?

    mutating func set(_ place: Place, to moment: Timestamp?) {
        moments[place] = moment
        if let moment { earliest = min(earliest, moment) }
    }

    /// The places whose moment has come, the earliest first; none when it is not yet time to look. At most `limit`,
    /// and then there is another look at once.
    mutating func due(at now: Timestamp, limit: Int) -> [(place: Place, moment: Timestamp)] {
        guard earliest <= now, nextLook(at: now) <= now else { return [] }
        earliest = moments.values.min() ?? .distantFuture
        var due = moments.filter { $0.value <= now }.map { (place: $0.key, moment: $0.value) }
        due.sort { $0.moment != $1.moment ? $0.moment < $1.moment : $0.place < $1.place }
        looked = due.count > limit ? nil : now
        return Array(due.prefix(limit))
    }

    /// The turn that they were due in was undone.
    mutating func lookAgain() { looked = nil }

    /// How long there is nothing to look at.
    func patience(at now: Timestamp) -> Duration {
        max(.zero, max(earliest, nextLook(at: now)) - now)
    }

    mutating func forget() {
        moments = [:]
        earliest = .distantFuture
        looked = nil
    }

    private func nextLook(at now: Timestamp) -> Timestamp {
        // A clock that was set back must not silence the alarms.
        guard let looked, looked <= now else { return now }
        return looked + Self.interval
    }
}
