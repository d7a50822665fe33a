import Pipeline
import PipelineTesting
import Testing

@Suite("Back-off")
struct BackoffTests {
    private func waits(_ count: Int, jitter: Double, seed: UInt64 = 1) -> [Duration] {
        var backoff = Backoff(
            initial: .seconds(1), limit: .seconds(10), jitter: jitter, generator: SplitMix64(seed: seed))
        return (0..<count).map { _ in backoff.next() }
    }

    @Test("it doubles up to its limit and stays there")
    func grows() {
        #expect(waits(6, jitter: 0) == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
    }

    @Test("jitter only shortens, by no more than its share, and a seed repeats it", arguments: 0..<20 as Range<UInt64>)
    func jitters(seed: UInt64) {
        let bases = waits(6, jitter: 0)
        let waits = waits(6, jitter: 0.5, seed: seed)
        for (wait, base) in zip(waits, bases) { #expect(wait <= base && wait >= base / 2) }
        #expect(waits == self.waits(6, jitter: 0.5, seed: seed))
    }

    @Test("success starts it from the beginning")
    func resets() {
        var backoff = Backoff(initial: .seconds(1), limit: .seconds(10), jitter: 0)
        for _ in 0..<1_000 { _ = backoff.next() }
        #expect(backoff.next() == .seconds(10))
        backoff.reset()
        #expect(backoff.next() == .seconds(1))
    }
}
