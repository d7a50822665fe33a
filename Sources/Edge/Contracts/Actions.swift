package import ActionLedger
package import Investigation
import Pipeline
import Ports

/// What plan asks of perform.
package enum ActionWish: Sendable, Equatable {
    case requested(ActionRequest)
    case withdrawn(ActionID, console: ConsoleID, reason: String)

    package var console: ConsoleID {
        switch self {
        case .requested(let request): request.console
        case .withdrawn(_, let console, _): console
        }
    }
}

/// What became of an action, for whoever waits for it.
package struct ActionSettled: Sendable, Equatable {
    package let action: ActionID
    package let caseID: CaseID?
    package let subject: Subject
    package let kind: ActionKind
    package let state: LedgerEntry.State
    package let note: String

    package init(
        action: ActionID, caseID: CaseID?, subject: Subject, kind: ActionKind, state: LedgerEntry.State, note: String
    ) {
        self.action = action
        self.caseID = caseID
        self.subject = subject
        self.kind = kind
        self.state = state
        self.note = note
    }
}

/// A request as it stands on the wire, in wishes and in the ledger alike.
struct ActionRequestV1: Codable {
    struct Target: Codable {
        let endpoint: String
        let uuid: String
        let site: String
        let name: String
    }

    struct Origin: Codable {
        var playbook: String?
        var `case`: String?
        var generation: Int?
        var threats: [String]?
        var order: String?
        var by: String?
        var undoing: String?
    }

    let action: String
    let kind: String
    let console: String
    let subject: String
    let target: Target
    let origin: Origin
    let reason: String
    let needsApproval: Bool
    let requestedAt: String

    init(_ request: ActionRequest) {
        action = request.id.rawValue
        kind = request.kind.rawValue
        console = request.console.rawValue
        subject = request.subject.rawValue
        target = Target(
            endpoint: request.target.endpoint, uuid: request.target.uuid, site: request.target.site,
            name: request.target.name)
        origin =
            switch request.origin {
            case .playbook(let playbook, let id, let generation, let threats):
                Origin(playbook: playbook, case: id.rawValue, generation: generation, threats: threats)
            case .order(let order, let by, let undoing):
                Origin(order: order, by: by, undoing: undoing?.rawValue)
            }
        reason = request.reason
        needsApproval = request.needsApproval
        requestedAt = request.requestedAt.wire
    }

    func request() throws(Unreadable) -> ActionRequest {
        ActionRequest(
            id: ActionID(action), kind: try Need.choice(kind, "kind"),
            console: try Need.value(ConsoleID(console), "console"),
            subject: try Need.value(Subject(subject), "subject"),
            target: ActionTarget(endpoint: target.endpoint, uuid: target.uuid, site: target.site, name: target.name),
            origin: try originValue(), reason: reason, needsApproval: needsApproval,
            requestedAt: try Need.time(requestedAt, "requestedAt"))
    }

    private func originValue() throws(Unreadable) -> ActionRequest.Origin {
        if let playbook = origin.playbook {
            return .playbook(
                playbook, case: CaseID(try Need.value(origin.case, "origin.case")),
                generation: try Need.value(origin.generation, "origin.generation"),
                threats: try Need.value(origin.threats, "origin.threats"))
        }
        return .order(
            try Need.value(origin.order, "origin.order"), by: try Need.value(origin.by, "origin.by"),
            undoing: origin.undoing.map { ActionID($0) })
    }
}

private struct ActionWishV1: Codable {
    var request: ActionRequestV1?
    var action: String?
    var console: String?
    var reason: String?
}

extension Topic where Message == ActionWish {
    static func actionsRequested(_ name: String, source: String) -> Topic {
        .json(
            name, source: source,
            type: { $0.request == nil ? "action.withdrawn" : "action.requested" },
            key: { Bytes($0.console.rawValue) },
            wire: {
                switch $0 {
                case .requested(let request): ActionWishV1(request: ActionRequestV1(request))
                case .withdrawn(let action, let console, let reason):
                    ActionWishV1(action: action.rawValue, console: console.rawValue, reason: reason)
                }
            },
            message: { (wire: ActionWishV1) throws(Unreadable) -> ActionWish in
                if let request = wire.request { return .requested(try request.request()) }
                return .withdrawn(
                    ActionID(try Need.value(wire.action, "action")),
                    console: try Need.value(wire.console.flatMap { ConsoleID($0) }, "console"),
                    reason: try Need.value(wire.reason, "reason"))
            })
    }
}

private struct ActionSettledV1: Codable {
    let action: String
    let `case`: String?
    let subject: String
    let kind: String
    let state: String
    let note: String
}

extension Topic where Message == ActionSettled {
    static func actionsSettled(_ name: String, source: String) -> Topic {
        .json(
            name, source: source, type: { _ in "action.settled" }, key: { Bytes($0.subject.rawValue) },
            wire: {
                ActionSettledV1(
                    action: $0.action.rawValue, case: $0.caseID?.rawValue, subject: $0.subject.rawValue,
                    kind: $0.kind.rawValue, state: $0.state.rawValue, note: $0.note)
            },
            message: { (wire: ActionSettledV1) throws(Unreadable) -> ActionSettled in
                ActionSettled(
                    action: ActionID(wire.action), caseID: wire.case.map { CaseID($0) },
                    subject: try Need.value(Subject(wire.subject), "subject"), kind: try Need.choice(wire.kind, "kind"),
                    state: try Need.choice(wire.state, "state"), note: wire.note)
            })
    }
}
