import ActionLedger
import Ports
import Testing

@Suite("The path")
struct PathTests {
    @Test("a threat becomes a case, an approved action, one call and a confirmation")
    func whole() throws {
        var all = try Deployment()
        #expect(try all.action().state == .awaitingApproval)
        try all.approve()
        let entry = try all.action()
        #expect(entry.state == .confirmed, "\(entry.note)")
        #expect(try all.bench.changes().map(\.action) == ["disconnect"])
        #expect(try all.bench.writes() == 1)
        #expect(try all.bench.isolation(of: entry.request.target.endpoint) == "disconnected")
        let ledger = try all.bench.ledger()
        #expect(all.memory == ledger, "the journal is the memory")
    }
}
