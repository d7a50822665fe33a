package import ActionLedger
import Investigation
import Ports

/// Actions for people: the list of them, and one of them whole.
package struct ActionReport {
    private let desk: Desk
    private let paper: Paper
    /// Orders that were refused are shown, so many of them.
    private static let refusalsShown = 5

    package init(_ desk: Desk, on paper: Paper) {
        self.desk = desk
        self.paper = paper
    }

    package func list(includingEnded: Bool) -> String {
        let entries = desk.actions.filter { includingEnded || !$0.state.isEnd }
        var page = Page(paper)
        if entries.isEmpty {
            if desk.actions.isEmpty {
                page.line("no actions yet: a playbook asks for one once a case is malicious; docket cases lists them")
            } else {
                page.line("no action waits or is under way; docket actions --all shows those that ended")
            }
        } else {
            page.table(
                Table(
                    ["ACTION", "KIND", "HOST", "STATE", "NOTE"],
                    rows: entries.map { entry in
                        [
                            Cell(entry.request.id.rawValue), Cell(entry.request.kind.rawValue),
                            Cell(entry.request.target.name), Self.state(of: entry), Cell(entry.note),
                        ]
                    }))
        }
        if let waiting = entries.first(where: { $0.state == .awaitingApproval }) {
            page.blank()
            page.line("look at one:  docket action '\(waiting.request.id)'")
            page.line("approve it:   docket approve '\(waiting.request.id)' --key FILE")
        }
        let refusals = desk.refusals.suffix(Self.refusalsShown)
        if !refusals.isEmpty { page.blank() }
        for refusal in refusals { page.line("\(refusal.at.brief)  \(refusal.text)") }
        stops(&page)
        return page.text
    }

    private func stops(_ page: inout Page) {
        for stop in desk.activeStops {
            page.blank()
            page.line(
                Cell("STOPPED", .bad), Cell(stop.console.map { " on \($0)" } ?? " everywhere"),
                " since \(stop.at.brief) by \(stop.by): \(stop.reason)")
            page.line("lift it with:  docket resume \(stop.id) --reason TEXT --key FILE")
        }
    }

    /// The whole of one action; nil where there is none of that name.
    package func one(_ id: ActionID) -> String? {
        guard let entry = desk.action(id) else { return nil }
        var page = Page(paper)
        plan(of: entry, to: &page)
        gates(of: entry, to: &page)
        page.blank()
        page.line("history")
        page.history(desk.histories[id] ?? [])
        if entry.state == .awaitingApproval {
            page.blank()
            page.line("approve it:  docket approve '\(id)' --key FILE")
            page.line("refuse it:   docket reject '\(id)' --reason TEXT --key FILE")
        }
        stops(&page)
        return page.text
    }

    /// What somebody is about to sign for; nil where there is no such action.
    package func proposal(_ verb: String, _ id: ActionID) -> String? {
        guard let entry = desk.action(id) else { return nil }
        var page = Page(paper)
        page.line("about to \(verb):")
        plan(of: entry, to: &page)
        gates(of: entry, to: &page)
        stops(&page)
        return page.text
    }

    private func plan(of entry: LedgerEntry, to page: inout Page) {
        let request = entry.request
        let target = request.target
        var fields: [(label: String, cells: [Cell])] = [
            ("action", [Cell(request.id.rawValue)]),
            ("what", ["\(request.kind.rawValue) \(target.name)"]),
            ("host", ["\(target.name)  endpoint \(target.endpoint)  uuid \(target.uuid)"]),
            ("where", ["site \(siteName(of: entry))\(target.site)  console \(request.console)"]),
        ]
        switch request.origin {
        case .playbook(let playbook, let id, let generation, let threats):
            fields.append(("case", ["\(id)  generation \(generation)  verdict "] + verdict(of: id)))
            fields.append(("threats", [Cell(threats.joined(separator: ", "))]))
            fields.append(("asked by", ["playbook \(playbook)"]))
        case .order(let order, let by, let undoing):
            fields.append(("asked by", ["\(by)  order \(order.prefix(16))"]))
            if let undoing { fields.append(("undoes", [Cell(undoing.rawValue)])) }
        }
        fields += [
            ("reason", [Cell(request.reason)]), ("asked at", [Cell(request.requestedAt.brief)]),
            ("plan", [Cell(entry.plan)]), ("approval", [Cell(approval(of: entry))]),
            ("state", [Self.state(of: entry)] + (entry.note.isEmpty ? [] : ["  \(entry.note)"])),
        ]
        page.fields(fields)
    }

    private func siteName(of entry: LedgerEntry) -> String {
        guard case .playbook(_, let id, _, _) = entry.request.origin, let endpoint = desk.cases[id]?.summary.endpoint,
            endpoint.site == entry.request.target.site, !endpoint.siteName.isEmpty
        else { return "" }
        return endpoint.siteName + " "
    }

    private func verdict(of id: CaseID) -> [Cell] {
        guard let summary = desk.cases[id]?.summary else { return ["not known"] }
        return [CaseReport.verdict(summary.verdict), "  \(summary.status.rawValue)"]
    }

    private func approval(of entry: LedgerEntry) -> String {
        if let approval = entry.approval { return "by \(approval.by) until \(approval.until.brief)" }
        return entry.request.needsApproval ? "needed, none yet" : "not needed"
    }

    private func gates(of entry: LedgerEntry, to page: inout Page) {
        guard let report = desk.gates[entry.request.id] else {
            page.line("gates     not asked yet; perform asks every one of them before it acts")
            return
        }
        page.line("gates     as of \(report.at.brief)")
        if report.answers.isEmpty { page.line("  every one was open") }
        for answer in report.answers {
            page.line(
                "  ", answer.isOpen ? Cell("open  ", .good) : Cell("closed", .care),
                "  \(answer.gate.rawValue): \(answer.reason)")
        }
    }

    static func state(of entry: LedgerEntry) -> Cell {
        let word = entry.isOverdue && !entry.state.isEnd ? "\(entry.state.rawValue), overdue" : entry.state.rawValue
        switch entry.state {
        case .confirmed, .done: return Cell(word, .good)
        case .awaitingApproval, .held, .unknown: return Cell(word, .care)
        case .failed, .refused, .gaveUp: return Cell(word, .bad)
        case .requested, .attempted, .notApplied, .notStarted, .rejected, .alreadySo, .superseded, .rehearsed,
            .withdrawn:
            return Cell(word)
        }
    }
}

extension Timestamp {
    /// To the second, as people read it: `2026-11-20 10:15:31Z`.
    var brief: String {
        let text = description
        guard text.utf8.count == 27 else { return text }  // a year that has not four digits
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + "Z"
    }
}

extension Page {
    /// Lines under the second in which they happened, said once.
    mutating func history(_ lines: [Desk.Line]) {
        var last = ""
        for line in lines {
            let time = line.at.brief
            self.line("  \(time == last ? String(repeating: " ", count: time.count) : time)  \(line.text)")
            last = time
        }
    }
}
