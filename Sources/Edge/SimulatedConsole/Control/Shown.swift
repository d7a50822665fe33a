import Ports

/// Which versions of which record the lists have shown: what a reader can know, and so what it may be asked for.
struct Shown: Sendable {
    /// A record as it was shown: its own time of change, and a digest of its bytes.
    struct Version: Sendable, Hashable {
        let updatedAt: Timestamp
        let digest: UInt64
    }

    private(set) var streams: [String: [Int64: [Version]]] = [:]
    /// Of the answer that is being made; nobody has seen it yet.
    private var pending: [(stream: String, id: Int64, version: Version)] = []

    mutating func note(_ id: Int64, _ version: Version, in stream: String) { pending.append((stream, id, version)) }

    /// The answer is made: what it holds was shown if it goes out whole, else nobody can have seen it.
    mutating func settle(shown isShown: Bool, unless isHidden: (Int64) -> Bool = { _ in false }) {
        defer { pending.removeAll(keepingCapacity: true) }
        guard isShown else { return }
        for (stream, id, version) in pending where streams[stream]?[id]?.last != version && !isHidden(id) {
            streams[stream, default: [:]][id, default: []].append(version)
        }
    }
}

extension SimulatedConsole {
    /// Per stream and id every version that went out whole, in the order in which it did.
    func shownTruth(_ stream: String?) throws(Refusal) -> JSON {
        func told(_ records: [Int64: [Shown.Version]]) -> JSON {
            .object(
                Dictionary(
                    records.map { id, versions in
                        let rows = versions.map { version -> JSON in
                            [
                                "updatedAt": .time(version.updatedAt),
                                "digest": .text(String(version.digest, radix: 16)),
                            ]
                        }
                        return (String(id), .list(rows))
                    }
                ) { $1 })
        }
        guard let stream else {
            return ["now": .time(now), "shown": .object(shown.streams.mapValues(told))]
        }
        guard let records = shown.streams[stream] else {
            guard Operation.names.contains(stream) else { throw .unknownID("no stream is called \(stream)") }
            return ["now": .time(now), "shown": [:]]
        }
        return ["now": .time(now), "shown": told(records)]
    }
}
