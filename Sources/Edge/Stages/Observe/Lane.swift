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

    /// What was being done when an answer came. Its turn may be undone, and then the same answer is concluded again.
    struct Before {
        let call: CallID
        let work: Work
        let round: Round?
        let chore: Chore?
    }

    /// The walk that is under way.
    var round: Round?
    /// Longer work, which goes on between walks.
    var chore: Chore?
    var asked: (errand: Errand<FeedEntry>, work: Work)?
    var before: Before?
    /// When the last walk began.
    var lastWalk: Timestamp?
    var nextWalk = Timestamp.zero
    /// After a failure: nobody's wish shortens that.
    var isResting = false
    var nextRecheck = Timestamp.zero
    var nextChore = Timestamp.zero
    var walkBackoff = Lane.backoff
    var choreBackoff = Lane.backoff

    static let backoff = Backoff(initial: .seconds(1), factor: 2, limit: .seconds(300), jitter: 0.2)

    /// The work that this answer belongs to, with everything as it was when it came first; nil: nobody waits for it.
    mutating func resume(_ call: CallID) -> Work? {
        if let before, before.call == call {
            round = before.round
            chore = before.chore
            return before.work
        }
        guard let asked, asked.errand.id == call else { return nil }
        before = Before(call: call, work: asked.work, round: round, chore: chore)
        self.asked = nil
        return asked.work
    }
}
