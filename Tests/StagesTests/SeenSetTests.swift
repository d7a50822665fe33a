import Contracts
import Investigation
import Pipeline
import PipelineTesting
import Ports
import Stages
import Testing

@Suite("What was seen")
struct SeenSetTests {
    /// A stream as it may go: pages of new and changed rows while the watermark moves on. Beside it, what a dictionary
    /// that forgets nothing would say.
    private struct Course {
        var dice: SplitMix64
        var set = SeenSet()
        var truth: [String: FeedEntry.Seen] = [:]
        var journal: [Int: [FeedEntry.Seen]] = [:]
        var watermark = Timestamp(microseconds: 1_790_000_000_000_000)
        var ordinal = 0

        init(seed: UInt64) { dice = SplitMix64(seed: seed) }

        /// One page, committed.
        mutating func page(of count: Int, among names: Int) {
            watermark = watermark + .seconds(Int.random(in: 0...40, using: &dice))
            var rows: [FeedEntry.Seen] = []
            for name in Set((0..<count).map { _ in Int.random(in: 0..<names, using: &dice) }).sorted() {
                ordinal += 1
                let isOpen = Int.random(in: 0..<4, using: &dice) == 0
                rows.append(.init(name: "\(name)", ordinal: ordinal, until: isOpen ? nil : watermark + .seconds(30)))
            }
            for (number, kept) in set.adding(rows, watermark: watermark) {
                set.put(kept, as: number)
                journal[number] = kept
            }
            for row in rows { truth[row.name] = row }
        }
    }

    @Test(
        "it says of each name what was said last, or nothing once no walk can show it: never what was said before",
        arguments: 1...40)
    func lastWord(seed: UInt64) {
        var course = Course(seed: seed)
        // Small ones are merged whole; of large ones some stay as they are beside those that are merged.
        let isLarge = seed.isMultiple(of: 10)
        let names = isLarge ? 3_000 : Int.random(in: 5...60, using: &course.dice)
        for _ in 0..<120 {
            course.page(of: Int.random(in: isLarge ? 1...900 : 1...6, using: &course.dice), among: names)
            for (name, row) in course.truth {
                let said = course.set[name]
                if row.until.map({ $0 >= course.watermark }) ?? true {
                    #expect(said == row, "\(name)")
                } else if said != nil, said != row {
                    Issue.record("seed \(seed): \(name) says \(said?.ordinal ?? 0) again, and said \(row.ordinal) last")
                }
            }
        }
    }

    @Test(
        "200,000 endpoints within one overlap lie in records that no log refuses, and a page adds no more than its own")
    func large() throws {
        let catalogue = Catalogue(deployment: "test")
        let console = try #require(ConsoleID("eu1"))
        let cause = Cause(id: "a page", at: .zero)
        var set = SeenSet()
        var (written, largest) = (0, 0)
        for page in 0..<200 {
            let rows = (0..<1_000).map { row in
                FeedEntry.Seen(name: "\(2_190_000_000_000_000_000 + page * 1_000 + row)", digest: .max, until: nil)
            }
            for (number, kept) in set.adding(rows, watermark: .zero) {
                set.put(kept, as: number)
                guard let kept else { continue }
                written += kept.count
                let entry = FeedEntry(console, .agents, .seen(number, kept))
                largest = max(largest, catalogue.feedsCursors.record(entry, following: cause).value?.count ?? 0)
            }
        }
        #expect(set.rows.count == 200_000 && written < 2 * 200_000, "\(written) rows")
        #expect(largest < 500_000, "\(largest) bytes")
    }

    @Test("its batches stay few, and the journal's last batches make the same set in any order", arguments: 1...10)
    func fold(seed: UInt64) {
        var course = Course(seed: seed)
        for _ in 0..<300 { course.page(of: Int.random(in: 1...8, using: &course.dice), among: 5_000) }
        #expect(course.set.rows.count > 50 && course.journal.count < 16, "\(course.journal.count) batches")
        for order in [course.journal.keys.sorted(), course.journal.keys.sorted(by: >)] {
            var folded = SeenSet()
            for number in order { folded.put(course.journal[number], as: number) }
            #expect(folded == course.set)
            #expect(Set(folded.rows.map(\.name)) == Set(course.set.rows.map(\.name)))
        }
    }
}
