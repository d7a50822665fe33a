import Ports
import Stages
import Testing

@Suite("Silence watch")
struct SilenceWatchTests {
    private static let start = Timestamp(milliseconds: 1_795_000_000_000)

    /// Asks each minute; records come at these minutes. What was told, by minute.
    private func told(
        _ watch: inout SilenceWatch, bringing minutes: Set<Int>, until end: Int, from start: Int = 0,
        asked: (Int) -> Bool = { _ in true }
    ) -> [Int: SilenceWatch.Change] {
        var told: [Int: SilenceWatch.Change] = [:]
        for minute in start...end {
            if asked(minute) { watch.brought(minutes.contains(minute) ? 5 : 0, at: moment(minute)) }
            told[minute] = watch.check(at: moment(minute))
        }
        return told
    }

    private func moment(_ minute: Int) -> Timestamp { Self.start + .seconds(60 * minute) }

    @Test("a stream that used to bring records is told silent once, and once heard again")
    func once() {
        var watch = SilenceWatch(patience: .seconds(3_600))
        let told = told(&watch, bringing: [0, 10, 20, 200], until: 230)
        #expect(told == [80: .silent(since: moment(20)), 200: .heard(after: .seconds(180 * 60))])
    }

    @Test("a stream that never brought anything, or only its past, may go on like that")
    func noHabit() {
        for minutes: Set<Int> in [[], [0], [0, 1, 2, 3, 4], [0, 60]] {
            var watch = SilenceWatch(patience: .seconds(3_600))
            #expect(told(&watch, bringing: minutes, until: 3_000).isEmpty)
        }
    }

    @Test("a stream that is calm by habit is given twice its longest pause, and old pauses are forgotten")
    func calm() {
        var watch = SilenceWatch(patience: .seconds(3_600))
        #expect(told(&watch, bringing: [0, 120, 300], until: 700).keys.sorted() == [660])
        var lively = SilenceWatch(patience: .seconds(3_600))
        let often = Set((0..<10).map { 1_000 + $0 * 10 })
        let told = told(&lively, bringing: often.union([0]), until: 1_200)
        #expect(told.keys.sorted() == [1_150])
    }

    @Test("while nobody can ask the stream nothing is told, and the first answer tells")
    func unreachable() {
        var watch = SilenceWatch(patience: .seconds(3_600))
        let away = 25..<500
        let quiet = told(&watch, bringing: [0, 10, 20], until: 600) { !away.contains($0) }
        #expect(quiet.keys.sorted() == [500])
        var back = SilenceWatch(patience: .seconds(3_600))
        #expect(told(&back, bringing: [0, 10, 20, 500], until: 550) { !away.contains($0) }.isEmpty)
    }

    @Test("a new process that was given the occasions has the habit, and tells silence anew")
    func restarted() {
        var first = SilenceWatch(patience: .seconds(3_600))
        #expect(told(&first, bringing: [0, 10, 20], until: 90).count == 1)
        var second = SilenceWatch(patience: .seconds(3_600), occasions: first.occasions)
        #expect(told(&second, bringing: [], until: 120, from: 91) == [91: .silent(since: moment(20))])
        var forgetful = SilenceWatch(patience: .seconds(3_600))
        #expect(told(&forgetful, bringing: [], until: 500, from: 91).isEmpty)
    }

    @Test("nobody is told where nobody wants to know, and a clock that is set back tells nothing")
    func quiet() {
        var off = SilenceWatch(patience: nil)
        #expect(told(&off, bringing: [0, 10, 20], until: 3_000).isEmpty)
        var watch = SilenceWatch(patience: .seconds(3_600))
        #expect(told(&watch, bringing: [1_000, 1_010, 1_020], until: 1_030, from: 1_000).isEmpty)
        #expect(told(&watch, bringing: [], until: 999).isEmpty)
    }

    @Test("however long it runs, it remembers only a few occasions")
    func bounded() {
        var watch = SilenceWatch(patience: .seconds(600))
        for minute in 0..<10_000 { watch.brought(1, at: moment(minute)) }
        #expect(watch.occasions.count == 8)
    }
}
