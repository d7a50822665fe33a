import Ports
import SentinelOne

/// What the settings make of a console's records before they are published.
struct RecordShape: Sendable {
    /// Why a record is not published; nil: it is. Told whether an earlier version of it was.
    var hides: @Sendable (Page.Item, _ isKnown: Bool) -> String? = { _, _ in nil }
    /// Whether `hides` looks at what may change, and so must be told what was published long ago.
    var mustKnowPublished = false
    /// The bytes of what could not be read, without what may be a secret in them.
    var blot: @Sendable (Bytes) -> Bytes = { $0 }
}
