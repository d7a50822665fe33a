package import Ports

/// Where a memory lives: a key in a partition number. The same key under another number is another place.
package struct Place: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: Int32
    package let key: Bytes

    package init(_ number: Int32, _ key: Bytes) {
        self.number = number
        self.key = key
    }

    package static func < (left: Place, right: Place) -> Bool {
        left.number != right.number
            ? left.number < right.number : left.key.array.lexicographicallyPrecedes(right.key.array)
    }

    package var description: String { "\(number)/\(String(decoding: key.array, as: UTF8.self))" }
}

/// The memory of each place: the fold of its journal partition, on recovery and live.
///
/// A memory outlives its partition's revocation. While the partition was here nobody else could write its journal, so
/// the first records behind the remembered offset are this member's own, already folded: they are counted and
/// skipped, and only what another member added since is folded.
struct Memories<Memory> {
    private struct Fold {
        var memories: [Bytes: Memory] = [:]
        /// Where the last replay ended.
        var replayed = Offset.start
        /// Entries of this member's own behind it, folded when they were committed.
        var own = 0
    }

    private var folds: [Int32: Fold] = [:]

    subscript(place: Place) -> Memory? { folds[place.number]?.memories[place.key] }

    /// The places with a memory in this partition.
    func places(in number: Int32) -> [Place] { folds[number].map { $0.memories.keys.map { Place(number, $0) } } ?? [] }

    /// Brings one partition up to its journal's end and returns how many entries that took. A failure forgets the
    /// partition, so that the next attempt folds it from the start.
    mutating func replay(
        _ partition: Partition, from log: any TransactionalLog, blank: Memory,
        _ recall: (IncomingRecord, (Bytes, (inout Memory) -> Void) -> Void) throws(LogFailure) -> Void
    ) throws(LogFailure) -> Int {
        var fold = folds.removeValue(forKey: partition.number) ?? Fold()
        var count = 0
        let own = fold.own
        fold.replayed = try log.replay(partition, from: fold.replayed) { record throws(LogFailure) in
            count += 1
            if count <= own { return }
            try recall(record) { key, change in change(&fold.memories[key, default: blank]) }
        }
        guard count >= own else {
            throw LogFailure(
                .stop, code: "journal-shortened",
                detail: "\(partition) holds \(count) entries where this member wrote \(own): a journal is kept whole")
        }
        fold.own = 0
        folds[partition.number] = fold
        return count - own
    }

    /// What a committed turn made of its memories, and how many entries it wrote to each partition.
    mutating func merge(_ changed: [Place: Memory], written: [Int32: Int]) {
        for (place, memory) in changed { folds[place.number, default: Fold()].memories[place.key] = memory }
        for (number, count) in written { folds[number, default: Fold()].own += count }
    }

    /// For a journal that is compacted, where counting proves nothing: the next replay starts from the beginning.
    mutating func forget() { folds = [:] }
}
