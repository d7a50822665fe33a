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
    }

    private var streams: [ObservedStream: Stream] = [:]

    package init() {}

    package subscript(_ stream: ObservedStream) -> Stream { streams[stream] ?? Stream() }

    package mutating func apply(_ entry: FeedEntry) {
        var stream = streams.removeValue(forKey: entry.stream) ?? Stream()
        switch entry.change {
        case .position(let position): stream.position = position
        case .seen(let number, let seen): stream.seen.put(seen, as: number)
        case .published(let number, let ids): stream.published.put(ids, as: number)
        case .tally(let day, let hours): stream.tally.put(hours, of: day)
        case .reconciled(let found): stream.reconciled = found
        }
        streams[entry.stream] = stream
    }
}
