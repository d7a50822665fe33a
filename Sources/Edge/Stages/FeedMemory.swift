import Contracts
package import Ports
import SentinelOne

/// What `feeds.cursors` says of one console: how far each stream was read, and which versions were published.
package struct FeedMemory: Sendable, Equatable {
    package struct Published: Sendable, Equatable {
        package let version: String
        package let digest: String?
        package let at: Timestamp
        /// The ones before it, as far as they may be shown again by a copy of the console that is behind.
        fileprivate(set) var earlier: [String] = []
    }

    package struct Position: Sendable, Equatable {
        package fileprivate(set) var watermark = Timestamp.zero
        /// The last published version per id: as far back as a walk may show it again.
        package fileprivate(set) var published: [String: Published] = [:]

        /// How many earlier versions of a record are remembered.
        private static let earlierLimit = 8

        mutating func publish(_ one: FeedProgress.Seen) {
            var now = Published(version: one.version, digest: one.digest, at: one.at)
            if let before = published[one.id], one.digest == nil, before.version != one.version {
                now.earlier = (before.earlier + [before.version]).suffix(Self.earlierLimit)
            }
            published[one.id] = now
        }

        /// What no walk will show again: of everything, or of what could not be read.
        mutating func forget(before horizon: Timestamp, all: Bool) {
            published = published.filter { name, one in
                one.at >= horizon || !(all || name.hasPrefix(FeedMemory.unreadable))
            }
        }
    }

    /// Begins the name of an item that has no id that could be read.
    static let unreadable = "unreadable-"

    package fileprivate(set) var positions: [String: Position] = [:]

    package init() {}

    /// One page more. Endpoints are recognised by their content for ever; the rest by its version while a walk may
    /// show it.
    mutating func apply(_ page: FeedProgress, keeping window: Duration) {
        var position = positions.removeValue(forKey: page.stream) ?? Position()
        position.watermark = max(position.watermark, page.watermark)
        for one in page.seen { position.publish(one) }
        position.forget(before: position.watermark - window, all: page.stream == VendorStream.threats.rawValue)
        positions[page.stream] = position
    }
}
