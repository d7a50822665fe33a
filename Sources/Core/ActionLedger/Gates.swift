package import Investigation
package import Ports

/// The reasons for which an action may have to wait or end. All of them are asked before every attempt, here and
/// nowhere else, and each fails closed: what is not known, or is known too long, keeps its gate shut.
package enum Gate: String, Sendable, CaseIterable {
    case role, target, wanted, approval, killSwitch = "kill-switch", clock, dryRun = "dry-run"
}

package struct GateAnswer: Hashable, Sendable {
    package let gate: Gate
    package let isOpen: Bool
    /// What the answer rests on, in words.
    package let reason: String

    package init(_ gate: Gate, isOpen: Bool, reason: String) {
        self.gate = gate
        self.isOpen = isOpen
        self.reason = reason
    }
}

/// Every number the ledger's rules use.
package struct LedgerLimits: Hashable, Sendable {
    /// A write call ends by then; the client enforces it.
    package var writeDeadline: Duration = .seconds(15)
    /// How long after the deadline an answer may still be on its way through our own loop.
    package var grace: Duration = .seconds(5)
    /// An intent, and the identity it read, may be at most so old when the call leaves.
    package var intentAge: Duration = .seconds(5)
    package var lookAge: Duration = .seconds(5)
    /// How long the console may take to show that it accepted an order.
    package var visibilityHorizon: Duration = .seconds(15 * 60)
    /// The two looks that prove absence lie at least so far apart.
    package var absenceGap: Duration = .seconds(10)
    package var attemptLimit = 3
    package var roleAge: Duration = .seconds(600)
    package var caseAge: Duration = .seconds(5)
    package var controlsAge: Duration = .seconds(1)
    package var clockSkew: Duration = .seconds(60)
    /// After so long without a report an action is overdue. It is watched on: endpoints may be away for days.
    package var overdueAfter: Duration = .seconds(3_600)
    /// The shortest pause between two questions about the same attempt.
    package var followUpPause: Duration = .seconds(1)
    package var setbackInitial: Duration = .seconds(2)
    package var setbackLimit: Duration = .seconds(3_600)

    package init() {}
}

/// A value and when it was read.
package struct Observed<Value: Sendable & Equatable>: Sendable, Equatable {
    package let value: Value
    package let at: Timestamp

    package init(_ value: Value, at: Timestamp) {
        self.value = value
        self.at = at
    }

    package func isFresh(at now: Timestamp, within age: Duration) -> Bool { now - at <= age && at <= now }
}

/// What a token may do, as the console tells.
package struct RoleFacts: Sendable, Equatable {
    package let user: String
    package let permissions: Set<String>
    /// nil: the whole console.
    package let sites: Set<String>?
    package let expiresAt: Timestamp?

    package init(user: String, permissions: Set<String>, sites: Set<String>?, expiresAt: Timestamp?) {
        self.user = user
        self.permissions = permissions
        self.sites = sites
        self.expiresAt = expiresAt
    }
}

/// The endpoint as it is now.
package struct TargetFacts: Sendable, Equatable {
    package let endpoint: String
    package let uuid: String
    package let site: String
    package let isDecommissioned: Bool
    package let networkStatus: String

    package init(endpoint: String, uuid: String, site: String, isDecommissioned: Bool, networkStatus: String) {
        self.endpoint = endpoint
        self.uuid = uuid
        self.site = site
        self.isDecommissioned = isDecommissioned
        self.networkStatus = networkStatus
    }
}

/// Who last ordered the endpoint into or out of isolation, as the console's activities tell.
package struct LastOrder: Sendable, Equatable {
    package let user: String
    package let at: Timestamp

    package init(user: String, at: Timestamp) {
        self.user = user
        self.at = at
    }
}

/// Everything the gates look at. Built by the performer from what it observed; nil means not known.
package struct GateFacts: Sendable, Equatable {
    package var isDryRun = true
    /// The settings name no token to act with.
    package var isReadOnly = false
    package var role: Observed<RoleFacts>?
    /// nil inside: the console does not know the endpoint.
    package var target: Observed<TargetFacts?>?
    /// The threats of the case, read from the console just now.
    package var threats: Observed<[String: ThreatFacts]>?
    package var lastOrder: Observed<LastOrder?>?
    /// The case as last seen in the tail of `investigations`, and when that tail was last read to its end.
    package var caseSummary: Observed<CaseSummary?>?
    /// When `controls` was last read to its end.
    package var controlsReadAt: Timestamp?
    /// Our clock minus the console's, when last compared.
    package var clockOffset: Observed<Duration>?

    package init() {}
}

extension ConsoleLedger {
    /// Every gate's answer for one action, in the order in which people want to hear them.
    package func gates(
        for entry: LedgerEntry, facts: GateFacts, limits: LedgerLimits, at now: Timestamp
    ) -> [GateAnswer] {
        let question = GateQuestion(entry: entry, ledger: self, facts: facts, limits: limits, now: now)
        return Gate.allCases.map { gate in
            let reason =
                switch gate {
                case .role: question.role()
                case .target: question.target()
                case .wanted: question.wanted()
                case .approval: question.approval()
                case .killSwitch: question.killSwitch()
                case .clock: question.clock()
                case .dryRun: question.dryRun()
                }
            return switch reason {
            case .open(let why): GateAnswer(gate, isOpen: true, reason: why)
            case .closed(let why): GateAnswer(gate, isOpen: false, reason: why)
            }
        }
    }
}

private struct GateQuestion {
    enum Answer { case open(String), closed(String) }

    let entry: LedgerEntry
    let ledger: ConsoleLedger
    let facts: GateFacts
    let limits: LedgerLimits
    let now: Timestamp

    private var request: ActionRequest { entry.request }

    /// The token's role holds the permission in this scope, and those that finding out afterwards needs.
    func role() -> Answer {
        if facts.isReadOnly { return .closed("the settings name no writer-token for \(request.console)") }
        guard let role = facts.role, role.isFresh(at: now, within: limits.roleAge) else {
            return .closed("the token's role is not known, or was read too long ago")
        }
        if let expires = role.value.expiresAt, expires <= now { return .closed("the token expired at \(expires)") }
        let needed = [request.kind.permission] + request.kind.inquiryPermissions
        let missing = needed.filter { !role.value.permissions.contains($0) }
        guard missing.isEmpty else { return .closed("the role lacks " + missing.joined(separator: ", ")) }
        if let sites = role.value.sites, !sites.contains(request.target.site) {
            return .closed("site \(request.target.site) is outside the token's scope")
        }
        return .open("the role holds " + needed.joined(separator: ", "))
    }

    /// The endpoint is still the one the plan was made for. What the plan did not know proves nothing.
    func target() -> Answer {
        guard request.subject == Subject(console: request.console, .agent, request.target.endpoint) else {
            return .closed("the plan is about \(request.subject), its target is \(request.target.endpoint)")
        }
        guard !request.target.uuid.isEmpty, !request.target.site.isEmpty else {
            return .closed("the endpoint was planned without a uuid or a site")
        }
        guard let observed = facts.target, observed.isFresh(at: now, within: limits.lookAge) else {
            return .closed("the endpoint was not read just now")
        }
        guard let found = observed.value, found.endpoint == request.target.endpoint else {
            return .closed("the console does not know the endpoint \(request.target.endpoint)")
        }
        if found.isDecommissioned { return .closed("the endpoint is decommissioned") }
        guard found.uuid == request.target.uuid else {
            return .closed("the endpoint's uuid is \(found.uuid), planned was \(request.target.uuid)")
        }
        guard found.site == request.target.site else {
            return .closed("the endpoint moved to site \(found.site), planned was \(request.target.site)")
        }
        return .open("endpoint \(found.endpoint), uuid and site as planned")
    }

    /// The case is open at this generation and the threats still call for it; or a person's signed order does.
    func wanted() -> Answer {
        switch request.origin {
        case .order(_, let by, let undoing):
            guard undoing != nil else { return .open("ordered by \(by)") }
            guard let last = facts.lastOrder, last.isFresh(at: now, within: limits.lookAge) else {
                return .closed("who acted last on the endpoint was not read just now")
            }
            return .open("ordered by \(by)")
        case .playbook(_, let id, let generation, let threats):
            return wanted(by: id, generation: generation, threats: threats)
        }
    }

    private func wanted(by id: CaseID, generation: Int, threats: [String]) -> Answer {
        guard let observed = facts.caseSummary, observed.isFresh(at: now, within: limits.caseAge) else {
            return .closed("the case was not read within \(limits.caseAge)")
        }
        guard let summary = observed.value, summary.id == id else { return .closed("the case \(id) is not known") }
        guard summary.subject == request.subject else {
            return .closed("the case is about \(summary.subject), the action about \(request.subject)")
        }
        guard summary.status == .open, summary.generation == generation else {
            return .closed("the case is \(summary.status.rawValue) at generation \(summary.generation)")
        }
        guard summary.verdict == .malicious else {
            return .closed("the verdict is \(summary.verdict?.rawValue ?? "open"), no longer malicious")
        }
        guard let read = facts.threats, read.isFresh(at: now, within: limits.lookAge) else {
            return .closed("the threats were not read just now")
        }
        let calling = threats.compactMap { read.value[$0] }.filter(Self.callsForContainment)
        guard !calling.isEmpty else { return .closed("no threat of the case calls for it any more") }
        return .open("case open, \(calling.count) threat(s) unresolved at the console")
    }

    /// Judged by what the console says now, each by itself: a threat that was dealt with must not be vouched for by
    /// another that is merely open.
    private static func callsForContainment(_ threat: ThreatFacts) -> Bool {
        threat.incidentStatus != "resolved" && threat.analystVerdict != "false_positive"
            && threat.mitigationStatus != "marked_as_benign"
            && Assessment.verdict(on: Assessment.evidence(in: threat, event: ""), of: [threat.id]).verdict == .malicious
    }

    func approval() -> Answer {
        guard request.needsApproval else {
            if case .order(_, let by, _) = request.origin { return .open("signed by \(by)") }
            return .open("no approval is required")
        }
        guard let approval = entry.approval else { return .closed("nobody has approved it") }
        guard now < approval.until else { return .closed("the approval expired at \(approval.until)") }
        return .open("approved by \(approval.by) until \(approval.until)")
    }

    /// Stops hold everything but releases that a person signed.
    func killSwitch() -> Answer {
        if case .order = request.origin, request.kind.isRelease { return .open("a signed release is exempt") }
        guard let readAt = facts.controlsReadAt, now - readAt <= limits.controlsAge, readAt <= now else {
            return .closed("the stops were not read within \(limits.controlsAge)")
        }
        if let stop = ledger.activeStops.first(where: { $0.console == nil || $0.console == request.console }) {
            return .closed("stopped by \(stop.by): \(stop.reason) (\(stop.id))")
        }
        return .open("no stop in force")
    }

    /// A clock that runs wrong makes every age above a lie.
    func clock() -> Answer {
        guard let offset = facts.clockOffset, offset.isFresh(at: now, within: limits.lookAge) else {
            return .closed("our clock was not compared with the console's just now")
        }
        guard offset.value <= limits.clockSkew, offset.value >= .zero - limits.clockSkew else {
            // Without the number: it changes with every look, and an answer is journaled when it changes.
            return .closed("our clock is more than \(limits.clockSkew) off the console's")
        }
        guard now >= ledger.lastAttemptAt else {
            return .closed("our clock is behind the ledger's last attempt at \(ledger.lastAttemptAt)")
        }
        return .open("within \(limits.clockSkew) of the console's clock")
    }

    func dryRun() -> Answer {
        facts.isDryRun ? .closed("dry run is on") : .open("dry run is off")
    }
}
