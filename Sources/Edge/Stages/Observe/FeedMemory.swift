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
    /// What was told last of the console.
    package private(set) var status: ConsoleStatus?

    package init() {}

    package subscript(_ stream: ObservedStream) -> Stream { streams[stream] ?? Stream() }

    package mutating func apply(_ entry: FeedEntry) {
        guard let name = entry.stream else {
            if case .status(let status) = entry.change { self.status = status }
            return
        }
        var stream = streams.removeValue(forKey: name) ?? Stream()
        switch entry.change {
        case .position(let position): stream.position = position
        case .seen(let number, let seen): stream.seen.put(seen, as: number)
        case .published(let number, let ids): stream.published.put(ids, as: number)
        case .tally(let day, let hours): stream.tally.put(hours, of: day)
        case .reconciled(let found): stream.reconciled = found
        case .status: break
        }
        streams[name] = stream
    }
}
