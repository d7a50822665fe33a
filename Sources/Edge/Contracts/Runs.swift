import ActionLedger
import Investigation
import Pipeline
package import Playbook
import Ports

/// One event of one run.
package struct RunRecord: Sendable, Equatable {
    package let run: Run.ID
    package let event: Run.Event

    package init(run: Run.ID, event: Run.Event) {
        self.run = run
        self.event = event
    }

    static let types = ["planned", "action-asked", "withdrawal-asked", "action-settled", "ended"].map { "run." + $0 }
}

private struct RunRecordV1: Codable {
    let `case`: String
    let generation: Int
    let kind: String
    var playbook: String?
    var action: String?
    var reason: String?
    var state: String?

    init(_ record: RunRecord) {
        `case` = record.run.caseID.rawValue
        generation = record.run.generation
        switch record.event {
        case .planned(let playbook):
            kind = "planned"
            self.playbook = playbook
        case .actionAsked(let action):
            kind = "action-asked"
            self.action = action.rawValue
        case .withdrawalAsked(let action, let reason):
            kind = "withdrawal-asked"
            self.action = action.rawValue
            self.reason = reason
        case .actionSettled(let action, let state):
            kind = "action-settled"
            self.action = action.rawValue
            self.state = state.rawValue
        case .ended(let reason):
            kind = "ended"
            self.reason = reason
        }
    }

    func message() throws(Unreadable) -> RunRecord {
        let event: Run.Event
        switch kind {
        case "planned": event = .planned(under: try Need.value(playbook, "playbook"))
        case "action-asked": event = .actionAsked(ActionID(try Need.value(action, "action")))
        case "withdrawal-asked":
            event = .withdrawalAsked(
                ActionID(try Need.value(action, "action")), reason: try Need.value(reason, "reason"))
        case "action-settled":
            event = .actionSettled(
                ActionID(try Need.value(action, "action")), state: try Need.choice(Need.value(state, "state"), "state"))
        case "ended": event = .ended(reason: try Need.value(reason, "reason"))
        default: throw Unreadable("kind: \(kind.shown) is not a known event of a run")
        }
        return RunRecord(run: Run.ID(case: CaseID(`case`), generation: generation), event: event)
    }
}

extension Topic where Message == RunRecord {
    static func playbookRuns(_ name: String, source: String) -> Topic {
        .json(
            name, source: source, type: { "run." + $0.kind }, key: { _ in nil },
            wire: { RunRecordV1($0) },
            message: { (wire: RunRecordV1) throws(Unreadable) -> RunRecord in try wire.message() })
    }
}
