package import ActionLedger
package import Investigation
import JSONView
import Ports

/// Cases and actions as text for people and as JSON for scripts.
package struct Report {
    package enum Form: Sendable { case text, json }

    private let desk: Desk
    private let form: Form
    /// Colours for words that matter; off where the output is no terminal.
    private let isColoured: Bool

    package init(_ desk: Desk, form: Form, coloured: Bool) {
        self.desk = desk
        self.form = form
        isColoured = coloured && form == .text
    }

    // MARK: Lists

    package func cases() -> String {
        let cases = desk.cases.values.sorted { ($0.summary.id) < ($1.summary.id) }
        if form == .json { return array { list in for one in cases { list.append(object: { fill(&$0, with: one) }) } } }
        if cases.isEmpty { return "no cases yet\n" }
        return Table(
            ["CASE", "STATUS", "VERDICT", "ENDPOINT", "THREATS", "ACTIONS"],
            rows: cases.map { one in
                let states = desk.actions(of: one.summary.id).map { word(for: $0) }
                return [
                    one.summary.id.rawValue, one.summary.status.rawValue,
                    one.summary.verdict.map { coloured($0) } ?? "-",
                    one.summary.endpoint.map { Self.printable($0.name) } ?? "-", String(one.summary.threats.count),
                    states.isEmpty ? "-" : states.joined(separator: ", "),
                ]
            }
        ).text
    }

    package func actions(includingEnded: Bool) -> String {
        let entries = desk.actions.filter { includingEnded || !$0.state.isEnd }
        if form == .json {
            return array { list in for one in entries { list.append(object: { fill(&$0, with: one) }) } }
        }
        var text =
            entries.isEmpty
            ? (includingEnded ? "no actions yet\n" : "no action waits or is under way (--all shows those that ended)\n")
            : Table(
                ["ACTION", "KIND", "HOST", "STATE", "NOTE"],
                rows: entries.map {
                    [
                        $0.request.id.rawValue, $0.request.kind.rawValue, Self.printable($0.request.target.name),
                        word(for: $0), Self.printable($0.note),
                    ]
                }
            ).text
        for entry in entries where entry.state == .awaitingApproval {
            text += "\nto approve:  docket approve '\(entry.request.id)' --key FILE\n"
        }
        for refusal in desk.refusals.suffix(5) {
            text += "\n\(refusal.at)  \(Self.printable(refusal.text))\n"
        }
        for stop in desk.activeStops {
            text += "\nSTOPPED by \(Self.printable(stop.by)): \(Self.printable(stop.reason))"
            text += "  (lift with: docket resume \(stop.id) --key FILE)\n"
        }
        return text
    }

    // MARK: One case

    /// nil where there is no such case.
    package func `case`(_ id: CaseID) -> String? {
        guard let one = desk.cases[id] else { return nil }
        if form == .json { return object { fill(&$0, with: one, whole: true) } }
        var text = "case \(id)  \(one.summary.status.rawValue)  generation \(one.summary.generation)\n"
        if let endpoint = one.summary.endpoint {
            text += "endpoint  \(Self.printable(endpoint.name))  \(endpoint.machineType) \(endpoint.osType)"
            text += "  site \(Self.printable(endpoint.siteName))  id \(endpoint.id)\n"
        }
        text += "verdict   \(one.summary.verdict.map { coloured($0) } ?? "none yet")\n\nevidence, against first\n"
        for evidence in Assessment.verdict(on: one.investigation.evidence).because {
            let weight = evidence.weight > 0 ? "+\(evidence.weight)" : "\(evidence.weight)"
            text += "  \(weight.padded(to: 5)) \(Self.printable(evidence.sentence))\n"
            text += "        \(evidence.provenance.event) \(evidence.provenance.field)\n"
        }
        text += "\nhistory\n" + lines(one.history)
        for entry in desk.actions(of: id) {
            text +=
                "\naction \(entry.request.id)  \(word(for: entry))\n" + lines(desk.histories[entry.request.id] ?? [])
        }
        return text
    }

    /// nil where there is no such action.
    package func action(_ id: ActionID) -> String? {
        guard let entry = desk.action(id) else { return nil }
        if form == .json { return object { fill(&$0, with: entry) } }
        return "\(id)  \(word(for: entry))  \(Self.printable(entry.note))\n" + lines(desk.histories[id] ?? [])
    }

    private func lines(_ lines: [Desk.Line]) -> String {
        lines.map { "  \($0.at)  \(Self.printable($0.text))\n" }.joined()
    }

    // MARK: Words

    private func word(for entry: LedgerEntry) -> String {
        let state = entry.isOverdue && !entry.state.isEnd ? "\(entry.state.rawValue), overdue" : entry.state.rawValue
        switch entry.state {
        case .confirmed, .done: return paint(state, "32")
        case .awaitingApproval, .held, .unknown: return paint(state, "33")
        case .failed, .refused, .gaveUp: return paint(state, "31")
        case .requested, .attempted, .notApplied, .notStarted, .rejected, .alreadySo, .superseded, .rehearsed,
            .withdrawn:
            return state
        }
    }

    private func coloured(_ verdict: Verdict) -> String {
        switch verdict {
        case .malicious: paint(verdict.rawValue, "31")
        case .suspicious: paint(verdict.rawValue, "33")
        case .benign: paint(verdict.rawValue, "32")
        case .inconclusive: verdict.rawValue
        }
    }

    private func paint(_ text: String, _ colour: String) -> String {
        isColoured ? "\u{1b}[\(colour)m\(text)\u{1b}[0m" : text
    }

    /// Foreign text for a terminal: control and bidirectional characters are shown, never obeyed.
    static func printable(_ text: String) -> String { text.printable(atMost: 200) }
}

// JSON for scripts: keys are part of the promise to them.
extension Report {
    private func object(_ fill: (inout JSONObjectText) -> Void) -> String { (JSONText.object(fill).text ?? "") + "\n" }
    private func array(_ fill: (inout JSONArrayText) -> Void) -> String { (JSONText.array(fill).text ?? "") + "\n" }

    private func fill(_ object: inout JSONObjectText, with one: Desk.Case, whole: Bool = false) {
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
        guard whole else { return }
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
            "history",
            array: { (list: inout JSONArrayText) in
                for line in one.history { list.append(object: { fill(&$0, with: line) }) }
            })
    }

    private func fill(_ object: inout JSONObjectText, with entry: LedgerEntry) {
        object.append("action", text: entry.request.id.rawValue)
        object.append("kind", text: entry.request.kind.rawValue)
        object.append("console", text: entry.request.console.rawValue)
        object.append("endpoint", text: entry.request.target.endpoint)
        object.append("endpointName", text: entry.request.target.name)
        object.append("state", text: entry.state.rawValue)
        object.append("overdue", bool: entry.isOverdue)
        object.append("plan", text: entry.plan)
        object.append("note", text: entry.note)
        object.append(
            "history",
            array: { (list: inout JSONArrayText) in
                for line in desk.histories[entry.request.id] ?? [] { list.append(object: { fill(&$0, with: line) }) }
            })
    }

    private func fill(_ object: inout JSONObjectText, with line: Desk.Line) {
        object.append("at", time: line.at)
        object.append("text", text: line.text)
        object.append("event", text: line.event)
    }
}

/// Columns as wide as their widest cell.
struct Table {
    private let rows: [[String]]

    init(_ head: [String], rows: [[String]]) { self.rows = [head] + rows }

    var text: String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].visibleWidth }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.visibleWidth)
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    /// Without the colours.
    fileprivate var visibleWidth: Int {
        var width = 0
        var isColour = false
        for character in self {
            if character == "\u{1b}" { isColour = true }
            if !isColour { width += 1 }
            if character == "m" { isColour = false }
        }
        return width
    }
}
