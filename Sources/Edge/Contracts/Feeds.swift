package import Investigation
import JSONView
package import Ports

/// What ingest reads of a console, each published on a topic of its own.
package enum ObservedStream: String, Sendable, CaseIterable {
    case threats, alerts, activities, agents, groups

    /// Whether the console counts them by time of creation, so that what was shown can be compared with that.
    package var isCounted: Bool {
        switch self {
        case .threats, .alerts, .activities: true
        case .agents, .groups: false
        }
    }
}

/// What `feeds.cursors` says of one stream of one console. The topic is compacted: under each key the last record is
/// what holds, so an entry says all that its key stands for.
package struct FeedEntry: Sendable, Equatable {
    package enum Change: Sendable, Equatable {
        case position(FeedPosition)
        /// A batch of what was shown; nil: nobody needs it any more.
        case seen(Int, [Seen]?)
        /// Ids that were published, of records that are forgotten otherwise; nil: they are in another batch now.
        case published(Int, [UInt64]?)
        /// Per hour of one day, by the time of creation, what was shown; nil: the day is no longer looked at.
        case tally(day: Timestamp, [HourTally]?)
        /// What the last comparison with the console's own counts found.
        case reconciled(FeedReconciliation)
        /// What was told last of the console as a whole.
        case status(ConsoleStatus)
        /// What became of the last order of a person.
        case answered(FeedAnswer)
    }

    /// One record as it was shown last.
    package struct Seen: Sendable, Equatable {
        /// The record's id, with its version where each version is told apart by the console's own words.
        package let name: String
        /// The ordinal of the last version that was published, where we count them; 0: none was, it is filtered.
        package let ordinal: Int
        /// Of the content, where that is what tells versions apart.
        package let digest: UInt64
        /// A walk may show it again until its watermark has passed this; nil: for as long as it is not replaced.
        package let until: Timestamp?

        package init(name: String, ordinal: Int = 1, digest: UInt64 = 0, until: Timestamp?) {
            self.name = name
            self.ordinal = ordinal
            self.digest = digest
            self.until = until
        }
    }

    package let console: ConsoleID
    /// nil for what is about all of them.
    package let stream: ObservedStream?
    package let change: Change

    package init(_ status: ConsoleStatus) {
        console = status.console
        stream = nil
        change = .status(status)
    }

    package init(_ console: ConsoleID, _ answer: FeedAnswer) {
        self.console = console
        stream = nil
        change = .answered(answer)
    }

    package init(_ console: ConsoleID, _ stream: ObservedStream, _ change: Change) {
        self.console = console
        self.stream = stream
        self.change = change
    }
}

/// How far a stream was read.
package struct FeedPosition: Sendable, Equatable {
    /// When its first walk began.
    package let origin: Timestamp
    /// The latest time that was shown: the next walk starts an overlap before it.
    package var watermark: Timestamp
    /// When the walk began that first reached the end; nil while the first one is under way.
    package var caughtUp: Timestamp?
    /// When the last complete snapshot began.
    package var snapshot: Timestamp?
    /// When the last comparison with the console's counts began.
    package var reconciled: Timestamp?
    /// When a person last wanted it read at once, and compared at once.
    package var syncWanted: Timestamp?
    package var reconciliationWanted: Timestamp?
    /// When the walk began that first reached the end after a person had wanted one; nil where nobody ever did.
    package var synced: Timestamp?
    /// When records came, the last few times, oldest first: what falls silent was heard before.
    package var heard: [Timestamp] = []

    package init(origin: Timestamp, watermark: Timestamp) {
        self.origin = origin
        self.watermark = watermark
    }
}

/// What a person may want of whoever reads: to read now, or to compare now.
package enum FeedWish: String, Sendable, CaseIterable {
    case sync, reconcile
}

/// What became of an order to read or to compare.
package struct FeedAnswer: Sendable, Equatable {
    /// The hash of what was signed; a forgery has a name of its own.
    package let order: String
    package let wish: FeedWish
    /// nil: all streams that are read.
    package let stream: String?
    /// Who is said to have signed it.
    package let by: String
    /// When it was taken, or refused.
    package let at: Timestamp
    /// nil: it is followed.
    package let refusal: String?

    package init(
        order: String, _ wish: FeedWish, of stream: String?, by: String, at: Timestamp, refusal: String? = nil
    ) {
        self.order = order
        self.wish = wish
        self.stream = stream
        self.by = by
        self.at = at
        self.refusal = refusal
    }

    package func isAbout(_ stream: ObservedStream) -> Bool { self.stream ?? stream.rawValue == stream.rawValue }
}

/// How many different records of one hour were shown, and which.
package struct HourTally: Sendable, Equatable {
    /// The start of the hour.
    package let hour: Timestamp
    package var count: Int
    /// The sum of a hash of each id.
    package var digest: UInt64

    package init(hour: Timestamp, count: Int = 0, digest: UInt64 = 0) {
        self.hour = hour
        self.count = count
        self.digest = digest
    }
}

/// What a comparison of what was shown with what the console counts has found.
package struct FeedReconciliation: Sendable, Equatable {
    package let at: Timestamp
    /// The hours of creation that were compared.
    package let from: Timestamp
    package let to: Timestamp
    /// By the console's count, and by ours before anything was mended.
    package let counted: Int
    package let shown: Int
    /// How many hours differed.
    package let differing: Int
    /// What was missing on the topic and is published now.
    package let repaired: Int
    /// What is missing still, and left for the next comparison.
    package let open: Int
    /// What the console no longer shows.
    package let gone: Int

    package init(
        at: Timestamp, from: Timestamp, to: Timestamp, counted: Int, shown: Int, differing: Int, repaired: Int,
        open: Int, gone: Int
    ) {
        self.at = at
        self.from = from
        self.to = to
        self.counted = counted
        self.shown = shown
        self.differing = differing
        self.repaired = repaired
        self.open = open
        self.gone = gone
    }
}

// Of UTC.
extension Timestamp {
    package var startOfHour: Timestamp { floored(to: 3_600_000_000) }
    package var startOfDay: Timestamp { floored(to: 86_400_000_000) }

    private func floored(to step: Int64) -> Timestamp {
        let rest = microseconds % step
        return Timestamp(microseconds: microseconds - (rest < 0 ? rest + step : rest))
    }
}
