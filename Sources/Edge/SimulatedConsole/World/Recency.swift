import Ports

/// The order of last change: written down as things change, so that whoever asks for what changed since a moment need
/// not look at everything.
///
/// A record that changes again leaves its old place behind; such a stale place is skipped by readers, who know when
/// each record changed last, and swept away when there are more of them than of the others.
struct Recency: Sendable {
    struct Place: Sendable, Comparable {
        let time: Timestamp
        let ordinal: Int

        static func < (left: Place, right: Place) -> Bool {
            (left.time, left.ordinal) < (right.time, right.ordinal)
        }
    }

    private(set) var places: [Place]
    private var notes = 0

    /// Of records by ordinal, with the time of the last change of each.
    init(_ times: [Timestamp] = []) {
        places = times.enumerated().map { Place(time: $1, ordinal: $0) }.sorted()
    }

    /// Whether it is time to `sweep`.
    var isLittered: Bool { notes > 1_024 && notes > places.count / 2 }

    mutating func note(_ ordinal: Int, at time: Timestamp) {
        let place = Place(time: time, ordinal: ordinal)
        notes += 1
        guard let last = places.last, place <= last else { return places.append(place) }
        // Rare: several of one moment whose ordinals come in another order.
        let index = firstIndex(notBefore: place)
        if places[index] != place { places.insert(place, at: index) }
    }

    mutating func sweep(_ isCurrent: (Place) -> Bool) {
        places.removeAll { !isCurrent($0) }
        notes = 0
    }

    func firstIndex(notBefore place: Place) -> Int { places.count.firstIndex { places[$0] >= place } }
}

extension Int {
    /// The first of the indices below this one for which it holds, where it holds for all after the first; this one
    /// where it holds for none.
    func firstIndex(where holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, self)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
