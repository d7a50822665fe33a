package import Investigation
package import Ports

/// Readable and derived, never random: asking twice names the same action, asking again after a release a new one.
package struct ActionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// `eu1.9041#2/contain@3f9c/isolate#1/2190000000000000041`
    package init(
        case id: CaseID, generation: Int, playbook: String, step: String, occurrence: Int, target: String
    ) {
        rawValue = "\(id)#\(generation)/\(playbook)/\(step)#\(occurrence)/\(target)"
    }

    /// An action that a signed order asks for, named after the order.
    package init(order hash: String, step: String, target: String) {
        rawValue = "manual.\(hash.prefix(16))/\(step)#1/\(target)"
    }

    /// Takes an id that was read back.
    package init(_ text: String) { rawValue = text }

    package static func < (left: ActionID, right: ActionID) -> Bool { left.rawValue < right.rawValue }
    package var description: String { rawValue }
}

/// What can be done to an endpoint, and everything that is known of doing it: one row per action.
package enum ActionKind: String, Sendable, CaseIterable {
    case isolate, release

    package var inverse: ActionKind {
        switch self {
        case .isolate: .release
        case .release: .isolate
        }
    }

    /// What the token's role must hold to do it.
    package var permission: String {
        switch self {
        case .isolate: "Endpoints.disconnectFromNetwork"
        case .release: "Endpoints.reconnectToNetwork"
        }
    }

    /// What the token's role must hold to find out whether it happened. Without it absence can never be proven.
    package var inquiryPermissions: [String] { ["Activity Page.view", "Endpoints.view"] }

    /// The activity by which the console records that it accepted the order.
    package var acceptance: Int {
        switch self {
        case .isolate: 61
        case .release: 62
        }
    }

    /// The activity by which the endpoint reports that it happened.
    package var effect: Int {
        switch self {
        case .isolate: 1001
        case .release: 1002
        }
    }

    /// The activity by which the endpoint reports that it failed; nil where none is known.
    package var failure: Int? {
        switch self {
        case .isolate: 2010
        case .release: nil
        }
    }

    /// The endpoint's `networkStatus` once it is done.
    package var networkStatus: String {
        switch self {
        case .isolate: "disconnected"
        case .release: "connected"
        }
    }

    /// Takes protection away or gives a host its network back: exempt from the kill switch when a person signed it.
    package var isRelease: Bool {
        switch self {
        case .isolate: false
        case .release: true
        }
    }
}

/// Exactly one endpoint, with what identified it when the action was planned.
package struct ActionTarget: Hashable, Sendable {
    package let endpoint: String
    package let uuid: String
    package let site: String
    package let name: String

    package init(endpoint: String, uuid: String, site: String, name: String) {
        self.endpoint = endpoint
        self.uuid = uuid
        self.site = site
        self.name = name
    }
}

/// The wish that something be done: a plan for one target. What is approved is the hash of exactly this.
package struct ActionRequest: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        case playbook(String, case: CaseID, generation: Int, threats: [String])
        /// A signed order of a person; `undoing` names the action whose inverse this is.
        case order(String, by: String, undoing: ActionID?)
    }

    package let id: ActionID
    package let kind: ActionKind
    package let console: ConsoleID
    package let subject: Subject
    package let target: ActionTarget
    package let origin: Origin
    package let reason: String
    package let needsApproval: Bool
    package let requestedAt: Timestamp

    package init(
        id: ActionID, kind: ActionKind, console: ConsoleID, subject: Subject, target: ActionTarget, origin: Origin,
        reason: String, needsApproval: Bool, requestedAt: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.console = console
        self.subject = subject
        self.target = target
        self.origin = origin
        self.reason = reason
        self.needsApproval = needsApproval
        self.requestedAt = requestedAt
    }

    /// Whether a person signed for this, and not a playbook wished it.
    var isSigned: Bool {
        switch origin {
        case .order: true
        case .playbook: false
        }
    }

    var withApproval: ActionRequest {
        ActionRequest(
            id: id, kind: kind, console: console, subject: subject, target: target, origin: origin, reason: reason,
            needsApproval: true, requestedAt: requestedAt)
    }

    /// The text whose hash an approval signs: every field that decides what will happen, each on its line, with line
    /// breaks in foreign text escaped so that no field can pose as another.
    package func plan(deployment: String) -> String {
        let origin: [String] =
            switch origin {
            case .playbook(let playbook, let id, let generation, let threats):
                ["playbook \(playbook)", "case \(id)", "generation \(generation)"] + threats.map { "threat \($0)" }
            case .order(let order, let by, let undoing):
                ["order \(order)", "by \(by)"] + (undoing.map { ["undoing \($0)"] } ?? [])
            }
        let what = [
            "docket-plan-1", "deployment \(deployment)", "action \(id)", "kind \(kind.rawValue)",
            "console \(console)", "subject \(subject)", "endpoint \(target.endpoint)", "uuid \(target.uuid)",
            "site \(target.site)", "name \(target.name)",
        ]
        let why = ["reason \(reason)", "approval \(needsApproval)", "at \(requestedAt.microseconds)"]
        return (what + origin + why).map(\.onOneLine).joined(separator: "\n")
    }
}

/// How one call ended, as far as we can tell. `unknown` is a fact too: we asked and cannot say.
package enum ActionOutcome: Hashable, Sendable {
    case done(receipt: String)
    case refused(code: String)
    case notApplied(code: String)
    /// Provably no call was made, or the console turned it away before looking at it: uses no attempt.
    case notStarted(code: String)
    /// The console says that we may not, for now: uses no attempt, comes back with a growing delay.
    case held(code: String)
    case unknown(code: String)

    /// Whether it may follow `unknown`: an inquiry finds the effect or its absence. That the inquiry itself was not
    /// sent or was turned away says nothing of the call.
    var settlesUnknown: Bool {
        switch self {
        case .done, .notApplied, .unknown: true
        case .refused, .notStarted, .held: false
        }
    }
}
