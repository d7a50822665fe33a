import ActionLedger
import Contracts
import Investigation
import Pipeline
import PipelineTesting
import Ports
import SimulatedConsole
import Testing

private let isolate = "agents/actions/disconnect"
private let release = "agents/actions/connect"

/// One run of chance: faults, restarts, aborts, orders and people, and then time without any of them.
private struct Storm {
    var all: Deployment
    var dice: SplitMix64
    var stops = 0

    init(seed: UInt64) throws {
        dice = SplitMix64(seed: seed)
        all = try Deployment { $0.limits.visibilityHorizon = .seconds(30) }
    }

    private mutating func chance(_ one: Int, in many: Int) -> Bool { Int.random(in: 0..<many, using: &dice) < one }

    mutating func rage() throws {
        for _ in 0..<24 {
            try strike()
            do {
                try all.perform(Int.random(in: 1...12, using: &dice), passing: .milliseconds(400))
            } catch let failure as LogFailure where failure.code == Mortality.killed.code {
                try all.restart()
            }
        }
    }

    private mutating func strike() throws {
        switch Int.random(in: 0..<10, using: &dice) {
        case 0, 1:
            // What a console answers after it has done something is never a no.
            let faults = [
                "lose-reply": [500], "lose-request": [500], "status": [401, 403, 429, 500, 502],
                "status-after-effect": [500, 502], "effect-late": [500],
            ]
            let kind = faults.keys.sorted().randomElement(using: &dice) ?? ""
            try all.bench.fault(
                kind, on: chance(2, in: 3) ? isolate : release,
                more: #","status":\#(faults[kind]?.randomElement(using: &dice) ?? 500),"delayMilliseconds":4000"#)
        case 2:
            let reads = ["user", "rbac/role", "agents", "threats", "activities"]
            try all.bench.fault(
                chance(1, in: 2) ? "lose-reply" : "status", on: reads.randomElement(using: &dice) ?? "user",
                times: Int.random(in: 1...3, using: &dice),
                more: #","status":\#([401, 403, 429, 500].randomElement(using: &dice) ?? 500)"#)
        case 3, 4: try all.restart(Mortality(atSeam: Int.random(in: 0..<40, using: &dice)))
        case 5:
            let abort = Int.random(in: 0..<6, using: &dice)
            try all.restart(plan: .init([abort: .abort, abort + 1: .abort]))
        case 6, 7: try approve()
        case 8: try order()
        default: try disturb()
        }
    }

    private mutating func approve() throws {
        for entry in try all.bench.ledger().entries.values where entry.state == .awaitingApproval {
            try all.bench.approve(entry, for: .seconds(chance(1, in: 3) ? 5 : 3_600))
        }
    }

    private mutating func order() throws {
        let entry = try all.action()
        switch Int.random(in: 0..<4, using: &dice) {
        case 0: try all.bench.order(.undo(entry.request.id, reason: "drill"))
        case 1:
            stops += 1
            try all.bench.stop("stop-\(stops)")
        case 2: try resume()
        default: all.bench.writer.secret = all.bench.console.successorToken
        }
    }

    private func resume() throws {
        for number in 1..<(stops + 1) {
            try all.bench.call(.resume(all.bench.sign(.resume(stop: "stop-\(number)", reason: "over"))))
        }
    }

    private mutating func disturb() throws {
        let endpoint = try all.action().request.target.endpoint
        switch Int.random(in: 0..<3, using: &dice) {
        case 0: try all.bench.control("POST", "/people", #"{"do":"isolate","agentId":"\#(endpoint)"}"#)
        case 1: try all.bench.control("POST", "/people", #"{"do":"release","agentId":"\#(endpoint)"}"#)
        default: try all.round(2)
        }
    }

    /// The faults end, the stops are lifted, whoever must approve does, and an hour goes by.
    mutating func calm() throws {
        try all.bench.control("DELETE", "/faults")
        try all.restart()
        try resume()
        for _ in 0..<6 {
            try approve()
            try all.perform(60, passing: .seconds(1))
        }
    }
}

@Suite("A storm of faults")
struct SeededTests {
    @Test("each action changes the console once at most, and everything ends", arguments: 0..<120 as Range<UInt64>)
    func storm(seed: UInt64) throws {
        var storm = try Storm(seed: seed)
        try storm.rage()
        try storm.calm()
        let bench = storm.all.bench
        let ledger = try bench.ledger()
        for (id, entry) in ledger.entries {
            // Overdue: a person released it before its endpoint had reported, and only a person can say what now.
            let isNamed = entry.state.isEnd || entry.isOverdue || entry.state == .held || entry.state == .done
            #expect(isNamed, "\(id) is \(entry.state.rawValue): \(entry.note)")
        }
        try expectAllowed(in: bench)
        for kind in ActionKind.allCases {
            let asked = ledger.entries.values.count { $0.request.kind == kind && $0.wasAccepted }
            let verb = kind == .isolate ? "disconnect" : "connect"
            let done = try bench.changes().count { $0.action == verb }
            #expect(done <= asked, "\(verb): \(done) changes for \(asked) actions that were accepted")
        }
        #expect(storm.all.memory == ledger, "a replay gives the same state")
        try expectNoSecret(in: bench)
    }

    /// At each attempt: approved where that was needed, no other attempt open there, no stop in force.
    private func expectAllowed(in bench: Bench) throws {
        var ledger = ConsoleLedger()
        for record in try bench.records(bench.catalogue.actionsLedger.name) {
            let event = try bench.catalogue.actionsLedger.message(in: record)
            if case .action(let id, .attempted(_, let at, _, let gates)) = event {
                let entry = try #require(ledger.entries[id])
                #expect(entry.isApproved(at: at) && gates.allSatisfy(\.isOpen), "\(id)")
                #expect(!ledger.entries.values.contains { $0.state.isOpenAttempt }, "\(id)")
                #expect(ledger.activeStops.isEmpty || entry.request.kind.isRelease, "\(id)")
            }
            ledger.apply(event)
        }
    }

    private func expectNoSecret(in bench: Bench) throws {
        let tokens = [bench.console.viewerToken, bench.console.responderToken, bench.console.successorToken]
        for declaration in bench.catalogue.declarations {
            for record in try bench.records(declaration.name) {
                var text = (record.value?.text ?? "") + (record.key?.text ?? "")
                record.headers.forEach { _, value in text += String(decoding: Array(value), as: UTF8.self) }
                for token in tokens { #expect(!text.contains(token.reveal()), "\(declaration.name)") }
            }
        }
    }
}
