import Ports

/// When each place wants its tick, looked at no more than once a second.
struct Alarms {
    /// How often time is looked at: what notices silence need not notice it sooner.
    static let interval = Duration.seconds(1)

    private var moments: [Place: Timestamp] = [:]
    /// No moment is earlier than this; exact after each look.
    private var earliest = Timestamp.distantFuture
    private var looked: Timestamp?
    /// What the last look found and no turn has had yet.
    private var ringing: ArraySlice<(place: Place, moment: Timestamp)> = []

    mutating func set(_ place: Place, to moment: Timestamp?) {
        moments[place] = moment
        if let moment { earliest = min(earliest, moment) }
    }

    /// At most so many of the places whose moment has come, the earliest first; none when it is not yet time to look.
    /// What one look found is rung through to its end before the next, so that a place which wants no more than to be
    /// asked again keeps nobody else waiting.
    mutating func due(at now: Timestamp, limit: Int) -> [(place: Place, moment: Timestamp)] {
        if ringing.isEmpty { look(at: now) }
        let due = ringing.prefix(limit)
        ringing = ringing.dropFirst(limit)
        return due.filter { moments[$0.place] == $0.moment }
    }

    private mutating func look(at now: Timestamp) {
        guard earliest <= now, nextLook(at: now) <= now else { return }
        looked = now
        earliest = moments.values.min() ?? .distantFuture
        ringing =
            moments.filter { $0.value <= now }.map { (place: $0.key, moment: $0.value) }
            .sorted { $0.moment != $1.moment ? $0.moment < $1.moment : $0.place < $1.place }[...]
    }

    /// The turn that they were due in was undone.
    mutating func lookAgain() {
        looked = nil
        ringing = []
    }

    /// How long there is nothing to look at.
    func patience(at now: Timestamp) -> Duration {
        ringing.isEmpty ? max(.zero, max(earliest, nextLook(at: now)) - now) : .zero
    }

    mutating func forget() {
        moments = [:]
        earliest = .distantFuture
        lookAgain()
    }

    private func nextLook(at now: Timestamp) -> Timestamp {
        // A clock that was set back must not silence the alarms.
        guard let looked, looked <= now else { return now }
        return looked + Self.interval
    }
}
