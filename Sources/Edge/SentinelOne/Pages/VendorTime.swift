import JSONView
package import Ports

/// A time of the console's, in its own words too: those are what a version is made of.
package struct VendorTime: Hashable, Sendable {
    package let text: String
    /// As it was said. Far-future ones occur: what is kept as a position is `watermark(at:)`.
    package let timestamp: Timestamp

    /// nil where there is none that can be read, and for 1970-01-01, which is how the console says that it knows none.
    init?(_ view: JSONView) {
        guard let text = view.readableText, let timestamp = Timestamp(iso: text), timestamp != .zero else {
            return nil
        }
        self.text = text
        self.timestamp = timestamp
    }

    /// How far a walk that saw this time has come: never beyond the present, where the next walk would begin too late
    /// and miss what comes in between.
    package func watermark(at now: Timestamp) -> Timestamp { min(timestamp, now) }

    package func isAhead(of now: Timestamp) -> Bool { timestamp > now }
}
