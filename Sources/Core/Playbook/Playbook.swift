package import ActionLedger
package import Investigation
package import Ports

/// What to do about a case. Its version is the hash of its text, so that a run can be pinned to what it was.
package struct Playbook: Sendable, Equatable {
    package struct Step: Sendable, Equatable {
        package let name: String
        package let kind: ActionKind
        package let needsApproval: Bool

        package init(name: String, kind: ActionKind, needsApproval: Bool) {
            self.name = name
            self.kind = kind
            self.needsApproval = needsApproval
        }
    }

    package let name: String
    package let text: String
    package let steps: [Step]

    package init(name: String, text: String, steps: [Step]) {
        self.name = name
        self.text = text
        self.steps = steps
    }

    /// The one that is built in until playbooks are files: isolate the endpoint of a malicious case.
    package static func containment(needsApproval: Bool) -> Playbook {
        Playbook(
            name: "contain",
            text: """
                name: contain
                when: { verdict: malicious }
                steps: [ { isolate: {}, approval: \(needsApproval) } ]
                """,
            steps: [Step(name: "isolate", kind: .isolate, needsApproval: needsApproval)])
    }

    /// Reads a case and returns what should be asked for; performs nothing. Empty where the playbook does not apply,
    /// and where the endpoint is not known well enough to tell it from another.
    package func plan(
        for summary: CaseSummary, version: String, at: Timestamp, occurrence: Int = 1
    ) -> [ActionRequest] {
        guard summary.status == .open, summary.verdict == .malicious, let console = summary.subject.console,
            let endpoint = summary.endpoint, !endpoint.uuid.isEmpty, !endpoint.site.isEmpty,
            summary.subject == Subject(console: console, .agent, endpoint.id)
        else { return [] }
        return steps.map { step in
            ActionRequest(
                id: ActionID(
                    case: summary.id, generation: summary.generation, playbook: "\(name)@\(version)",
                    step: step.name, occurrence: occurrence, target: endpoint.id),
                kind: step.kind, console: console, subject: summary.subject,
                target: ActionTarget(
                    endpoint: endpoint.id, uuid: endpoint.uuid, site: endpoint.site, name: endpoint.name),
                origin: .playbook(
                    "\(name)@\(version)", case: summary.id, generation: summary.generation, threats: summary.threats),
                reason: "case \(summary.id) is malicious", needsApproval: step.needsApproval, requestedAt: at)
        }
    }
}
