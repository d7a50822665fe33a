import ActionLedger
import Samples
import Testing

@Suite("Histories")
struct HistoryTests {
    @Test("no interleaving leads to a second call, or to one that nothing permits", arguments: 0..<80 as Range<UInt64>)
    func safe(seed: UInt64) {
        var history = History(seed: seed)
        history.run(steps: 100)
    }

    @Test("when the faults end, every action ends or waits for a person", arguments: 0..<40 as Range<UInt64>)
    func ends(seed: UInt64) {
        var history = History(seed: seed)
        history.run(steps: 80)
        history.calmDown()
        for entry in history.ledger.entries.values {
            #expect(entry.state.isEnd || entry.state == .awaitingApproval, "\(entry.request.id) is \(entry.state)")
        }
    }

    @Test("the histories do act: hardly one passes without an attempt")
    func acts() {
        let attempts = (0..<20 as Range<UInt64>).map { seed in
            var history = History(seed: seed)
            history.run(steps: 100)
            return history.attempts
        }
        #expect(attempts.filter { $0 > 0 }.count >= 18)
    }
}
