import ActionLedger
import Ports
import Samples
import Testing

@Suite("Absence")
struct AbsenceTests {
    private let limits = LedgerLimits()
    private let horizon = Samples.now + .seconds(15 + 5 + 900)

    private func entry(_ events: LedgerEvent...) -> LedgerEntry {
        var entry = LedgerEntry(Samples.request(), plan: "p")
        entry.apply(Samples.attempted())
        for event in events { entry.apply(event) }
        return entry
    }

    private func absence(of entry: LedgerEntry, at now: Timestamp, role: RoleFacts? = Samples.role()) -> LedgerEvent? {
        entry.absence(seenAt: now, role: role.map { Observed($0, at: now) }, limits: limits)
    }

    @Test("no trace within the horizon says nothing")
    func early() {
        #expect(absence(of: entry(), at: horizon - .microseconds(1)) == nil)
    }

    @Test("absence is proven by the second look, a gap after the first")
    func twoLooks() {
        var open = entry(.outcome(number: 1, .unknown(code: "timeout"), at: Samples.now))
        #expect(absence(of: open, at: horizon) == .absenceSeen(number: 1, at: horizon))
        open.apply(.absenceSeen(number: 1, at: horizon))
        #expect(absence(of: open, at: horizon + .seconds(9)) == nil)
        guard let event = absence(of: open, at: horizon + .seconds(10)) else {
            Issue.record("the second look proves nothing")
            return
        }
        open.apply(event)
        #expect(open.state == .notApplied)
    }

    @Test("a look of an earlier attempt does not count for a later one")
    func newAttempt() {
        let open = entry(
            .absenceSeen(number: 1, at: horizon), .outcome(number: 1, .notApplied(code: "c"), at: horizon),
            Samples.attempted(2, at: horizon))
        let now = horizon + .seconds(2_000)
        #expect(absence(of: open, at: now) == .absenceSeen(number: 2, at: now))
    }

    @Test("who could not have seen a trace proves nothing by seeing none")
    func blind() {
        let roles = [
            nil, Samples.role(permissions: ["Endpoints.view"]), Samples.role(permissions: ["Activity Page.view"]),
            Samples.role(sites: ["s-2"]),
        ]
        for role in roles { #expect(absence(of: entry(), at: horizon, role: role) == nil) }
        let stale = Observed(Samples.role(), at: horizon - .seconds(601))
        #expect(entry().absence(seenAt: horizon, role: stale, limits: limits) == nil)
    }

    @Test("absence is asked of open attempts only")
    func onlyOpen() {
        #expect(LedgerEntry(Samples.request(), plan: "p").absence(seenAt: horizon, role: nil, limits: limits) == nil)
        #expect(absence(of: entry(.outcome(number: 1, .done(receipt: "r"), at: Samples.now)), at: horizon) == nil)
    }
}
