import ActionLedger
package import Investigation
import Ports

/// Cases for people: the list of them, and one of them whole.
package struct CaseReport {
    private let desk: Desk
    private let paper: Paper

    package init(_ desk: Desk, on paper: Paper) {
        self.desk = desk
        self.paper = paper
    }

    package func list() -> String {
        var page = Page(paper)
        let cases = desk.cases.values.sorted { $0.summary.id < $1.summary.id }
        guard !cases.isEmpty else {
            page.line(
                "no cases yet: one opens when ingest has read a threat and enrich has joined it with its endpoint")
            page.line("docket status shows what has arrived so far")
            return page.text
        }
        page.table(
            Table(
                ["CASE", "STATUS", "VERDICT", "ENDPOINT", "THREATS", "ACTIONS"],
                rows: cases.map { one in
                    let states = desk.actions(of: one.summary.id).map { ActionReport.state(of: $0) }
                    return [
                        Cell(one.summary.id.rawValue), Cell(one.summary.status.rawValue),
                        Self.verdict(one.summary.verdict), Cell(one.summary.endpoint?.name ?? "-"),
                        Cell(String(one.summary.threats.count)),
                        states.count == 1 ? states[0] : Cell(states.isEmpty ? "-" : Self.list(states)),
                    ]
                }))
        return page.text
    }

    private static func list(_ cells: [Cell]) -> String { cells.map(\.text).joined(separator: ", ") }

    /// The whole of one case; nil where there is none of that name.
    package func one(_ id: CaseID) -> String? {
        guard let one = desk.cases[id] else { return nil }
        var page = Page(paper)
        head(of: one, to: &page)
        threats(of: one, to: &page)
        evidence(of: one, to: &page)
        page.blank()
        page.line("history")
        page.history(one.history.filter { !$0.isAboutAction })
        for entry in desk.actions(of: id) {
            page.blank()
            page.line("action \(entry.request.id)  ", ActionReport.state(of: entry))
            page.history(desk.histories[entry.request.id] ?? [])
            if entry.state == .awaitingApproval {
                page.line("  approve it:  docket approve '\(entry.request.id)' --key FILE")
            }
        }
        return page.text
    }

    private func head(of one: Desk.Case, to page: inout Page) {
        let summary = one.summary
        var fields: [(label: String, cells: [Cell])] = [
            ("case", ["\(summary.id)  \(summary.status.rawValue)  generation \(summary.generation)"]),
            ("verdict", [Self.verdict(summary.verdict)]),
        ]
        if let endpoint = summary.endpoint {
            fields += [
                ("endpoint", ["\(endpoint.name)  \(endpoint.machineType)  \(endpoint.osType)  id \(endpoint.id)"]),
                ("site", ["\(endpoint.siteName)  \(endpoint.site)"]),
            ]
        } else {
            fields.append(("endpoint", ["not joined yet: the console has not listed \(summary.subject) so far"]))
        }
        if let reason = one.investigation.closedBecause { fields.append(("closed", [Cell(reason)])) }
        page.fields(fields)
    }

    private func threats(of one: Desk.Case, to page: inout Page) {
        page.blank()
        page.line("threats")
        for threat in one.investigation.threats.values.sorted(by: { $0.id < $1.id }) {
            page.line("  \(threat.name)  \(Self.told(threat.classification))  \(threat.id)")
            page.line(
                "    incident \(Self.told(threat.incidentStatus)), analyst \(Self.told(threat.analystVerdict))",
                ", mitigation \(Self.told(threat.mitigationStatus)), engine \(Self.told(threat.confidence))")
            page.line("    hash \(Self.told(threat.contentHash)), in the cloud \(Self.told(threat.hashVerdict))")
            page.line("    path \(Self.told(threat.filePath))")
        }
    }

    private static func told(_ text: String) -> String { text.isEmpty ? "-" : text }

    private func evidence(of one: Desk.Case, to page: inout Page) {
        page.blank()
        page.line("evidence, against an attack first")
        let evidence = Assessment.verdict(on: one.investigation.evidence).because
        if evidence.isEmpty { page.line("  none: no rule says anything about these threats") }
        for found in evidence {
            let weight = found.weight > 0 ? "+\(found.weight)" : "\(found.weight)"
            page.line("  \(weight)\(String(repeating: " ", count: max(1, 6 - weight.count)))\(found.sentence)")
            page.line("        \(found.provenance.field) of \(found.provenance.event)")
        }
    }

    static func verdict(_ verdict: Verdict?) -> Cell {
        switch verdict {
        case .malicious: Cell("malicious", .bad)
        case .suspicious: Cell("suspicious", .care)
        case .benign: Cell("benign", .good)
        case .inconclusive: "inconclusive"
        case nil: "none yet"
        }
    }
}
