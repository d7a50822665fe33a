package import Contracts
import JSONView
package import Ports

/// The topics of a deployment: as the catalogue wants them, as a cluster has them, and what follows from that.
package struct TopicReport {
    private let paper: Paper

    package init(on paper: Paper) { self.paper = paper }

    // MARK: list

    package func list(_ plan: TopicPlan) -> String {
        var page = Page(paper)
        page.table(
            Table(
                ["TOPIC", "KIND", "PARTITIONS", "KEPT", "CLEANUP", "COPIES", "CLUSTER"],
                rows: plan.lines.map { line in
                    let partitions = line.found.map(\.partitions) ?? line.declaration.partitions
                    return [
                        Cell(line.declaration.name), Cell(line.declaration.kind.rawValue), Cell(String(partitions)),
                        Cell(line.kept), Cell(line.settings[.cleanup] ?? "-"),
                        Cell(line.found.map { String($0.copies) } ?? "-"), Self.cell(line.state),
                    ]
                }))
        if plan.exitCode != 0 {
            page.blank()
            page.line("what is not as it should be:  docket topics plan")
        }
        return page.text
    }

    private static func cell(_ state: TopicPlan.Line.State) -> Cell {
        switch state {
        case .present: Cell(state.rawValue, .good)
        case .missing: Cell(state.rawValue, .care)
        case .differs: Cell(state.rawValue, .bad)
        }
    }

    /// On the embedded log, which makes its topics when it is opened first.
    package func list(embeddedIn log: String, _ catalogue: Catalogue) -> String {
        var page = Page(paper)
        page.table(
            Table(
                ["TOPIC", "KIND", "PARTITIONS", "KEPT"],
                rows: catalogue.declarations.map {
                    [Cell($0.name), Cell($0.kind.rawValue), Cell(String($0.partitions)), "for ever, every record"]
                }))
        page.blank()
        page.line("\(log): \(Self.embedded)")
        return page.text
    }

    static let embedded = "the embedded log makes its topics itself, and keeps everything: there is nothing to apply"

    /// What `plan` and `apply` say where there is no cluster.
    package func embedded(_ log: String, json: Bool) -> String {
        guard json else { return "\(log): \(Self.embedded)\n" }
        return TopicJSON.plan(nil, done: nil)
    }

    // MARK: plan and apply

    package func plan(_ plan: TopicPlan) -> String {
        var page = Page(paper)
        for topic in plan.creations {
            page.line(Cell("make    ", .care), Cell(Self.sentence(topic, plan.copies)))
        }
        findings(of: plan, verb: "set", to: &page)
        if plan.exitCode == 0 { page.line(Cell("nothing to do", .good), ": the topics are as they should be") }
        if plan.exitCode == TopicPlan.pending {
            page.blank()
            page.line("do it:  docket topics apply")
        }
        return page.text
    }

    /// What was done, and what is left by how the topics are now.
    package func applied(_ done: TopicsDone, now plan: TopicPlan) -> String {
        var page = Page(paper)
        for topic in done.created { page.line(Cell("made    ", .good), Cell(topic)) }
        for correction in done.corrected {
            for (setting, value) in correction.settings.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                page.line(Cell("set     ", .good), Cell("\(setting.rawValue)=\(value) on \(correction.topic)"))
            }
        }
        findings(of: plan, verb: "still", to: &page)
        if plan.exitCode == 0 { page.line(Cell("the topics are as they should be", .good)) }
        return page.text
    }

    private func findings(of plan: TopicPlan, verb: String, to page: inout Page) {
        for finding in plan.findings {
            let sentence = Cell(Self.sentence(finding, of: plan))
            switch finding.kind {
            case .refuse:
                page.line(Cell("refused ", .bad), sentence)
                for command in finding.commands { page.line("        ", Cell(command)) }
            case .correct:
                page.line(Cell(verb.padded(to: 8), .care), sentence)
                if let setting = finding.setting, let value = finding.value {
                    page.line("        ", Cell("\(setting.rawValue)=\(value)"))
                }
            case .note: page.line("note    ", sentence)
            }
            if let remedy = finding.remedy { page.line("        ", Cell(remedy)) }
        }
    }

    private static func sentence(_ topic: TopicDeclaration, _ copies: Int?) -> String {
        let count = topic.partitions == 1 ? "1 partition" : "\(topic.partitions) partitions"
        let copied = copies.map { $0 == 1 ? ", 1 copy" : ", \($0) copies" } ?? ""
        return "\(topic.name): \(topic.kind.rawValue), \(count)\(copied), kept \(topic.settings.kept)"
    }

    private static func sentence(_ finding: TopicPlan.Finding, of plan: TopicPlan) -> String {
        // What blocks says itself which topics it is about.
        if finding.isBlocking { return finding.sentence }
        let isAboutAll = finding.topics.count == plan.lines.count
        return "\(isAboutAll ? "every topic" : finding.topics.joined(separator: ", ")): \(finding.sentence)"
    }
}

/// What `apply` did.
package struct TopicsDone: Sendable {
    package let created: [String]
    package let corrected: [TopicPlan.Correction]

    /// Does what is planned, and nothing else.
    package init(applying plan: TopicPlan, to cluster: any TopicAdministering) throws(LogFailure) {
        created = try cluster.create(plan.creations, copies: plan.copies)
        for correction in plan.corrections {
            try cluster.correct(correction.topic, found: correction.found, to: correction.settings)
        }
        corrected = plan.corrections
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension TopicPlan.Line {
    /// As the cluster has it, or as it is to be made.
    fileprivate var settings: [TopicSetting: String] { found?.settings ?? declaration.settings }

    fileprivate var kept: String { settings.kept }
}

extension [TopicSetting: String] {
    /// How long a record stays, in words.
    fileprivate var kept: String {
        switch self[.cleanup] {
        case "compact": "last of each key"
        case "delete": self[.retention].map { $0 == "-1" ? "for ever" : TopicRules.duration($0) } ?? "as the brokers do"
        case let other: "by \(other ?? "no rule")"
        }
    }
}
