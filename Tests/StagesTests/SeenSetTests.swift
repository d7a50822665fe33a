import Contracts
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
        let names = Int.random(in: 5...60, using: &course.dice)
        for _ in 0..<120 {
            course.page(of: Int.random(in: 1...6, using: &course.dice), among: names)
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
