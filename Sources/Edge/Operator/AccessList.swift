package import Contracts
import JSONView
import Ports

/// What a cluster must allow each program, and no more: derived from what its loops read and write.
package struct AccessList: Sendable {
    package enum Resource: String, Sendable {
        case topic
        case group
        case transactionalID = "transactional-id"
    }

    package enum Operation: String, Sendable {
        case describe = "Describe"
        case read = "Read"
        case write = "Write"
    }

    package struct Rule: Sendable, Equatable {
        package let program: Program
        package let principal: String
        package let resource: Resource
        package let name: String
        /// Whether it holds for every name that begins so.
        package let isPrefix: Bool
        package let operations: [Operation]
    }

    package let rules: [Rule]

    /// A program logs in as `User:` and its name, unless `principals` says otherwise.
    package init(_ catalogue: Catalogue, principals: [Program: String] = [:]) {
        rules = Program.allCases.flatMap { program in
            Self.rules(of: program, as: principals[program] ?? "User:\(program.rawValue)", in: catalogue)
        }
    }

    private static func rules(of program: Program, as principal: String, in catalogue: Catalogue) -> [Rule] {
        func rule(_ resource: Resource, _ name: String, isPrefix: Bool = false, _ operations: Operation...) -> Rule {
            Rule(
                program: program, principal: principal, resource: resource, name: name, isPrefix: isPrefix,
                operations: operations)
        }
        let loops = catalogue.loops.all.filter { $0.program == program }
        let isDesk = program == .docket
        let reads = Set(loops.flatMap(\.reads) + (isDesk ? catalogue.desk.reads : []))
        let writes = Set(loops.flatMap(\.writes) + (isDesk ? catalogue.desk.writes : []))
        let topics = catalogue.declarations.map(\.name).compactMap { topic -> Rule? in
            switch (reads.contains(topic), writes.contains(topic)) {
            case (true, true): rule(.topic, topic, .describe, .read, .write)
            case (true, false): rule(.topic, topic, .describe, .read)
            case (false, true): rule(.topic, topic, .describe, .write)
            case (false, false): nil
            }
        }
        let groups = loops.map { $0.group(under: catalogue.prefix) }
        // An instance's name follows the dash.
        let writers = isDesk ? [DeskDeclaration.appender(under: catalogue.prefix)] : groups
        return topics + groups.map { rule(.group, $0, .read) }
            + writers.map { rule(.transactionalID, $0 + "-", isPrefix: true, .describe, .write) }
    }

    // MARK: Shapes

    package func text(on paper: Paper) -> String {
        var page = Page(paper)
        page.table(
            Table(
                ["PRINCIPAL", "RESOURCE", "NAME", "MAY"],
                rows: rules.map { rule in
                    [
                        Cell(rule.principal), Cell(rule.resource.rawValue),
                        Cell(rule.name + (rule.isPrefix ? "*" : "")),
                        Cell(rule.operations.map(\.rawValue).joined(separator: ", ")),
                    ]
                }))
        page.blank()
        page.line("ready to run:  docket topics acls --commands")
        return page.text
    }

    package func json() -> String {
        let text = JSONText.array { list in
            for rule in rules {
                list.append(object: { item in
                    item.append("program", text: rule.program.rawValue)
                    item.append("principal", text: rule.principal)
                    item.append("resource", text: rule.resource.rawValue)
                    item.append("name", text: rule.name)
                    item.append("pattern", text: rule.isPrefix ? "prefixed" : "literal")
                    item.append(
                        "operations",
                        array: { (names: inout JSONArrayText) in
                            for one in rule.operations { names.append(text: one.rawValue) }
                        })
                })
            }
        }
        return (text.text ?? "") + "\n"
    }

    /// A script for a shell: one line for all that one program may do in one way.
    package func commands() -> String {
        var lines = [
            "# BOOTSTRAP: the brokers, HOST:PORT; ADMIN: the client properties of somebody who may alter access lists.",
            "# Some packages of Kafka call the tool kafka-acls.sh.",
        ]
        var rest = rules
        while let first = rest.first {
            let alike = rules.filter { $0.isGranted(with: first) }
            rest.removeAll { $0.isGranted(with: first) }
            var words = [
                "kafka-acls", "--bootstrap-server", "\"$BOOTSTRAP\"", "--command-config", "\"$ADMIN\"", "--add",
                "--allow-principal", first.principal.quoted,
            ]
            for operation in first.operations { words += ["--operation", operation.rawValue] }
            if first.isPrefix { words += ["--resource-pattern-type", "prefixed"] }
            for rule in alike { words += ["--\(first.resource.rawValue)", rule.name] }
            lines.append(words.joined(separator: " "))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension AccessList.Rule {
    /// Whether one command can grant both.
    fileprivate func isGranted(with other: AccessList.Rule) -> Bool {
        principal == other.principal && program == other.program && resource == other.resource
            && isPrefix == other.isPrefix && operations == other.operations
    }
}

extension String {
    /// As one word of a shell.
    fileprivate var quoted: String {
        "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
