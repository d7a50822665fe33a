import ActionLedger
import Contracts
import Crypto
import Investigation
import Operator
import Pipeline
import Ports
import Samples

/// Journals composed by hand, written and read through the real catalogue.
struct Scene {
    static let deployment = Samples.deployment
    static let seed = [UInt8](repeating: 7, count: 32)

    let catalogue = Catalogue(deployment: Scene.deployment)
    private(set) var desk: Desk
    private var ordinal = 0
    private var now = Samples.now

    init() { desk = Desk(catalogue) }

    mutating func pass(_ time: Duration) { now = now + time }

    mutating func tell(_ event: ConsoleLedgerEvent, console: ConsoleID = Samples.console()) throws {
        var record = catalogue.actionsLedger.record(event, following: cause())
        record.key = Bytes(console.rawValue)
        try fold(record)
    }

    mutating func tell(_ events: LedgerEvent..., of id: ActionID = Samples.actionID()) throws {
        for event in events { try tell(.action(id, event)) }
    }

    mutating func tell(_ stop: Stop) throws { try fold(catalogue.controls.record(.stop(stop), following: cause())) }

    /// Lets investigate look at one version of a threat, and journals what it makes of it.
    mutating func observe(
        _ threat: ThreatFacts = Samples.threat(contentHash: "b0c6d8a13f5e47922c01ab7788d94e6f35a1c2d0"),
        endpoint: EndpointFacts? = Samples.endpoint(), of id: CaseID = Samples.caseID
    ) throws {
        let known = desk.cases[id]?.investigation ?? Investigation()
        try tell(
            known.decide(.observe(threat, endpoint: endpoint, event: "eu1/threats/\(threat.id)/1", at: now)), of: id)
    }

    mutating func note(_ state: String, of action: ActionID = Samples.actionID(), in id: CaseID = Samples.caseID) throws
    {
        let known = desk.cases[id]?.investigation ?? Investigation()
        try tell(known.decide(.noteAction(action.rawValue, state: state)), of: id)
    }

    private mutating func tell(_ events: [Investigation.Event], of id: CaseID) throws {
        var after = desk.cases[id]?.investigation ?? Investigation()
        for event in events {
            after.apply(event)
            let summary = CaseSummary(of: after, id: id, subject: Samples.subject())
            try fold(catalogue.investigations.record(CaseRecord(event, summary: summary), following: cause()))
        }
    }

    /// A request as the ledger records it, under the hash of its plan.
    mutating func request(_ request: ActionRequest = Samples.request(needsApproval: true)) throws {
        let plan = SHA256(of: request.plan(deployment: Self.deployment)).hex
        try tell(.action(request.id, .requested(request, plan: plan)))
    }

    private mutating func cause() -> Cause {
        ordinal += 1
        return Cause(id: "event-\(ordinal)", at: now)
    }

    private mutating func fold(_ record: OutgoingRecord) throws {
        try desk.fold(
            IncomingRecord(
                partition: Partition(record.topic, 0), offset: Offset(Int64(ordinal)), key: record.key,
                value: record.value, headers: record.headers, timestamp: now))
    }
}

extension Scene {
    static func key() throws -> SigningKey { try SigningKey(seed: seed) }

    static func context() throws -> OrderContext {
        let key = try key().verifyingKey
        return OrderContext(deployment: deployment, hash: { SHA256(of: $0).hex }) { text, signature, by in
            by == "ada" && (try? key.verifies(Signature(signature), of: Bytes(text))) == true
        }
    }

    func form(deployment: String = Scene.deployment, by: String = "ada") throws -> OrderForm {
        OrderForm(desk, deployment: deployment, key: try Self.key(), by: by, at: Samples.now)
    }

    /// One case with an action that waits.
    static func waiting() throws -> Scene {
        var scene = Scene()
        try scene.observe()
        scene.pass(.seconds(2))
        try scene.request()
        try scene.note("awaitingApproval")
        return scene
    }

    /// The same, approved and confirmed.
    static func confirmed() throws -> Scene {
        var scene = try waiting()
        scene.pass(.seconds(30))
        try scene.tell(
            .approved(by: "ada", order: "0d9c8b7a", until: Samples.now + .seconds(3_600)),
            .attempted(
                number: 1, at: Samples.now + .seconds(33), user: Samples.ourUser,
                gates: Gate.allCases.map { GateAnswer($0, isOpen: true, reason: "\($0.rawValue) is fine") }))
        scene.pass(.seconds(4))
        try scene.tell(
            .outcome(number: 1, .done(receipt: "activity 61"), at: Samples.now + .seconds(36)),
            .confirmed(receipt: "activity 1001", at: Samples.now + .seconds(36)))
        try scene.note("confirmed")
        return scene
    }

    /// The same, held by a stop; a forged order was refused, and a second case was closed.
    static func held() throws -> Scene {
        var scene = try waiting()
        let stop = Stop(
            id: "stop-all-1795000000", console: nil, by: "grace", reason: "change freeze", at: Samples.now)
        try scene.tell(stop)
        try scene.tell(.stopSeen(stop))
        try scene.tell(
            .approved(by: "ada", order: "0d9c8b7a", until: Samples.now + .seconds(3_600)),
            .held(gate: .killSwitch, reason: "stopped by grace: change freeze"))
        try scene.tell(
            .orderRefused(order: "f0f0", by: "eve", reason: "the signature is not one of an approver named eve"))
        let other = CaseID("eu1.2190000000000009777")
        try scene.observe(Samples.threat(id: "2190000000000009777", hashVerdict: ""), endpoint: nil, of: other)
        try scene.observe(
            Samples.threat(id: "2190000000000009777", analystVerdict: "false_positive", hashVerdict: ""),
            endpoint: nil, of: other)
        return scene
    }
}
