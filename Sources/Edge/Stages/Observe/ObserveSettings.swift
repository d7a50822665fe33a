package import Contracts
package import Ports

/// When and how far back the streams of a console are read.
package struct ObserveSettings: Sendable, Equatable {
    package struct Stream: Sendable, Equatable {
        package var interval: Duration
        /// How far back the first walk goes. Endpoints and groups are always read whole.
        package var lookBack: Duration
        /// What is younger is left for the next walk; zero: everything is read at once.
        package var delay: Duration
        package var isOn = true

        package init(interval: Duration, lookBack: Duration, delay: Duration = .zero) {
            self.interval = interval
            self.lookBack = lookBack
            self.delay = delay
        }
    }

    /// A record may become visible after newer ones: each walk starts so long before the watermark.
    package var overlap: Duration
    package var streams: [ObservedStream: Stream]
    /// How often open alerts are asked for again, because no list tells of their changes.
    package var recheck: Duration
    /// When all endpoints are read, to notice those that are gone.
    package var snapshot: DailySchedule
    /// How often what was shown is compared with what the console counts, and how far back.
    package var reconcileEvery: Duration
    package var reconcileSpan: Duration
    /// How long a stream that used to bring records may bring none before that is told; nil: it is never told.
    package var silence: Duration? = .seconds(3_600)

    package init(
        interval: Duration, overlap: Duration, lookBack: Duration, recheck: Duration = .seconds(60),
        snapshot: DailySchedule = DailySchedule(days: 1, at: .seconds(4_500)),
        reconcileEvery: Duration = .seconds(3_600), reconcileSpan: Duration = .seconds(7 * 86_400)
    ) {
        self.overlap = overlap
        self.recheck = recheck
        self.snapshot = snapshot
        self.reconcileEvery = reconcileEvery
        self.reconcileSpan = reconcileSpan
        streams = Dictionary(
            uniqueKeysWithValues: ObservedStream.allCases.map { ($0, Stream(interval: interval, lookBack: lookBack)) })
    }

    package subscript(_ stream: ObservedStream) -> Stream {
        streams[stream] ?? Stream(interval: .seconds(60), lookBack: .seconds(7 * 86_400))
    }
}

/// Every so many days at a time of the day, both of UTC.
package struct DailySchedule: Sendable, Equatable {
    package let days: Int
    /// Since midnight.
    package let at: Duration

    package init(days: Int, at: Duration) {
        self.days = days
        self.at = at
    }

    /// The first moment at or after which it is due again, once it was done then.
    package func next(after done: Timestamp) -> Timestamp {
        let today = done.startOfDay + at
        let last = today <= done ? today : today - .seconds(86_400)
        return last + .seconds(86_400 * max(1, days))
    }
}
