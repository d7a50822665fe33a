package import Contracts
package import Ports

/// What one stream has shown and may show again, in batches as the journal has them. Each page adds a batch; a newer
/// batch hides what an older one says of the same name. So a page's turn writes what the page brought and nothing
/// else, and small batches are merged now and then.
///
/// It is exactly the batches that the compacted journal still holds: in whatever order a restart folds them, the same
/// set comes of it.
package struct SeenSet: Sendable, Equatable {
    /// So many rows in one journal record that it stays far below what a record may hold.
    static let capacity = 2_000

    struct Batch: Sendable, Equatable {
        let rows: [String: FeedEntry.Seen]
        /// When the last of its rows may be forgotten; nil: never by itself.
        let until: Timestamp?

        init(_ seen: [FeedEntry.Seen]) {
            rows = Dictionary(seen.map { ($0.name, $0) }) { $1 }
            until = seen.allSatisfy { $0.until != nil } ? seen.compactMap(\.until).max() ?? .zero : nil
        }
    }

    /// By their numbers: the higher, the newer.
    private(set) var batches: [Int: Batch] = [:]
    private var order: [Int] = []
    /// Which batch has the last word on a name.
    private var newest: [String: Int] = [:]
    /// How many rows of a batch a newer one hides. Only for choosing what to merge.
    private var hidden: [Int: Int] = [:]

    package init() {}

    package static func == (left: SeenSet, right: SeenSet) -> Bool { left.batches == right.batches }

    package subscript(_ name: String) -> FeedEntry.Seen? { newest[name].flatMap { batches[$0]?.rows[name] } }

    /// Every row that no newer one hides.
    package var rows: [FeedEntry.Seen] {
        order.reversed().flatMap { number in
            (batches[number]?.rows.values.filter { newest[$0.name] == number }) ?? []
        }
    }

    package var isEmpty: Bool { batches.isEmpty }

    /// A batch as the journal has it; nil: it is gone.
    package mutating func put(_ seen: [FeedEntry.Seen]?, as number: Int) {
        remove(number)
        guard let seen else { return }
        let batch = Batch(seen)
        for name in batch.rows.keys {
            let other = newest[name]
            if let other { hidden[min(other, number), default: 0] += 1 }
            newest[name] = max(other ?? number, number)
        }
        batches[number] = batch
        order.append(number)
        order.sort()
    }

    private mutating func remove(_ number: Int) {
        guard let batch = batches.removeValue(forKey: number) else { return }
        order.removeAll { $0 == number }
        hidden[number] = nil
        for name in batch.rows.keys where newest[name] == number {
            newest[name] = order.last { batches[$0]?.rows[name] != nil }
        }
    }

    /// The batches to write so that the set also has these rows, and no more batches than it needs; nil: one that
    /// goes. What no walk shows any more, because its watermark is past it, is let go of.
    package func adding(_ new: [FeedEntry.Seen], watermark: Timestamp) -> [(number: Int, rows: [FeedEntry.Seen]?)] {
        if new.isEmpty { return [] }
        let spent = spent(at: watermark)
        let merged = mergeable(beside: new.count, without: Set(spent))
        let carried = live(in: merged, at: watermark, without: Set(new.map(\.name)), and: Set(spent))
        let rows = carried + new
        var next = (order.last ?? 0) + 1
        var written: [(Int, [FeedEntry.Seen]?)] = []
        for start in stride(from: 0, to: rows.count, by: Self.capacity) {
            written.append((next, Array(rows[start..<min(start + Self.capacity, rows.count)])))
            next += 1
        }
        return written + (spent + merged).map { ($0, nil) }
    }

    /// What may go: batches that newer ones hide, and those whose time has passed. But not one that itself hides a row
    /// that stays, because with it what that row said before would be true again: an alert was open, and is closed.
    private func spent(at watermark: Timestamp) -> [Int] {
        var spent: [Int] = []
        var kept: [Int] = []
        for number in order {
            guard let batch = batches[number] else { continue }
            let isPast = batch.until.map { $0 < watermark } ?? false
            if liveCount(number) <= 0 || isPast && !batch.rows.keys.contains(where: { isHeld($0, by: kept) }) {
                spent.append(number)
            } else {
                kept.append(number)
            }
        }
        return spent
    }

    private func isHeld(_ name: String, by numbers: [Int]) -> Bool {
        numbers.contains { batches[$0]?.rows[name] != nil }
    }

    private func liveCount(_ number: Int) -> Int { (batches[number]?.rows.count ?? 0) - (hidden[number] ?? 0) }

    /// The emptiest ones, once there are twice as many as full ones would be. They fit into one batch with what comes.
    private func mergeable(beside count: Int, without spent: Set<Int>) -> [Int] {
        let kept = order.filter { !spent.contains($0) }
        let rows = kept.reduce(0) { $0 + liveCount($1) }
        guard kept.count > 8 + 2 * rows / Self.capacity else { return [] }
        var room = Self.capacity - count
        var chosen: [Int] = []
        for number in kept.sorted(by: { (liveCount($0), $0) < (liveCount($1), $1) }) {
            // Counted whole: what is hidden in it is only known to be left out once it is looked at.
            room -= liveCount(number)
            if room < 0 { break }
            chosen.append(number)
        }
        return chosen.count > 1 ? chosen : []
    }

    /// What is still needed of those batches, each name once, as the newest of all says.
    private func live(
        in merged: [Int], at watermark: Timestamp, without names: Set<String>, and spent: Set<Int>
    ) -> [FeedEntry.Seen] {
        guard !merged.isEmpty else { return [] }
        let merged = Set(merged)
        let kept = order.filter { !merged.contains($0) && !spent.contains($0) }
        var taken = names
        var rows: [FeedEntry.Seen] = []
        for number in order.reversed() where merged.contains(number) {
            for row in (batches[number]?.rows.values).map(Array.init)?.sorted(by: { $0.name < $1.name }) ?? [] {
                guard taken.insert(row.name).inserted else { continue }
                let isPast = row.until.map { $0 < watermark } ?? false
                if isPast, !isHeld(row.name, by: kept) { continue }
                guard newest[row.name].map(merged.contains) ?? false else { continue }
                rows.append(row)
            }
        }
        return rows
    }
}
