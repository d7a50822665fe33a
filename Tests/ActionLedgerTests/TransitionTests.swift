import ActionLedger
import Foundation
import Investigation
import Ports
import Samples
import Testing

@Suite("Transitions")
struct TransitionTests {
    struct Named: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let events: [LedgerEvent]

        init(_ name: String, _ events: LedgerEvent...) {
            testDescription = name
            self.events = events
        }
    }

    static let at = Samples.now

    static func outcome(_ outcome: ActionOutcome, number: Int = 1) -> LedgerEvent {
        .outcome(number: number, outcome, at: at)
    }

    static let approved = LedgerEvent.approved(by: "ada", order: "o", until: at + .seconds(3_600))

    static let waiting = [
        Named("requested"), Named("held", .held(gate: .role, reason: "r")),
        Named("attempted", Samples.attempted()),
        Named("unknown", Samples.attempted(), outcome(.unknown(code: "c"))),
        Named("absence seen", Samples.attempted(), outcome(.unknown(code: "c")), .absenceSeen(number: 1, at: at)),
        Named("not applied", Samples.attempted(), outcome(.notApplied(code: "c"))),
        Named("not started", Samples.attempted(), outcome(.notStarted(code: "c"))),
        Named("done", Samples.attempted(), outcome(.done(receipt: "r"))),
        Named("overdue", Samples.attempted(), outcome(.done(receipt: "r")), .overdue(at: at)),
    ]

    static let ends = [
        Named("confirmed", Samples.attempted(), .confirmed(receipt: "r", at: at)),
        Named("failed", Samples.attempted(), .failed(receipt: "r", at: at)),
        Named("refused", Samples.attempted(), outcome(.refused(code: "c"))),
        Named("rejected", .rejected(by: "ada", order: "o", reason: "r")), Named("already so", .alreadySo(at: at)),
        Named("superseded", .superseded(by: "x", at: at)), Named("rehearsed", .rehearsed(closed: [], at: at)),
        Named("gave up", .gaveUp(reason: "r", at: at)), Named("withdrawn", .withdrawn(reason: "r")),
    ]

    static let events = [
        Named("approved", approved), Named("rejected", .rejected(by: "ada", order: "o", reason: "r")),
        Named("approval lapsed", .approvalLapsed(at: at)), Named("held", .held(gate: .role, reason: "r")),
        Named("attempted", Samples.attempted(2)), Named("outcome done", outcome(.done(receipt: "r"))),
        Named("outcome refused", outcome(.refused(code: "c"))),
        Named("outcome not applied", outcome(.notApplied(code: "c"))),
        Named("outcome not started", outcome(.notStarted(code: "c"))),
        Named("outcome held", outcome(.held(code: "c"))), Named("outcome unknown", outcome(.unknown(code: "c"))),
        Named("outcome of another attempt", outcome(.notStarted(code: "c"), number: 9)),
        Named("absence seen", .absenceSeen(number: 1, at: at)), Named("confirmed", .confirmed(receipt: "r", at: at)),
        Named("failed", .failed(receipt: "r", at: at)), Named("overdue", .overdue(at: at)),
        Named("already so", .alreadySo(at: at)), Named("superseded", .superseded(by: "x", at: at)),
        Named("rehearsed", .rehearsed(closed: [], at: at)), Named("gave up", .gaveUp(reason: "r", at: at)),
        Named("withdrawn", .withdrawn(reason: "r")),
    ]

    /// The move a minute later, with every gate open, in one word.
    private func move(in ledger: ConsoleLedger) -> String {
        let now = Self.at + .seconds(60)
        let move = ledger.nextMove(
            for: Samples.actionID(), facts: Samples.openFacts(at: now), limits: LedgerLimits(), at: now)
        return switch move {
        case .nothing: "-"
        case .awaitApproval: "await approval"
        case .wait: "wait"
        case .look: "look"
        case .lapse: "lapse"
        case .hold(let answer): "hold by \(answer.gate.rawValue)"
        case .rehearse: "rehearse"
        case .alreadySo: "already so"
        case .supersede: "supersede"
        case .attempt(let number, _): "attempt \(number)"
        case .inquire: "inquire"
        case .watch: "watch"
        case .becomeOverdue: "become overdue"
        case .giveUp: "give up"
        }
    }

    private func block(_ title: String, _ request: ActionRequest, _ history: [LedgerEvent]) -> [String] {
        var start = Samples.ledger(request)
        for event in history { start.apply(event, to: request.id) }
        func shown(_ ledger: ConsoleLedger) -> String {
            "\(ledger.entries[request.id]?.state.rawValue ?? "none") -> \(move(in: ledger))"
        }
        let lines = Self.events.map { event in
            var ledger = start
            for one in event.events { ledger.apply(one, to: request.id) }
            let changed = ledger.entries == start.entries ? " (nothing changes)" : ""
            return "  " + event.testDescription.padding(toLength: 28, withPad: " ", startingAt: 0)
                + shown(ledger) + changed
        }
        return ["\(title): \(shown(start))"] + lines + [""]
    }

    @Test("every state and every event lead to the state and the move that the reviewed table says")
    func table() throws {
        var lines = ["Each state with its next move a minute later under open gates, then each event's."]
        lines.append("")
        let needing = Samples.request(needsApproval: true)
        lines += block("awaiting approval", needing, [])
        lines += block("approved", needing, [Self.approved])
        lines += block("approved, held", needing, [Self.approved, .held(gate: .role, reason: "r")])
        for state in Self.waiting + Self.ends {
            lines += block(state.testDescription, Samples.request(), state.events)
        }
        try expectGolden(lines.joined(separator: "\n"), "transitions.txt")
    }

    /// Compares with `Golden/<name>`. `UPDATE_GOLDEN=1` rewrites the file and fails once, so that nobody updates
    /// without looking.
    private func expectGolden(_ text: String, _ name: String, here: String = #filePath) throws {
        let file = URL(filePath: here).deletingLastPathComponent().appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
            Issue.record("\(name) was rewritten: read its diff, then run again without UPDATE_GOLDEN")
            return
        }
        let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let (ours, theirs) = (text.split(separator: "\n"), golden.split(separator: "\n"))
        for (line, expected) in zip(ours, theirs) where line != expected {
            Issue.record("\(name): got \"\(line)\", the table says \"\(expected)\"")
        }
        #expect(ours.count == theirs.count)
    }
}
