package import ActionLedger
package import Investigation
package import Playbook
package import Ports

/// Canonical examples of everything the domain speaks of. Each builder gives the plain case; a test names only what
/// differs in it.
package enum Samples {
    package static let now = Timestamp(microseconds: 1_795_000_000_000_000)
    package static let deployment = "docket-tests"
    package static let endpointID = "2190000000000000041"
    package static let threatID = "2190000000000009041"
    package static let ourUser = "2190000000000000007"
    package static let approver = "ada"

    package static func console(_ name: String = "eu1") -> ConsoleID {
        guard let id = ConsoleID(name) else { preconditionFailure("\(name) is no console id") }
        return id
    }

    package static func subject(_ endpoint: String = endpointID) -> Subject {
        Subject(console: console(), .agent, endpoint)
    }

    package static var caseID: CaseID { CaseID(console: console(), first: threatID) }

    package static func endpoint(id: String = endpointID, uuid: String = "7f1c-41", site: String = "s-1")
        -> EndpointFacts
    {
        EndpointFacts(
            id: id, uuid: uuid, name: "LAB-041", site: site, siteName: "Lab", osType: "windows", machineType: "desktop")
    }

    /// Unresolved, and malicious by two kinds of evidence.
    package static func threat(
        id: String = threatID, confidence: String = "malicious", analystVerdict: String = "undefined",
        incidentStatus: String = "unresolved", hashVerdict: String = "black", storyline: String = "story-1",
        contentHash: String = "", updatedAt: Timestamp = now
    ) -> ThreatFacts {
        ThreatFacts(
            id: id, name: "payload.exe", classification: "Malware", confidence: confidence,
            analystVerdict: analystVerdict, incidentStatus: incidentStatus, mitigationStatus: "not_mitigated",
            hashVerdict: hashVerdict, contentHash: contentHash, storyline: storyline, filePath: "C:\\payload.exe",
            createdAt: now - .seconds(60), updatedAt: updatedAt)
    }

    /// A threat that no rule says anything about.
    package static func silentThreat(id: String, storyline: String = "story-1") -> ThreatFacts {
        threat(id: id, confidence: "", hashVerdict: "", storyline: storyline)
    }

    package static func summary(
        status: Investigation.Status = .open, generation: Int = 1, verdict: Verdict? = .malicious,
        endpoint: EndpointFacts? = endpoint(), threats: [String] = [threatID], subject: Subject = subject()
    ) -> CaseSummary {
        CaseSummary(
            id: caseID, subject: subject, status: status, generation: generation, verdict: verdict,
            endpoint: endpoint, threats: threats)
    }
}

extension Samples {
    package static func actionID(_ kind: ActionKind = .isolate, generation: Int = 1, occurrence: Int = 1) -> ActionID {
        ActionID(
            case: caseID, generation: generation, playbook: "contain@3f9c", step: kind.rawValue,
            occurrence: occurrence, target: endpointID)
    }

    package static func target(_ endpoint: EndpointFacts = endpoint()) -> ActionTarget {
        ActionTarget(endpoint: endpoint.id, uuid: endpoint.uuid, site: endpoint.site, name: endpoint.name)
    }

    /// The wish of a playbook.
    package static func request(
        _ kind: ActionKind = .isolate, generation: Int = 1, occurrence: Int = 1, target: ActionTarget = target(),
        threats: [String] = [threatID], reason: String = "the case is malicious", needsApproval: Bool = false,
        requestedAt: Timestamp = now, subject: Subject = subject()
    ) -> ActionRequest {
        ActionRequest(
            id: actionID(kind, generation: generation, occurrence: occurrence), kind: kind, console: console(),
            subject: subject, target: target,
            origin: .playbook("contain@3f9c", case: caseID, generation: generation, threats: threats),
            reason: reason, needsApproval: needsApproval, requestedAt: requestedAt)
    }

    /// The wish of a person, as a signed order leaves it.
    package static func manualRequest(
        _ kind: ActionKind, order: String = "f00d", by: String = approver, undoing: ActionID? = nil,
        needsApproval: Bool = false
    ) -> ActionRequest {
        ActionRequest(
            id: ActionID(order: order, step: kind.rawValue, target: endpointID), kind: kind, console: console(),
            subject: subject(), target: target(), origin: .order(order, by: by, undoing: undoing),
            reason: "asked for", needsApproval: needsApproval, requestedAt: now)
    }

    package static func role(
        permissions: Set<String>? = nil, sites: Set<String>? = nil, expiresAt: Timestamp? = nil
    ) -> RoleFacts {
        let all = Set(ActionKind.allCases.flatMap { [$0.permission] + $0.inquiryPermissions })
        return RoleFacts(user: ourUser, permissions: permissions ?? all, sites: sites, expiresAt: expiresAt)
    }

    package static func targetFacts(
        endpoint: String = endpointID, uuid: String = "7f1c-41", site: String = "s-1", isDecommissioned: Bool = false,
        networkStatus: String = "connected"
    ) -> TargetFacts {
        TargetFacts(
            endpoint: endpoint, uuid: uuid, site: site, isDecommissioned: isDecommissioned, networkStatus: networkStatus
        )
    }

    /// Facts under which every gate is open for `request(...)`, all read at `at`.
    package static func openFacts(at: Timestamp = now, networkStatus: String = "connected") -> GateFacts {
        var facts = GateFacts()
        facts.isDryRun = false
        facts.role = Observed(role(), at: at)
        facts.target = Observed(targetFacts(networkStatus: networkStatus), at: at)
        facts.threats = Observed([threatID: threat()], at: at)
        facts.lastOrder = Observed(nil, at: at)
        facts.caseSummary = Observed(summary(), at: at)
        facts.controlsReadAt = at
        facts.clockOffset = Observed(.zero, at: at)
        return facts
    }

    package static func stop(_ id: String = "stop-1", console: ConsoleID? = nil, at: Timestamp = now) -> Stop {
        Stop(id: id, console: console, by: "grace", reason: "drill", at: at)
    }

    /// An order by an approver, good for an hour, with the signature that `orderContext()` takes for genuine.
    package static func order(
        _ demand: Order.Demand, deployment: String = deployment, console: ConsoleID = console(),
        by: String = approver, at: Timestamp = now, until: Timestamp? = nil
    ) -> SignedOrder {
        let order = Order(
            demand, deployment: deployment, console: console, by: by, at: at, until: until ?? at + .seconds(3_600))
        return SignedOrder(order, signature: signature(of: order.text, by: by))
    }

    /// Approvers are `ada` and `grace`. Hash and signature are stand-ins with the rules of the real ones: equal texts
    /// have equal hashes, and a signature fits one text and one name.
    package static func orderContext(deployment: String = deployment) -> OrderContext {
        OrderContext(
            deployment: deployment, hash: { digest(of: $0) },
            isGenuine: { text, signature, by in
                ["ada", "grace"].contains(by) && signature == self.signature(of: text, by: by)
            })
    }

    private static func signature(of text: String, by: String) -> String { "signed \(digest(of: text)) by \(by)" }

    /// FNV-1a over the bytes: readable in a failing test, and no two texts of ours share one.
    package static func digest(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash ^= UInt64(byte)
            hash &*= 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// A ledger in which these requests were recorded, in this order.
    package static func ledger(_ requests: ActionRequest...) -> ConsoleLedger {
        var ledger = ConsoleLedger()
        for request in requests {
            let plan = digest(of: request.plan(deployment: deployment))
            ledger.apply(.action(request.id, .requested(request, plan: plan)))
        }
        return ledger
    }

    package static func attempted(
        _ number: Int = 1, at: Timestamp = now, user: String = ourUser
    ) -> LedgerEvent {
        .attempted(number: number, at: at, user: user, gates: [])
    }

    package static func containment(needsApproval: Bool = false) -> Playbook {
        .containment(needsApproval: needsApproval)
    }
}

extension ConsoleLedger {
    /// Folds events of one action.
    package mutating func apply(_ events: LedgerEvent..., to id: ActionID) {
        for event in events { apply(.action(id, event)) }
    }
}
