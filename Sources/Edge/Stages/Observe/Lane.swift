import Contracts
import Investigation
import Pipeline
import Ports
import SentinelOne

/// One stream of one console.
struct Place: Hashable {
    let console: ConsoleID
    let stream: ObservedStream
}

/// One walk over a stream, from its watermark on. Volatile: after a restart it begins anew, and what was published is
/// recognised.
struct Round {
    let startedAt: Timestamp
    let since: Timestamp
    let until: Timestamp?
    var walk = Walk()

    func id(at place: Place) -> CallID {
        CallID("\(place.console)/\(place.stream.rawValue)@\(startedAt)/\(walk.pages)")
    }
}

/// What a stream is doing. One call at a time: of two answers that were asked for side by side nobody could say which
/// one is the newer, and an older content would be published as a newer version.
struct Lane {
    enum Work { case walk, chore }

    /// The call that is awaited, and the console with the token that it was asked with.
    struct Asked {
        let errand: Errand<FeedEntry>
        let work: Work
        let console: Console
    }

    /// What was being done when an answer came. Its turn may be undone, and then the same answer is concluded again.
    struct Before {
        let call: CallID
        let asked: Asked?
        let round: Round?
        let chore: Chore?
    }

    /// The walk that is under way.
    var round: Round?
    /// Longer work, which goes on between walks.
    var chore: Chore?
    var asked: Asked?
    var before: Before?
    /// When the last walk began.
    var lastWalk: Timestamp?
    var nextWalk = Timestamp.zero
    /// Up to where the last walk looked that reached the end: what there was before was shown.
    var readTo = Timestamp.zero
    /// After a failure: nobody's wish shortens that.
    var isResting = false
    var nextRecheck = Timestamp.zero
    var nextChore = Timestamp.zero
    /// Where there was no hour to compare: looked at again then.
    var nextReconciliation = Timestamp.zero
    /// Whether it brings what it used to; nil before the first page.
    var silence: SilenceWatch?
    /// Why the last answer could not be read; nil: it could.
    var problem: ReadProblem?
    var walkBackoff: Backoff
    var choreBackoff: Backoff
    private var chance: PlaceChance

    init(at place: Place) {
        chance = PlaceChance(place)
        walkBackoff = Backoff(
            initial: .seconds(1), factor: 2, limit: .seconds(300), jitter: 0.2, generator: PlaceChance(place))
        choreBackoff = walkBackoff
    }

    /// Up to a tenth sooner, so that what began together does not go on together.
    mutating func pause(of interval: Duration) -> Duration { interval * Double.random(in: 0.9...1, using: &chance) }

    /// What this answer was asked for, with everything as it was when it came first; nil: nobody waits for it.
    mutating func resume(_ call: CallID) -> Asked? {
        if let before, before.call == call, let asked = before.asked {
            round = before.round
            chore = before.chore
            return asked
        }
        guard let asked, asked.errand.id == call else { return nil }
        before = Before(call: call, asked: asked, round: round, chore: chore)
        self.asked = nil
        return asked
    }
}

/// Chance that each place has for itself, and that is the same in every process.
private struct PlaceChance: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(_ place: Place) { state = "\(place.console)/\(place.stream.rawValue)".asNumber }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Tally.digest(of: state)
    }
}
