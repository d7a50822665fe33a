import JSONView
import Ports

/// What the settings mean, and what in them is dangerous, in words.
package struct SettingsReport {
    package struct ConsoleLine: Sendable {
        package let id: String
        package let url: String
        /// The files its tokens lie in; nil: nothing is ever done there.
        package let reader: String
        package let writer: String?
        /// What of it is published and how, where that is not everything as it comes.
        package let sentences: [String]

        package init(id: String, url: String, reader: String, writer: String?, sentences: [String] = []) {
            self.id = id
            self.url = url
            self.reader = reader
            self.writer = writer
            self.sentences = sentences
        }
    }

    package struct ApproverLine: Sendable {
        package let name: String
        package let fingerprint: String

        package init(name: String, fingerprint: String) {
            self.name = name
            self.fingerprint = fingerprint
        }
    }

    package var deployment: String
    /// Which one, and how it is reached.
    package var log: String
    package var isLogExposed: Bool
    package var topicPrefix: String
    package var partitions: Int
    package var consoles: [ConsoleLine]
    package var isDryRun: Bool
    package var needsApproval: Bool
    package var approvers: [ApproverLine]
    /// What is wrong with files that the settings name.
    package var problems: [String]
    /// Programs that show their numbers to other machines too, and where.
    package var openMonitors: [String] = []

    package init(
        deployment: String, log: String, isLogExposed: Bool, topicPrefix: String, partitions: Int,
        consoles: [ConsoleLine], isDryRun: Bool, needsApproval: Bool, approvers: [ApproverLine], problems: [String]
    ) {
        self.deployment = deployment
        self.log = log
        self.isLogExposed = isLogExposed
        self.topicPrefix = topicPrefix
        self.partitions = partitions
        self.consoles = consoles
        self.isDryRun = isDryRun
        self.needsApproval = needsApproval
        self.approvers = approvers
        self.problems = problems
    }

    private var canAct: Bool { consoles.contains { $0.writer != nil } }

    /// Combinations that are allowed, and that somebody should have meant.
    package var warnings: [String] {
        var warnings: [String] = []
        if !isDryRun && !needsApproval && canAct {
            warnings.append(
                "dry run is off and no approval is needed: what a playbook wants is done, with no person in between")
        }
        if !isDryRun && !canAct {
            warnings.append("dry run is off, but no console has a writer token: nothing can be done")
        }
        if needsApproval && approvers.isEmpty && canAct {
            warnings.append("approval is on and nobody is listed who could approve: every action will wait")
        }
        if approvers.isEmpty && !needsApproval {
            warnings.append("no approver is listed: nobody can reject, undo, or lift a stop")
        }
        for (fingerprint, group) in Dictionary(grouping: approvers, by: \.fingerprint).sorted(by: { $0.key < $1.key })
        where group.count > 1 {
            let names = group.map(\.name).joined(separator: " and ")
            warnings.append("\(names) share the key \(fingerprint): whoever has it can sign as any of them")
        }
        for (url, group) in Dictionary(grouping: consoles, by: \.url).sorted(by: { $0.key < $1.key })
        where group.count > 1 {
            let names = group.map(\.id).joined(separator: " and ")
            warnings.append("\(names) are the same console, \(url): each of them would act for itself")
        }
        for console in consoles where console.reader == console.writer {
            warnings.append("\(console.id) reads and acts with one token: for reading a viewer's is enough")
        }
        for monitor in openMonitors {
            warnings.append("\(monitor) can be read from other machines: it names consoles, and asks for no password")
        }
        if isLogExposed {
            warnings.append(
                "the brokers are reached without TLS: whoever is between can read every record, and write orders")
        }
        return warnings
    }

    package func text(on paper: Paper) -> String {
        var page = Page(paper)
        page.fields([
            ("deployment", [Cell(deployment)]), ("log", [Cell(log)]),
            ("topics", ["\(topicPrefix)*, \(partitions) partitions"]),
            (
                "dry run",
                [
                    isDryRun
                        ? Cell("on: actions are rehearsed, none is carried out", .good)
                        : Cell("off: actions are carried out", .care)
                ]
            ),
            (
                "approval",
                [needsApproval ? Cell("on: a person signs each action", .good) : Cell("off: nobody is asked", .care)]
            ),
        ])
        for console in consoles {
            let acts = console.writer != nil ? "actions possible" : "reads only, no writer token"
            page.line("console     \(console.id)  \(console.url)  \(acts)")
            for sentence in console.sentences { page.line("            \(sentence)") }
        }
        for approver in approvers { page.line("approver    \(approver.name)  key \(approver.fingerprint)") }
        if approvers.isEmpty { page.line("approver    none") }
        for warning in warnings { page.line(Cell("warning", .care), ": \(warning)") }
        for problem in problems { page.line(Cell("problem", .bad), ": \(problem)") }
        if problems.isEmpty { page.line("the settings have no problems") }
        return page.text
    }

    package func json() -> String {
        let text = JSONText.object { root in
            root.append("deployment", text: deployment)
            root.append("log", text: log)
            root.append("topicPrefix", text: topicPrefix)
            root.append("partitions", integer: partitions)
            root.append("dryRun", bool: isDryRun)
            root.append("approval", bool: needsApproval)
            root.append(
                "consoles",
                array: { (list: inout JSONArrayText) in
                    for console in consoles {
                        list.append(object: { item in
                            item.append("id", text: console.id)
                            item.append("url", text: console.url)
                            item.append("acts", bool: console.writer != nil)
                            item.append(
                                "published",
                                array: { (list: inout JSONArrayText) in
                                    for sentence in console.sentences { list.append(text: sentence) }
                                })
                        })
                    }
                })
            root.append(
                "approvers",
                array: { (list: inout JSONArrayText) in
                    for approver in approvers {
                        list.append(object: { item in
                            item.append("name", text: approver.name)
                            item.append("fingerprint", text: approver.fingerprint)
                        })
                    }
                })
            for (name, sentences) in [("warnings", warnings), ("problems", problems)] {
                root.append(
                    name,
                    array: { (list: inout JSONArrayText) in for one in sentences { list.append(text: one) } })
            }
        }
        return (text.text ?? "") + "\n"
    }
}
