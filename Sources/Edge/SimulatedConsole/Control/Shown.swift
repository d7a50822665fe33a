import Ports

/// Which versions of which record the lists have shown: what a reader can know, and so what it may be asked for.
struct Shown: Sendable {
    /// A record as it was shown: its own time of change, and a digest of its bytes.
    struct Version: Sendable, Hashable {
        let updatedAt: Timestamp
        let digest: UInt64
    }

    private(set) var streams: [String: [Int64: [Version]]] = [:]

    mutating func note(_ id: Int64, _ version: Version, in stream: String) {
        guard streams[stream]?[id]?.last != version else { return }
        streams[stream, default: [:]][id, default: []].append(version)
    }
}
