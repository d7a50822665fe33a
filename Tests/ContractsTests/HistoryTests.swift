import ActionLedger
import Contracts
import Foundation
import Investigation
import Pipeline
import Playbook
import Ports
import Testing

@Suite("Histories")
struct HistoryTests {
    private let catalogue = Specimens.catalogue
    private static let folder = ContractFiles.tests.appending(path: "Histories")

    /// The records of a journal as they were once written, one object per line. Never rewritten.
    private func records(_ name: String, on topic: String) throws -> [IncomingRecord] {
        let text = try String(contentsOf: Self.folder.appending(path: "\(name).jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            IncomingRecord(try Sample(Data(line.utf8)).record, on: topic)
        }
    }

    private func golden(_ lines: [String], _ name: String) throws {
        try expectGolden(
            lines.joined(separator: "\n") + "\n", at: Self.folder.appending(path: "\(name).state.txt"))
    }

    @Test("recorded cases fold to the state that they always had")
    func cases() throws {
        var memory: [String: Cases] = [:]
        var last: [CaseID: CaseSummary] = [:]
        for record in try records("investigations", on: catalogue.investigations.name) {
            let entry = try catalogue.investigations.message(in: record)
            let key = try #require(record.key?.text)
            memory[key, default: Cases()].apply(entry.event, to: entry.summary.id)
            last[entry.summary.id] = entry.summary
        }
        for (id, summary) in last {
            let state = memory[summary.subject.rawValue]?[id] ?? Investigation()
            #expect(CaseSummary(of: state, id: id, subject: summary.subject) == summary)
        }
        try golden(
            memory.sorted { $0.key < $1.key }.flatMap { key, cases in
                cases.byID.sorted { $0.key < $1.key }.flatMap { id, one in ["\(key) \(id)"] + Self.lines(of: one) }
            }, "investigations")
    }

    private static func lines(of one: Investigation) -> [String] {
        [
            "  \(one.status.rawValue) generation \(one.generation) since \(one.openedAt)",
            "  verdict \(one.verdict?.rawValue ?? "none"), closed because \(one.closedBecause ?? "-")",
            "  endpoint \(one.endpoint.map { "\($0.id) \($0.uuid) \($0.name) \($0.site) \($0.siteName)" } ?? "none")",
        ]
            + one.threats.values.sorted { $0.id < $1.id }.map {
                "  threat \($0.id) \($0.name) \($0.confidence) \($0.analystVerdict) \($0.incidentStatus) "
                    + "\($0.hashVerdict) \($0.indicators) \($0.createdAt) \($0.updatedAt)"
            }
            + one.evidence.map {
                "  evidence \($0.weight) \($0.kind) of \($0.threat), from \($0.provenance.event) \($0.provenance.field)"
            } + one.actions.sorted { $0.key < $1.key }.map { "  action \($0.key) \($0.value)" }
    }

    @Test("recorded runs fold to the state that they always had")
    func runs() throws {
        var memory: [String: Runs] = [:]
        for record in try records("playbook.runs", on: catalogue.playbookRuns.name) {
            let entry = try catalogue.playbookRuns.message(in: record)
            memory[try #require(record.key?.text), default: Runs()].apply(entry.event, to: entry.run)
        }
        try golden(
            memory.sorted { $0.key < $1.key }.flatMap { key, runs in
                runs.byID.sorted { $0.key < $1.key }.flatMap { id, run in
                    ["\(key) \(id)", "  under \(run.playbook ?? "-"), ended because \(run.endedBecause ?? "-")"]
                        + run.actions.sorted { $0.key < $1.key }.map { action, state in
                            "  action \(action) \(state?.rawValue ?? "asked")"
                                + (run.withdrawn.contains(action) ? " withdrawn" : "")
                        }
                }
            }, "playbook.runs")
    }

    @Test("a recorded ledger folds to the state that it always had")
    func ledger() throws {
        var memory: [String: ConsoleLedger] = [:]
        for record in try records("actions.ledger", on: catalogue.actionsLedger.name) {
            memory[try #require(record.key?.text), default: ConsoleLedger()].apply(
                try catalogue.actionsLedger.message(in: record))
        }
        try golden(
            memory.sorted { $0.key < $1.key }.flatMap { key, ledger in
                [
                    key, "  stops in force \(ledger.activeStops.map(\.id)), lifted \(ledger.liftedStops.sorted())",
                    "  answered \(ledger.answeredOrders.sorted())", "  last attempt at \(ledger.lastAttemptAt)",
                ] + ledger.order.compactMap { ledger.entries[$0] }.flatMap(Self.lines(of:))
            }, "actions.ledger")
    }

    private static func lines(of entry: LedgerEntry) -> [String] {
        let request = entry.request
        return [
            "  \(request.id) \(request.kind.rawValue) \(request.target.endpoint): \(entry.state.rawValue)",
            "    plan \(entry.plan), \(request.origin), requested at \(request.requestedAt)",
            "    approved by \(entry.approval.map { "\($0.by) until \($0.until)" } ?? "-")",
            "    attempt \(entry.attempt.map { "\($0.number) at \($0.at) as \($0.user)" } ?? "-"), "
                + "used \(entry.attemptsUsed), setbacks \(entry.setbacks)",
            "    holding \(entry.holding.map { "\($0.gate.rawValue): \($0.reason)" } ?? "-"), overdue \(entry.isOverdue)",
            "    receipts \(entry.receipts), note \(entry.note)",
        ]
    }
}
