package import ActionLedger
package import Investigation
import JSONView
import Ports

/// Cases and actions for scripts. `docket help json` lists the keys, which are a promise: they are only ever added to.
package struct JSONReport {
    private let desk: Desk

    package init(_ desk: Desk) { self.desk = desk }

    package func cases() -> String {
        let cases = desk.cases.values.sorted { $0.summary.id < $1.summary.id }
        return array { list in for one in cases { list.append(object: { fill(&$0, with: one) }) } }
    }

    package func `case`(_ id: CaseID) -> String? {
        desk.cases[id].map { one in
            object {
                fill(&$0, with: one)
                whole(&$0, with: one)
            }
        }
    }

    package func actions(includingEnded: Bool) -> String {
        let entries = desk.actions.filter { includingEnded || !$0.state.isEnd }
        return array { list in for one in entries { list.append(object: { fill(&$0, with: one) }) } }
    }

    package func action(_ id: ActionID) -> String? {
        desk.action(id).map { entry in object { fill(&$0, with: entry) } }
    }

    private func object(_ fill: (inout JSONObjectText) -> Void) -> String { (JSONText.object(fill).text ?? "") + "\n" }
    private func array(_ fill: (inout JSONArrayText) -> Void) -> String { (JSONText.array(fill).text ?? "") + "\n" }

    private func fill(_ object: inout JSONObjectText, with one: Desk.Case) {
        let summary = one.summary
        object.append("case", text: summary.id.rawValue)
        object.append("subject", text: summary.subject.rawValue)
        object.append("status", text: summary.status.rawValue)
        object.append("generation", integer: summary.generation)
        object.append("verdict", text: summary.verdict?.rawValue)
        object.append("endpoint", text: summary.endpoint?.id)
        object.append("endpointName", text: summary.endpoint?.name)
        object.append(
            "threats",
            array: { (list: inout JSONArrayText) in
                for threat in summary.threats { list.append(text: threat) }
            })
        object.append(
            "actions",
            array: { (list: inout JSONArrayText) in
                for entry in desk.actions(of: summary.id) { list.append(object: { fill(&$0, with: entry) }) }
            })
    }

    private func whole(_ object: inout JSONObjectText, with one: Desk.Case) {
        object.append(
            "evidence",
            array: { (list: inout JSONArrayText) in
                for evidence in Assessment.verdict(on: one.investigation.evidence).because {
                    list.append(object: { item in
                        item.append("kind", text: evidence.kind)
                        item.append("weight", integer: evidence.weight)
                        item.append("sentence", text: evidence.sentence)
                        item.append("event", text: evidence.provenance.event)
                        item.append("field", text: evidence.provenance.field)
                    })
                }
            })
        object.append(
            "threatFacts",
            array: { (list: inout JSONArrayText) in
                for threat in one.investigation.threats.values.sorted(by: { $0.id < $1.id }) {
                    list.append(object: { fill(&$0, with: threat) })
                }
            })
        append("history", one.history, to: &object)
    }

    private func fill(_ object: inout JSONObjectText, with threat: ThreatFacts) {
        object.append("id", text: threat.id)
        object.append("name", text: threat.name)
        object.append("classification", text: threat.classification)
        object.append("confidence", text: threat.confidence)
        object.append("incidentStatus", text: threat.incidentStatus)
        object.append("analystVerdict", text: threat.analystVerdict)
        object.append("mitigationStatus", text: threat.mitigationStatus)
        object.append("hashVerdict", text: threat.hashVerdict)
        object.append("hash", text: threat.contentHash)
        object.append("filePath", text: threat.filePath)
        object.append("signed", bool: threat.signed)
        object.append("indicators", integer: threat.indicators)
    }

    private func fill(_ object: inout JSONObjectText, with entry: LedgerEntry) {
        let request = entry.request
        object.append("action", text: request.id.rawValue)
        object.append("kind", text: request.kind.rawValue)
        object.append("console", text: request.console.rawValue)
        object.append("endpoint", text: request.target.endpoint)
        object.append("endpointName", text: request.target.name)
        object.append("site", text: request.target.site)
        object.append("uuid", text: request.target.uuid)
        object.append("state", text: entry.state.rawValue)
        object.append("overdue", bool: entry.isOverdue)
        object.append("plan", text: entry.plan)
        object.append("note", text: entry.note)
        switch request.origin {
        case .playbook(_, let id, let generation, _):
            object.append("case", text: id.rawValue)
            object.append("generation", integer: generation)
        case .order:
            object.append("case", text: nil)
            object.append("generation", integer: nil)
        }
        object.append("reason", text: request.reason)
        object.append("requestedAt", time: request.requestedAt)
        object.append("needsApproval", bool: request.needsApproval)
        object.append("approvedBy", text: entry.approval?.by)
        object.append("approvedUntil", time: entry.approval?.until)
        object.append(
            "gates",
            array: { (list: inout JSONArrayText) in
                for answer in desk.gates[request.id]?.answers ?? [] {
                    list.append(object: { item in
                        item.append("gate", text: answer.gate.rawValue)
                        item.append("open", bool: answer.isOpen)
                        item.append("reason", text: answer.reason)
                    })
                }
            })
        object.append("gatesAt", time: desk.gates[request.id]?.at)
        append("history", desk.histories[request.id] ?? [], to: &object)
    }

    private func append(_ name: String, _ lines: [Desk.Line], to object: inout JSONObjectText) {
        object.append(
            name,
            array: { (list: inout JSONArrayText) in
                for line in lines {
                    list.append(object: { item in
                        item.append("at", time: line.at)
                        item.append("text", text: line.text)
                        item.append("event", text: line.event)
                    })
                }
            })
    }
}
