import Ports

/// The part of a rate that somebody may use, in millionths: rounded down, so that parts never make more than the whole.
package struct RateShare: Hashable, Sendable {
    package let millionths: Int64

    /// `part` of `whole`, never more than all of it.
    package init(_ part: Int, of whole: Int) {
        precondition(part >= 0 && whole > 0, "a share is a part of something")
        millionths = Int64(min(part, whole)) * 1_000_000 / Int64(whole)
    }

    private init(millionths: Int64) { self.millionths = millionths }

    package static let whole = RateShare(1, of: 1)
    package static func percent(_ percent: Int) -> RateShare { RateShare(percent, of: 100) }

    /// A part of this part.
    package func part(_ share: RateShare) -> RateShare {
        RateShare(millionths: millionths * share.millionths / 1_000_000)
    }
}

/// A token bucket in whole numbers: over any span of time no more calls than burst and rate allow together.
///
/// Times are spans since any one moment of a clock that is never set back. A new bucket holds one call and not a
/// burst: somebody may have used the burst just before, and a program that starts again and again must not.
package struct RateBucket: Sendable {
    private let rate: Rate
    private var share: RateShare
    /// In millionths of a call times the microseconds of the period: what one microsecond brings is then a whole number.
    private var level: Int64
    private var filledAt: Int64
    /// Nothing goes before.
    package private(set) var closedUntil: Duration

    package init(_ rate: Rate, share: RateShare = .whole, at now: Duration) {
        self.rate = rate
        self.share = share
        filledAt = now.wholeMicroseconds
        closedUntil = now
        level = 0
        level = price
    }

    private var price: Int64 { rate.period.wholeMicroseconds * 1_000_000 }
    private var gain: Int64 { Int64(rate.calls) * share.millionths }
    /// One call always fits, else a small share could never call.
    private var capacity: Int64 { max(price, Int64(rate.burst) * rate.period.wholeMicroseconds * share.millionths) }

    /// Takes one call out if there is one.
    package mutating func take(at now: Duration) -> Bool {
        fill(at: now)
        guard now >= closedUntil, gain > 0, level >= price else { return false }
        level -= price
        return true
    }

    /// How long until there is one; nil: not before the share changes.
    package mutating func wait(at now: Duration) -> Duration? {
        fill(at: now)
        guard gain > 0 else { return nil }
        let lacking = max(0, price - level)
        // Rounded up: after the wait it is there.
        return max(.microseconds((lacking + gain - 1) / gain), closedUntil - now)
    }

    /// From now on this share counts. What was gained so far stays, as far as it fits.
    package mutating func use(_ share: RateShare, at now: Duration) {
        fill(at: now)
        self.share = share
        level = min(level, capacity)
    }

    /// The console wants to be left alone.
    package mutating func close(until moment: Duration) { closedUntil = max(closedUntil, moment) }

    private mutating func fill(at now: Duration) {
        let moment = now.wholeMicroseconds
        guard moment > filledAt else { return }
        // Not longer than fills it, so that no pause overflows.
        let elapsed = gain == 0 ? 0 : min(moment - filledAt, capacity / gain + 1)
        level = min(capacity, level + elapsed * gain)
        filledAt = moment
    }
}
