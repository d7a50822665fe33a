package import Contracts
import Ports

/// What `feeds.cursors` says of one console.
package struct FeedMemory: Sendable, Equatable {
    package struct Stream: Sendable, Equatable {
        /// nil before anything was read.
        package fileprivate(set) var position: FeedPosition?
        package fileprivate(set) var seen = SeenSet()
        package fileprivate(set) var published = PublishedIDs()
        /// By the start of the hour.
        package fileprivate(set) var tally = Tally()
        package fileprivate(set) var reconciled: FeedReconciliation?
        /// What a person wanted before it was read for the first time: there was no position to say so.
        fileprivate var early: [FeedWish: Timestamp] = [:]

        /// Where its first walk begins.
        func first(_ round: Round) -> FeedPosition {
            var position = FeedPosition(origin: round.startedAt, watermark: round.since)
            position.syncWanted = early[.sync]
            position.reconciliationWanted = early[.reconcile]
            return position
        }
    }

    private var streams: [ObservedStream: Stream] = [:]
    /// What was told last of the console.
    package private(set) var status: ConsoleStatus?
    /// What became of the last order.
    package private(set) var answer: FeedAnswer?

    package init() {}

    package subscript(_ stream: ObservedStream) -> Stream { streams[stream] ?? Stream() }

    package mutating func apply(_ entry: FeedEntry) {
        guard let name = entry.stream else {
            if case .status(let status) = entry.change { self.status = status }
            if case .answered(let answer) = entry.change { take(answer) }
            return
        }
        var stream = streams.removeValue(forKey: name) ?? Stream()
        switch entry.change {
        case .position(let position): stream.position = position
        case .seen(let number, let seen): stream.seen.put(seen, as: number)
        case .published(let number, let ids): stream.published.put(ids, as: number)
        case .tally(let day, let hours): stream.tally.put(hours, of: day)
        case .reconciled(let found): stream.reconciled = found
        case .status, .answered: break
        }
        streams[name] = stream
    }

    private mutating func take(_ answer: FeedAnswer) {
        self.answer = answer
        guard answer.refusal == nil else { return }
        for name in ObservedStream.allCases where answer.isAbout(name) && self[name].position == nil {
            streams[name, default: Stream()].early[answer.wish] = answer.at
        }
    }
}
