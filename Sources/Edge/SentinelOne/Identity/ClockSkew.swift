import Ports

/// How far our clock is from a console's, as well as that could be told.
package struct ClockSkew: Sendable, Equatable {
    /// Our clock minus the console's: positive where ours is ahead.
    package let skew: Duration
    /// Half of what lies between the least and the most that it can be.
    package let uncertainty: Duration

    package init(skew: Duration, uncertainty: Duration) {
        self.skew = skew
        self.uncertainty = uncertainty
    }

    /// Beyond it no action is attempted: the ledger's clock gate closes.
    package static let limit = Duration.seconds(60)

    package var magnitude: Duration { max(skew, .zero - skew) }
    package var isSurelyTooLarge: Bool { magnitude - uncertainty > Self.limit }
    package var isPerhapsTooLarge: Bool { magnitude + uncertainty > Self.limit }
}

/// Compares our clock with the `Date` of answers. Each answer bounds the difference: the console wrote its date between
/// our sending and our receiving, somewhere within the second that the date names.
struct ClockComparison: Sendable {
    private var least: Duration?
    private var most: Duration?

    mutating func note(_ date: Timestamp, sentAt: Timestamp, receivedAt: Timestamp) {
        let floor = sentAt - date - .seconds(1)
        let ceiling = max(receivedAt, sentAt) - date
        let (low, high) = (max(least ?? floor, floor), min(most ?? ceiling, ceiling))
        // Answers that contradict each other come from clocks of their own: then both count.
        least = low <= high ? low : min(least ?? floor, floor)
        most = low <= high ? high : max(most ?? ceiling, ceiling)
    }

    /// nil before the first date.
    var skew: ClockSkew? {
        guard let least, let most else { return nil }
        return ClockSkew(skew: (least + most) / 2, uncertainty: (most - least) / 2)
    }
}
