import ActionLedger
import Investigation
import Ports
import Samples
import Testing

@Suite("Gates")
struct GatesTests {
    /// A world in which every gate is open, to be broken in one place.
    struct World: Sendable {
        var request = Samples.request()
        var facts = Samples.openFacts()
        var limits = LedgerLimits()
        var now = Samples.now
        var events: [ConsoleLedgerEvent] = []

        var ledger: ConsoleLedger {
            var ledger = Samples.ledger(request)
            for event in events { ledger.apply(event) }
            return ledger
        }

        var closed: [GateAnswer] {
            guard let entry = ledger.entries[request.id] else { return [] }
            return ledger.gates(for: entry, facts: facts, limits: limits, at: now).filter { !$0.isOpen }
        }

        var move: NextMove { ledger.nextMove(for: request.id, facts: facts, limits: limits, at: now) }

        mutating func approve(until: Timestamp) {
            request = Samples.request(needsApproval: true)
            events = [.action(request.id, .approved(by: "ada", order: "o", until: until))]
        }

        mutating func read(_ threat: ThreatFacts) {
            facts.threats = Observed([Samples.threatID: threat], at: now)
        }

        mutating func see(_ summary: CaseSummary) { facts.caseSummary = Observed(summary, at: now) }

        mutating func find(_ target: TargetFacts?) { facts.target = Observed(target, at: now) }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let gate: Gate
        let reason: String
        let change: @Sendable (inout World) -> Void

        var testDescription: String { "\(gate.rawValue): \(reason)" }
        var world: World {
            var world = World()
            change(&world)
            return world
        }

        init(_ gate: Gate, _ reason: String, _ change: @escaping @Sendable (inout World) -> Void) {
            self.gate = gate
            self.reason = reason
            self.change = change
        }
    }

    static let role = [
        Row(.role, "the token's role is not known") { $0.facts.role = nil },
        Row(.role, "the token expired") {
            $0.facts.role = Observed(Samples.role(expiresAt: Samples.now), at: Samples.now)
        },
        Row(.role, "the role lacks Endpoints.disconnectFromNetwork") {
            $0.facts.role = Observed(
                Samples.role(permissions: ["Activity Page.view", "Endpoints.view"]), at: Samples.now)
        },
        Row(.role, "the role lacks Activity Page.view") {
            $0.facts.role = Observed(
                Samples.role(permissions: ["Endpoints.disconnectFromNetwork", "Endpoints.view"]), at: Samples.now)
        },
        Row(.role, "outside the token's scope") {
            $0.facts.role = Observed(Samples.role(sites: ["s-2"]), at: Samples.now)
        },
    ]

    static let target = [
        Row(.target, "was not read just now") { $0.facts.target = nil },
        Row(.target, "the console does not know the endpoint") { $0.find(nil) },
        Row(.target, "the console does not know the endpoint") { $0.find(Samples.targetFacts(endpoint: "1")) },
        Row(.target, "decommissioned") { $0.find(Samples.targetFacts(isDecommissioned: true)) },
        Row(.target, "the endpoint's uuid is other") { $0.find(Samples.targetFacts(uuid: "other")) },
        Row(.target, "moved to site s-2") { $0.find(Samples.targetFacts(site: "s-2")) },
        Row(.target, "planned without a uuid") {
            $0.request = Samples.request(target: Samples.target(Samples.endpoint(uuid: "")))
            $0.find(Samples.targetFacts(uuid: ""))
        },
        Row(.target, "the plan is about") {
            $0.request = Samples.request(target: Samples.target(Samples.endpoint(id: "1")))
            $0.find(Samples.targetFacts(endpoint: "1"))
        },
    ]

    static let wanted = [
        Row(.wanted, "the case was not read") { $0.facts.caseSummary = nil },
        Row(.wanted, "is not known") { $0.facts.caseSummary = Observed(nil, at: Samples.now) },
        Row(.wanted, "the case is closed") { $0.see(Samples.summary(status: .closed)) },
        Row(.wanted, "the case is about eu1/agent/1") {
            $0.see(Samples.summary(subject: Samples.subject("1")))
        },
        Row(.wanted, "at generation 2") { $0.see(Samples.summary(generation: 2)) },
        Row(.wanted, "the verdict is suspicious") { $0.see(Samples.summary(verdict: .suspicious)) },
        Row(.wanted, "the verdict is open") { $0.see(Samples.summary(verdict: nil)) },
        Row(.wanted, "the threats were not read just now") { $0.facts.threats = nil },
        Row(.wanted, "no threat of the case calls for it") { $0.facts.threats = Observed([:], at: Samples.now) },
        Row(.wanted, "no threat of the case calls for it") { $0.read(Samples.threat(incidentStatus: "resolved")) },
        Row(.wanted, "no threat of the case calls for it") {
            $0.read(Samples.threat(analystVerdict: "false_positive"))
        },
        Row(.wanted, "no threat of the case calls for it") {
            var benign = Samples.threat()
            benign.mitigationStatus = "marked_as_benign"
            $0.read(benign)
        },
        Row(.wanted, "no threat of the case calls for it") {
            // The malicious threat was resolved; the other one is open and no more than suspicious.
            $0.request = Samples.request(threats: [Samples.threatID, "2"])
            $0.facts.threats = Observed(
                [
                    Samples.threatID: Samples.threat(incidentStatus: "resolved"),
                    "2": Samples.threat(id: "2", hashVerdict: ""),
                ], at: Samples.now)
        },
        Row(.wanted, "who acted last on the endpoint was not read") {
            $0.request = Samples.manualRequest(.release, undoing: Samples.actionID())
            $0.facts.lastOrder = nil
        },
    ]

    static let others = [
        Row(.approval, "nobody has approved it") { $0.request = Samples.request(needsApproval: true) },
        Row(.approval, "the approval expired") { $0.approve(until: Samples.now) },
        Row(.killSwitch, "the stops were not read") { $0.facts.controlsReadAt = nil },
        Row(.killSwitch, "stopped by grace: drill") { $0.events = [.stopSeen(Samples.stop())] },
        Row(.killSwitch, "stopped by grace: drill") {
            $0.events = [.stopSeen(Samples.stop(console: Samples.console()))]
        },
        Row(.killSwitch, "stopped by grace: drill (stop-2)") {
            $0.events = [
                .stopSeen(Samples.stop()), .stopSeen(Samples.stop("stop-2")),
                .stopLifted("stop-1", by: "ada", order: "o"),
            ]
        },
        Row(.killSwitch, "stopped by grace") {
            $0.request = Samples.manualRequest(.isolate)
            $0.events = [.stopSeen(Samples.stop())]
        },
        Row(.clock, "was not compared") { $0.facts.clockOffset = nil },
        Row(.clock, "off the console's") { $0.facts.clockOffset = Observed(.seconds(61), at: Samples.now) },
        Row(.clock, "off the console's") { $0.facts.clockOffset = Observed(.seconds(-61), at: Samples.now) },
        Row(.clock, "behind the ledger's last attempt") {
            let other = Samples.request(occurrence: 2)
            $0.events = [
                .action(other.id, .requested(other, plan: "p")),
                .action(other.id, Samples.attempted(at: Samples.now + .seconds(1))),
                .action(other.id, .outcome(number: 1, .refused(code: "400"), at: Samples.now)),
            ]
        },
        Row(.dryRun, "dry run is on") { $0.facts.isDryRun = true },
    ]

    @Test("every gate is open when all is known, fresh and as planned")
    func open() {
        #expect(World().closed.isEmpty)
        guard case .attempt(1, let answers) = World().move else {
            Issue.record("\(World().move)")
            return
        }
        #expect(answers.map(\.gate) == Gate.allCases)
    }

    @Test("a gate closes alone, says why, and nothing is attempted", arguments: role + target + wanted + others)
    func closes(row: Row) {
        #expect(row.world.closed.map(\.gate) == [row.gate])
        #expect(row.world.closed.first?.reason.contains(row.reason) == true, "\(row.world.closed)")
        #expect(!row.world.move.isAttempt)
    }

    @Test("every gate is asked again before a second attempt", arguments: role + target + wanted + others)
    func closesAgain(row: Row) {
        var world = row.world
        let late = Samples.now + .zero
        world.events += [
            .action(world.request.id, Samples.attempted(at: late - .seconds(900))),
            .action(world.request.id, .outcome(number: 1, .notApplied(code: "absent"), at: late)),
        ]
        #expect(world.closed.map(\.gate) == [row.gate])
        #expect(!world.move.isAttempt)
    }

    @Test("no refusal of one gate hides another gate's answer")
    func allAnswer() {
        let ledger = Samples.ledger(Samples.request(needsApproval: true))
        guard let entry = ledger.entries[Samples.actionID()] else { return }
        let answers = ledger.gates(for: entry, facts: GateFacts(), limits: LedgerLimits(), at: Samples.now)
        #expect(answers.map(\.gate) == Gate.allCases)
        #expect(answers.allSatisfy { !$0.isOpen && !$0.reason.isEmpty })
    }

    enum Fact: String, Sendable, CaseIterable { case role, target, threats, caseSummary, controls, clock, lastOrder }
    enum Age: String, Sendable, CaseIterable { case missing, stale, future }

    @Test(
        "a fact that is missing, stale or from the future keeps its gate shut", arguments: Fact.allCases, Age.allCases)
    func failsClosed(fact: Fact, age: Age) {
        var world = World()
        let limits = world.limits
        func at(_ allowed: Duration) -> Timestamp? {
            switch age {
            case .missing: nil
            case .stale: Samples.now - allowed - .microseconds(1)
            case .future: Samples.now + .microseconds(1)
            }
        }
        func moved<Value>(_ fact: Observed<Value>?, _ allowed: Duration) -> Observed<Value>? {
            guard let at = at(allowed), let fact else { return nil }
            return Observed(fact.value, at: at)
        }
        let gate: Gate
        switch fact {
        case .role: (gate, world.facts.role) = (.role, moved(world.facts.role, limits.roleAge))
        case .target: (gate, world.facts.target) = (.target, moved(world.facts.target, limits.lookAge))
        case .threats: (gate, world.facts.threats) = (.wanted, moved(world.facts.threats, limits.lookAge))
        case .caseSummary: (gate, world.facts.caseSummary) = (.wanted, moved(world.facts.caseSummary, limits.caseAge))
        case .controls: (gate, world.facts.controlsReadAt) = (.killSwitch, at(limits.controlsAge))
        case .clock: (gate, world.facts.clockOffset) = (.clock, moved(world.facts.clockOffset, limits.lookAge))
        case .lastOrder:
            world.request = Samples.manualRequest(.release, undoing: Samples.actionID())
            (gate, world.facts.lastOrder) = (.wanted, moved(world.facts.lastOrder, limits.lookAge))
        }
        #expect(world.closed.map(\.gate) == [gate])
        #expect(!world.move.isAttempt)
    }

    @Test("a stop holds everything but releases that a person signed")
    func signedReleaseIsExempt() {
        var world = World()
        world.request = Samples.manualRequest(.release)
        world.facts = Samples.openFacts(networkStatus: "disconnected")
        world.facts.controlsReadAt = nil
        world.events = [.stopSeen(Samples.stop())]
        #expect(world.move.isAttempt)
        world.request = Samples.request(.release)
        #expect(!world.move.isAttempt, "a playbook's release is not exempt")
    }

    @Test("a stop of another console holds nothing here")
    func otherConsolesStop() {
        var world = World()
        world.events = [.stopSeen(Samples.stop(console: Samples.console("us1")))]
        #expect(world.move.isAttempt)
    }

    @Test("a lifted stop stays lifted when it is read again, and a new one under its name stands")
    func stopReadAgain() {
        var world = World()
        world.events = [
            .stopSeen(Samples.stop()), .stopLifted("stop-1", by: "ada", order: "o"), .stopSeen(Samples.stop()),
        ]
        #expect(world.move.isAttempt)
        world.events.append(.stopSeen(Samples.stop(at: Samples.now + .seconds(1))))
        #expect(!world.move.isAttempt)
    }

    @Test("an answer that stays the same has the same words, however the clock drifts")
    func steadyWords() {
        let reasons = [61, 62, -75].map { seconds in
            var world = World()
            world.facts.clockOffset = Observed(.milliseconds(seconds * 1_001), at: Samples.now)
            return world.closed.map(\.reason)
        }
        #expect(Set(reasons).count == 1)
    }

    @Test("an approval opens its gate until it expires")
    func approved() {
        var world = World()
        world.approve(until: Samples.now + .seconds(1))
        #expect(world.move.isAttempt)
    }
}

extension NextMove {
    var isAttempt: Bool { if case .attempt = self { true } else { false } }
}
