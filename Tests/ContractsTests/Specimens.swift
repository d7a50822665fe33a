import ActionLedger
import Contracts
import Investigation
import Pipeline
import Playbook
import Ports

/// One message of every kind there is, composed. The first of each type is its sample.
enum Specimens {
    static let catalogue = Catalogue(deployment: "sample")
    static let at = Timestamp(microseconds: 1_795_169_731_804_411)
    static let later = at + .milliseconds(1_250)
    static let trace = "00-7a1d0c52e94b4f0e8c3b6d2f51a90e77-3e0b9c7d15f2a648-01"
    static let threatEvent = "eu1/threats/3100000000000000107/2026-11-20T10:15:31.804411Z"
    static let agentEvent = "eu1/agents/2190000000000000041/3"
    static let plan = "6b1f0c7e52a94d38e0c1b7a6f5d4938271605f4e3d2c1b0a99887766554433ff"
    static let order = "0d9c8b7a69584736251403f2e1d0cfbeadbc9a8b7c6d5e4f3a2b1c0d9e8f7a61"
    static let signature =
        "c2FtcGxlLXNpZ25hdHVyZS1vZi1zaXh0eS1mb3VyLWJ5dGVzLXRoYXQtbm9ib2R5LW1hZGUtd2l0aC1hLWtleSE="

    static let caseID = CaseID("eu1.3100000000000000107")
    static let action = ActionID(
        case: caseID, generation: 1, playbook: "contain@3f9c1a7e", step: "isolate", occurrence: 1,
        target: "2190000000000000041")
    static let manual = ActionID(order: order, step: "release", target: "2190000000000000041")

    static func console() throws(Missing) -> ConsoleID { try found(ConsoleID("eu1")) }
    static func subject() throws(Missing) -> Subject { Subject(console: try console(), .agent, "2190000000000000041") }

    struct Missing: Error {}
    static func found<T>(_ value: T?) throws(Missing) -> T {
        guard let value else { throw Missing() }
        return value
    }

    static let endpoint = EndpointFacts(
        id: "2190000000000000041", uuid: "5f3ce0b29a174d06b1e88a4c7d20f913", name: "FIN-LAPTOP-07",
        site: "1880000000000000009", siteName: "Harbour", osType: "windows", machineType: "laptop")

    static let threat = ThreatFacts(
        id: "3100000000000000107", name: "invoice_0419.exe", classification: "Malware", confidence: "malicious",
        analystVerdict: "undefined", incidentStatus: "unresolved", mitigationStatus: "not_mitigated",
        hashVerdict: "black", contentHash: "b0c6d8a13f5e47922c01ab7788d94e6f35a1c2d0", storyline: "A41C77E0D2B95F36",
        filePath: #"\Device\HarddiskVolume3\Users\m.okafor\Downloads\invoice_0419.exe"#, signed: false, indicators: 3,
        createdAt: at - .seconds(2), updatedAt: at)

    static let evidence = Evidence(
        kind: "hash-known-bad", threat: threat.id, weight: 3,
        sentence: "the file's hash is known as malicious in the cloud",
        provenance: Provenance(event: threatEvent, field: "threatInfo.cloudFilesHashVerdict"))

    static let caseEvents: [Investigation.Event] =
        [
            .opened(generation: 1, at: at, because: threatEvent), .endpointJoined(endpoint),
            .threatObserved(threat, event: threatEvent), .evidenceAdded(evidence),
            .evidenceWithdrawn(kind: "engine-suspicious", threat: threat.id),
            .verdictReached(
                .malicious,
                because: ["SentinelOne's engines are confident that it is malicious", evidence.sentence]),
            .actionNoted(action.rawValue, state: LedgerEntry.State.awaitingApproval.rawValue),
            .closed(because: "resolved at SentinelOne"),
        ] + Verdict.allCases.map { .verdictReached($0, because: []) }

    static func cases() throws -> [CaseRecord] {
        let full = CaseSummary(
            id: caseID, subject: try subject(), status: .open, generation: 1, verdict: .malicious, endpoint: endpoint,
            threats: [threat.id])
        let closed = CaseSummary(
            id: caseID, subject: try subject(), status: .closed, generation: 2, verdict: .benign, endpoint: endpoint,
            threats: [threat.id, "3100000000000000112"])
        let bare = CaseSummary(
            id: caseID, subject: try subject(), status: .open, generation: 1, verdict: nil,
            endpoint: nil, threats: [])
        return caseEvents.map { event in
            switch event {
            case .opened: CaseRecord(event, summary: bare)
            case .closed: CaseRecord(event, summary: closed)
            case .endpointJoined, .threatObserved, .evidenceAdded, .evidenceWithdrawn, .verdictReached, .actionNoted:
                CaseRecord(event, summary: full)
            }
        }
    }

    static let runs: [RunRecord] =
        ([
            .planned(under: "contain@3f9c1a7e"), .actionAsked(action),
            .withdrawalAsked(action, reason: "the case was closed"), .actionSettled(action, state: .confirmed),
            .ended(reason: "every action has ended"),
        ] + LedgerEntry.State.allCases.map { Run.Event.actionSettled(action, state: $0) })
        .map { RunRecord(run: Run.ID(case: caseID, generation: 1), event: $0) }

    static func request() throws -> ActionRequest {
        ActionRequest(
            id: action, kind: .isolate, console: try console(), subject: try subject(), target: target,
            origin: .playbook("contain@3f9c1a7e", case: caseID, generation: 1, threats: [threat.id]),
            reason: "case \(caseID) is malicious", needsApproval: true, requestedAt: later)
    }

    static let target = ActionTarget(
        endpoint: endpoint.id, uuid: endpoint.uuid, site: endpoint.site, name: endpoint.name)

    static func release(undoing: ActionID?) throws -> ActionRequest {
        ActionRequest(
            id: manual, kind: .release, console: try console(), subject: try subject(), target: target,
            origin: .order(order, by: "amara", undoing: undoing), reason: "reimaged; back to work",
            needsApproval: false, requestedAt: later)
    }

    static let gates = Gate.allCases.map { GateAnswer($0, isOpen: $0 != .dryRun, reason: "said \($0.rawValue)") }
    static let receipt = "activity 61 of 2026-11-20T10:21:07.118020Z"

    static let outcomes: [ActionOutcome] = [
        .done(receipt: receipt), .refused(code: "http-400"), .notApplied(code: "absent-beyond-horizon"),
        .notStarted(code: "connect-refused"), .held(code: "http-403"), .unknown(code: "timed-out"),
    ]

    static func ledgerEvents() throws -> [LedgerEvent] {
        [
            .requested(try request(), plan: plan),
            .approved(by: "amara", order: order, until: later + .seconds(3_600)),
            .rejected(by: "amara", order: order, reason: "a test machine"), .approvalLapsed(at: later),
            .held(gate: .killSwitch, reason: "stopped by jonas: change window (stop-20261120-1)"),
            .attempted(number: 1, at: later, user: "svc-docket", gates: gates),
        ] + outcomes.map { .outcome(number: 1, $0, at: later) } + [
            .absenceSeen(number: 1, at: later), .confirmed(receipt: receipt, at: later),
            .failed(receipt: "activity 2010 of 2026-11-20T10:22:41.000007Z", at: later), .overdue(at: later),
            .alreadySo(at: later), .superseded(by: manual.rawValue, at: later),
            .rehearsed(closed: [GateAnswer(.approval, isOpen: false, reason: "nobody has approved it")], at: later),
            .rehearsed(closed: [], at: later), .gaveUp(reason: "not applied after 3 attempts", at: later),
            .withdrawn(reason: "the case was closed"), .requested(try release(undoing: action), plan: plan),
            .requested(try release(undoing: nil), plan: plan),
        ] + Gate.allCases.map { .held(gate: $0, reason: "") }
    }

    static func ledger() throws -> [ConsoleLedgerEvent] {
        try ledgerEvents().map { .action(action, $0) } + [
            .stopSeen(try stop()), .stopSeen(try stop(everywhere: true)),
            .stopLifted("stop-20261120-1", by: "amara", order: order),
            .orderRefused(order: order, by: "jonas", reason: "expired at \(later)"),
        ]
    }

    static func stop(everywhere: Bool = false) throws -> Stop {
        Stop(
            id: "stop-20261120-1", console: everywhere ? nil : try console(), by: "jonas", reason: "change window",
            at: at)
    }

    static func signed(_ demand: Order.Demand) throws -> SignedOrder {
        SignedOrder(
            Order(
                demand, deployment: "sample", console: try console(), by: "amara", at: at, until: at + .seconds(3_600)),
            signature: signature)
    }

    static let demands: [Order.Demand] = [
        .approve(action, plan: plan), .reject(action, reason: "a test machine"),
        .undo(action, reason: "reimaged; back to work"), .resume(stop: "stop-20261120-1", reason: "window is over"),
        .sync(stream: "agents"), .reconcile(stream: nil),
    ]

    static func wishes() throws -> [ActionWish] {
        [
            .requested(try request()), .withdrawn(action, console: try console(), reason: "the case was closed"),
            .requested(try release(undoing: action)), .requested(try release(undoing: nil)),
        ]
    }

    static func settled() throws -> [ActionSettled] {
        let first = ActionSettled(
            action: action, caseID: caseID, subject: try subject(), kind: .isolate, state: .confirmed,
            note: "confirmed by SentinelOne: \(receipt)")
        var all = [first]
        for state in LedgerEntry.State.allCases {
            for kind in ActionKind.allCases {
                all.append(
                    ActionSettled(
                        action: manual, caseID: nil, subject: try subject(), kind: kind, state: state, note: ""))
            }
        }
        return all
    }

    static func controls() throws -> [Control] {
        [.stop(try stop()), .resume(try signed(demands[3])), .stop(try stop(everywhere: true))]
    }

    static func feed() throws -> [FeedEntry] {
        let console = try console()
        var position = FeedPosition(origin: at - .seconds(86_400), watermark: at)
        let first = FeedEntry(console, .threats, .position(position))
        position.caughtUp = at - .seconds(86_000)
        position.snapshot = at - .seconds(3_600)
        position.reconciled = at - .seconds(1_800)
        position.syncWanted = at - .seconds(60)
        position.reconciliationWanted = at - .seconds(30)
        position.synced = at - .seconds(50)
        position.heard = [at - .seconds(7_200), at - .seconds(600)]
        return [
            FeedEntry(console, .agents, .position(position)), first,
            FeedEntry(
                console, .threats,
                .seen(
                    12,
                    [
                        .init(name: "\(threat.id)@\(at)", until: at),
                        .init(name: endpoint.id, ordinal: 3, digest: 0x5be1_c07a_99d3_f264, until: nil),
                    ])),
            FeedEntry(console, .threats, .seen(13, [.init(name: "unreadable-7f", ordinal: 0, until: at)])),
            FeedEntry(console, .threats, .published(4, [3_100_000_000_000_000_107, .max])),
            FeedEntry(
                console, .activities,
                .tally(
                    day: at.startOfDay,
                    [HourTally(hour: at.startOfHour, count: 1_204, digest: 0xf31b_2c4d_5e6f_7081)])),
            FeedEntry(
                console, .threats,
                .reconciled(
                    FeedReconciliation(
                        at: at, from: at.startOfDay, to: at.startOfHour, counted: 1_002, shown: 999, differing: 1,
                        repaired: 1, open: 2, gone: 0))),
            FeedEntry(console, FeedAnswer(order: order, .sync, of: "agents", by: "amara", at: at)),
            FeedEntry(
                console,
                FeedAnswer(
                    order: order, .reconcile, of: nil, by: "eve", at: at,
                    refusal: "the signature is not one of an approver named eve")),
        ] + (try statuses().map { FeedEntry($0) })
    }

    static func statuses() throws -> [ConsoleStatus] {
        var working = ConsoleStatus(try console(), at: at)
        working.token.fingerprint = "9f2c41d07be3a865"
        working.token.user = "7310000000000000702"
        working.token.name = "svc-docket-reader"
        working.token.kind = "serviceUser"
        working.token.roles = ["Viewer"]
        working.token.scope = "site"
        working.token.places = ["Harbour"]
        working.token.permissions = "0b7d93e2a1c4f586"
        working.token.expiresAt = at + .seconds(6 * 86_400)
        working.token.expiryFrom = "console"
        working.token.warned = 7
        working.state = .working
        working.streams = [
            .init("threats"),
            .init(
                "alerts",
                off: .init(
                    kind: "licence", reason: "console eu1 answered 403: Feature is not available for the scope",
                    since: at,
                    triedAgainAt: later)),
        ]
        working.clockOffset = .init(milliseconds: -1_250, uncertaintyMilliseconds: 550)
        working.gaps = [.init(stream: "threats", open: 1, repaired: 12)]
        var failed = ConsoleStatus(try console(), at: later)
        failed.token.fingerprint = "9f2c41d07be3a865"
        failed.state = .failed(
            .init(
                since: at, reason: "console eu1 answered 401: Authentication Failed", remedy: "make a new token",
                triedAgainAt: later, stream: "threats"))
        return [working, failed, ConsoleStatus(try console(), at: at)]
    }

    static let rawThreat = Bytes(
        #"{"id":"3100000000000000107","agentRealtimeInfo":{"agentId":"2190000000000000041"},"#
            + #""threatInfo":{"threatName":"invoice_0419.exe","updatedAt":"2026-11-20T10:15:31.804411Z","#
            + #""confidenceLevel":"malicious","note":"caf\u00e9 / \"B\""},"indicators":[]}"#)
    static let rawAlert = Bytes(
        #"{"alertInfo":{"alertId":"2600000000000000077","createdAt":"2026-11-20T10:15:31.804411Z","#
            + #""incidentStatus":"Unresolved"},"ruleInfo":{"name":"Encoded PowerShell"}}"#)
    static let rawActivity = Bytes(
        #"{"id":"1500000000000000009","activityType":19,"agentId":"2190000000000000041","#
            + #""createdAt":"2026-11-20T10:15:31.804411Z"}"#)
    static let rawGroup = Bytes(
        #"{"id":"1770000000000000003","name":"Laptops","registrationToken":"****************","#
            + #""updatedAt":"2026-11-20T10:15:31.804411Z"}"#)
    static let rawAgent = Bytes(
        #"{"id":"2190000000000000041","computerName":"FIN-LAPTOP-07","networkStatus":"connected","cpuCount":8}"#)

    static func observed(
        _ raw: Bytes, id: String, version: String, event: String, labels: [String: String] = [:], tenant: String? = nil
    ) throws -> ObservedRecord {
        ObservedRecord(
            console: try console(), subject: try subject(), id: id, version: version, at: at, raw: raw, event: event,
            trace: trace, labels: labels, tenant: tenant)
    }

    static func enriched() throws -> [EnrichedThreat] {
        [
            EnrichedThreat(
                subject: try subject(), threat: rawThreat, threatEvent: threatEvent, endpoint: rawAgent,
                endpointEvent: agentEvent),
            EnrichedThreat(
                subject: try subject(), threat: rawThreat, threatEvent: threatEvent, endpoint: nil, endpointEvent: nil),
        ]
    }
}
