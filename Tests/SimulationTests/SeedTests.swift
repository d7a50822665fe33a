import Foundation
import Testing

/// One seed each. `DOCKET_SEEDS=n` runs the first n, `DOCKET_SEED=x` that one alone.
@Suite("The simulation of ingest") struct SeedTests {
    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let one = environment["DOCKET_SEED"].flatMap({ UInt64($0) }) { return [one] }
        return Array(1...(environment["DOCKET_SEEDS"].flatMap { UInt64($0) } ?? 200))
    }()

    @Test(
        "whatever consoles, people, programs and the log do, nothing is lost, doubled, swapped or told to nobody",
        arguments: seeds)
    func seed(_ seed: UInt64) throws {
        let storm = try Storm(seed: seed)
        try storm.run()
        try Invariants(of: storm.world).checkAll()
    }
}
