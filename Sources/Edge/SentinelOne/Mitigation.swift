import JSONView
package import Ports

/// What is done to an endpoint, and everything that is known about how the console shows it.
package enum Mitigation: String, Sendable, CaseIterable {
    /// Off the network, but for the console.
    case isolate
    /// Back on it.
    case release

    /// The call. It names its targets and nothing else: there is no way to build it with a filter that could match
    /// more.
    package func request(for targets: ExactTargets<AgentID>, at console: Console) -> HTTPRequest {
        let body = JSONText.object {
            $0.append("filter") { (filter: inout JSONObjectText) in
                filter.append("ids") { (ids: inout JSONArrayText) in
                    for id in targets.ids { ids.append(text: id.digits) }
                }
            }
            $0.append("data", object: { _ in })
        }
        return console.post("/agents/actions/\(verb)", body)
    }

    private var verb: String {
        switch self {
        case .isolate: "disconnect"
        case .release: "connect"
        }
    }

    /// What the token's role must permit.
    package var permission: Permission {
        switch self {
        case .isolate: .isolate
        case .release: .release
        }
    }

    /// The activity that says the console took the call.
    package var acceptedActivity: Int {
        switch self {
        case .isolate: 61
        case .release: 62
        }
    }

    /// The activity that says the endpoint did it.
    package var effectActivity: Int {
        switch self {
        case .isolate: 1001
        case .release: 1002
        }
    }

    /// The activity that says the endpoint could not; only isolating has one.
    package var failedActivity: Int? {
        switch self {
        case .isolate: 2010
        case .release: nil
        }
    }

    /// The endpoint's state while it is under way, which for one that is offline can last for days.
    package var underWay: NetworkStatus {
        switch self {
        case .isolate: .disconnecting
        case .release: .connecting
        }
    }

    /// The endpoint's state when it is so.
    package var reached: NetworkStatus {
        switch self {
        case .isolate: .disconnected
        case .release: .connected
        }
    }
}
