import Ports

// What people and endpoints do about a threat, with the traces that consoles leave of it.
extension SimulatedConsole {
    /// An action is ordered, by somebody or by the policy; the endpoint reports later.
    mutating func begin(_ action: Mitigation.Action, on threat: Int, by person: Person?, at moment: Timestamp) {
        let agent = threats[threat].agent
        note(
            person == nil ? action.orderedByPolicy : action.ordered, at: moment, agent: agent, threat: threat,
            by: person)
        let number = threats[threat].mitigations.count
        let report = cast.numbering.id(.part, 4_000_000_000 + threat * 16 + number)
        change(threat, at: moment) {
            $0.mitigations.append(Mitigation(action: action, status: .sent, startedAt: moment, report: report))
        }
        let delay = settings.effectDelay + .milliseconds(120 * (number + 1))
        agenda.put(.report(action, threat: threat), at: moment + delay)
    }

    mutating func report(_ action: Mitigation.Action, _ threat: Int, at moment: Timestamp) {
        let agent = threats[threat].agent
        guard
            let place = threats[threat].mitigations.firstIndex(where: {
                $0.action == action && [.sent, .pending].contains($0.status)
            })
        else { return }
        guard fleet.agents[agent].isActive else {
            // Kept for the endpoint until it is heard again.
            threats[threat].mitigations[place].status = .pending
            return agenda.put(.report(action, threat: threat), at: moment + .seconds(600))
        }
        let old = threats[threat].mitigationStatus
        change(threat, at: moment) {
            $0.mitigations[place].status = .success
            $0.mitigations[place].endedAt = moment
        }
        note(threats[threat].mitigations[place], of: threat, at: moment)
        let new = threats[threat].mitigationStatus
        guard new != old else { return }
        note(
            .mitigationChanged, at: moment, agent: agent, threat: threat,
            data: ["originalStatus": .text(old.rawValue), "newStatus": .text(new.rawValue)])
    }

    /// What the endpoint reports of an action that it has carried out.
    mutating func note(_ mitigation: Mitigation, of threat: Int, at moment: Timestamp) {
        note(
            mitigation.action.done, at: moment, agent: threats[threat].agent, threat: threat,
            data: [
                "globalStatus": "success",
                "downloadUrl": mitigation.action == .kill
                    ? nil : .text("/threats/mitigation-report/\(mitigation.report)"),
            ])
    }

    mutating func judge(_ threat: Int, _ verdict: AnalystVerdict, by person: Person, at moment: Timestamp) {
        let old = threats[threat].analystVerdict
        guard old != verdict else { return }
        change(threat, at: moment) { $0.analystVerdict = verdict }
        note(
            .verdictChanged, at: moment, agent: threats[threat].agent, threat: threat, by: person,
            data: ["oldAnalystVerdictTitle": .text(old.title), "newAnalystVerdictTitle": .text(verdict.title)])
    }

    mutating func settle(_ threat: Int, _ status: IncidentStatus, by person: Person, at moment: Timestamp) {
        let old = threats[threat].incidentStatus
        guard old != status else { return }
        change(threat, at: moment) { $0.incidentStatus = status }
        let agent = threats[threat].agent
        note(
            .statusChanged, at: moment, agent: agent, threat: threat, by: person,
            data: ["oldIncidentStatusTitle": .text(old.title), "newIncidentStatusTitle": .text(status.title)])
        if status == .resolved { note(.resolved, at: moment, agent: agent, threat: threat, by: person) }
        if old == .resolved { note(.unresolved, at: moment, agent: agent, threat: threat, by: person) }
    }

    mutating func comment(_ threat: Int, _ text: String, by person: Person, at moment: Timestamp) {
        notes.add(text, to: threat, by: person, at: moment, cast.numbering)
        threats[threat].hasNotes = true
        change(threat, at: moment) { _ in }
        note(.noteAdded, at: moment, agent: threats[threat].agent, threat: threat, by: person)
    }

    /// Every change of a threat moves its time, and with it the count of its endpoint.
    private mutating func change(_ threat: Int, at moment: Timestamp, _ make: (inout Threat) -> Void) {
        let wasOpen = threats[threat].isOpen
        make(&threats[threat])
        threats[threat].updatedAt = moment
        let agent = threats[threat].agent
        if wasOpen != threats[threat].isOpen {
            let count = fleet.agents[agent].activeThreats + (wasOpen ? -1 : 1)
            fleet.agents[agent].activeThreats = max(count, 0)
        }
    }
}

extension Threat {
    /// Whether its endpoint counts as infected by it.
    var isOpen: Bool {
        mitigationStatus == .notMitigated && incidentStatus != .resolved && analystVerdict != .falsePositive
    }
}

extension AnalystVerdict {
    var title: String {
        switch self {
        case .undefined: "Undefined"
        case .suspicious: "Suspicious"
        case .truePositive: "True Positive"
        case .falsePositive: "False Positive"
        }
    }
}

extension IncidentStatus {
    var title: String {
        switch self {
        case .unresolved: "Unresolved"
        case .resolved: "Resolved"
        case .inProgress: "In Progress"
        }
    }
}

extension Mitigation.Action {
    /// Ordered by a user; by the policy; reported as done.
    var ordered: Activity.Kind { kinds.ordered }
    var orderedByPolicy: Activity.Kind { kinds.byPolicy }
    var done: Activity.Kind { kinds.done }

    private var kinds: (ordered: Activity.Kind, byPolicy: Activity.Kind, done: Activity.Kind) {
        switch self {
        case .kill: (.userKilled, .policyKilled, .killed)
        case .remediate, .removeMacros, .restoreMacros: (.userRemediated, .policyRemediated, .remediated)
        case .rollback: (.userRolledBack, .policyRolledBack, .rolledBack)
        case .quarantine: (.userQuarantined, .policyQuarantined, .quarantined)
        case .unquarantine: (.userUnquarantined, .policyQuarantined, .unquarantined)
        case .networkQuarantine: (.userDisconnected, .policyDisconnected, .networkQuarantined)
        }
    }
}
