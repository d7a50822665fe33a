/// Which records were published, by their ids alone: eight bytes each. A filter that looks at what may change must let
/// pass what was published once, however long ago, so that an all-clear is never hidden.
package struct PublishedIDs: Sendable, Equatable {
    /// So many ids in one journal record.
    static let capacity = 20_000

    /// Each in ascending order.
    private(set) var batches: [Int: [UInt64]] = [:]

    package init() {}

    package func contains(_ id: UInt64) -> Bool { batches.values.contains { Self.contains(id, in: $0) } }

    package mutating func put(_ ids: [UInt64]?, as number: Int) { batches[number] = ids?.sorted() }

    /// The batches to write so that these are in it too: what comes takes in every batch that is not larger than it
    /// has become, so that there are few.
    package func adding(_ new: Set<UInt64>) -> [(number: Int, ids: [UInt64]?)] {
        var all = new.filter { !contains($0) }
        if all.isEmpty { return [] }
        var gone: [Int] = []
        for (number, ids) in batches.sorted(by: { $0.value.count < $1.value.count }) {
            guard ids.count <= all.count, all.count + ids.count <= Self.capacity else { break }
            all.formUnion(ids)
            gone.append(number)
        }
        let next = (batches.keys.max() ?? 0) + 1
        return [(next, all.sorted())] + gone.sorted().map { ($0, nil) }
    }

    private static func contains(_ id: UInt64, in sorted: [UInt64]) -> Bool {
        // Ids grow with time, so most batches are passed over at once.
        guard let first = sorted.first, let last = sorted.last, (first...last).contains(id) else { return false }
        var range = sorted.startIndex..<sorted.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if sorted[middle] == id { return true }
            range = sorted[middle] < id ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }
}
