import Pipeline

// Who reads and writes which topic, said once: the programs are wired with it, the table of topics is printed from it,
// and so are the permissions that a cluster must give to each program.

/// The programs of a deployment, by the names of their executables.
package enum Program: String, Sendable, CaseIterable {
    case ingest, enrich, playbook, docket
}

/// One loop of a program: what it reads and writes, and nothing else.
package struct LoopDeclaration: Sendable, Equatable {
    package let program: Program
    package let name: String
    /// Read as a member of its group.
    package let sources: [String]
    /// Those of its sources that it folds into a table, and reads from their beginning for that.
    package var tables: Set<String> = []
    /// Written by this loop alone, and read again at its start.
    package var journal: String?
    /// Read outside the group.
    package var tails: [String] = []
    package let outputs: [String]

    /// The name of the group whose members share its partitions.
    package var group: String { "\(program.rawValue).\(name)" }

    /// The same on a cluster, which may serve several deployments. Transactional ids are this, a dash and an instance.
    package func group(under prefix: String) -> String { prefix + group }

    package var reads: [String] { sources + (journal.map { [$0] } ?? []) + tails }
    package var writes: [String] { (journal.map { [$0] } ?? []) + outputs }
}

/// Every loop that there is.
package struct Loops: Sendable {
    package let observe: LoopDeclaration
    package let enrich: LoopDeclaration
    package let investigate: LoopDeclaration
    package let plan: LoopDeclaration
    package let perform: LoopDeclaration

    package var all: [LoopDeclaration] { [observe, enrich, investigate, plan, perform] }

    init(_ catalogue: Catalogue) {
        observe = LoopDeclaration(
            program: .ingest, name: "observe", sources: [catalogue.ordersConsoles.name],
            journal: catalogue.feedsCursors.name,
            // What it published itself, where the console counts otherwise.
            tails: [catalogue.threatsObserved.name, catalogue.alertsObserved.name, catalogue.activitiesObserved.name],
            outputs: ObservedStream.allCases.map { catalogue.observed($0).name }
                + [catalogue.consolesStatus.name, catalogue.deadLetters])
        enrich = LoopDeclaration(
            program: .enrich, name: "enrich",
            sources: [catalogue.threatsObserved.name, catalogue.agentsObserved.name],
            tables: [catalogue.agentsObserved.name],
            outputs: [catalogue.threatsEnriched.name, catalogue.deadLetters])
        investigate = LoopDeclaration(
            program: .enrich, name: "investigate",
            sources: [catalogue.threatsEnriched.name, catalogue.actionsSettled.name],
            journal: catalogue.investigations.name, outputs: [catalogue.deadLetters])
        plan = LoopDeclaration(
            program: .playbook, name: "plan", sources: [catalogue.investigations.name, catalogue.actionsSettled.name],
            journal: catalogue.playbookRuns.name, outputs: [catalogue.actionsRequested.name, catalogue.deadLetters])
        perform = LoopDeclaration(
            program: .playbook, name: "perform",
            sources: [catalogue.actionsRequested.name, catalogue.ordersConsoles.name],
            journal: catalogue.actionsLedger.name, tails: [catalogue.controls.name, catalogue.investigations.name],
            outputs: [catalogue.actionsSettled.name, catalogue.deadLetters])
    }
}

/// What the operator's command reads and writes: no loop, and a member of no group.
package struct DeskDeclaration: Sendable {
    /// What it shows is folded from these.
    package let journals: [String]
    /// Only the number of their records is shown.
    package let counted: [String]
    package let writes: [String]

    package var reads: [String] { journals + counted }

    /// What the transactional ids of those who only write begin with, on a cluster; a dash follows.
    package static func appender(under prefix: String) -> String { prefix + "append" }

    init(_ catalogue: Catalogue) {
        journals = [
            catalogue.investigations.name, catalogue.actionsLedger.name, catalogue.controls.name,
            catalogue.feedsCursors.name,
            catalogue.consolesStatus.name,
        ]
        counted =
            ObservedStream.allCases.map { catalogue.observed($0).name }
            + [catalogue.threatsEnriched.name, catalogue.deadLetters]
        writes = [catalogue.ordersConsoles.name, catalogue.controls.name]
    }
}

extension Catalogue {
    package var loops: Loops { Loops(self) }
    package var desk: DeskDeclaration { DeskDeclaration(self) }

    /// For people: the one loop or program that writes a topic.
    func writer(of topic: String) -> String {
        let loops = loops.all
        let writers = loops.filter { $0.writes.contains(topic) }
        if writers.count == loops.count { return "every loop" }
        let names = writers.map(\.place) + (desk.writes.contains(topic) ? [Program.docket.rawValue] : [])
        return names.joined(separator: ", ")
    }

    /// For people: who reads a topic, and how.
    func readers(of topic: String, forSubscribers: Bool) -> String {
        var names = loops.all.filter { $0.reads.contains(topic) }.map { loop in
            loop.place + (loop.tables.contains(topic) ? " (table)" : loop.tails.contains(topic) ? " (tail)" : "")
        }
        if desk.reads.contains(topic) { names.append(Program.docket.rawValue) }
        if forSubscribers { names.append("subscribers") }
        return names.joined(separator: ", ")
    }
}

extension LoopDeclaration {
    fileprivate var place: String { "\(program.rawValue)/\(name)" }
}
