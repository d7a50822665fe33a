import JSONView
package import Ports

/// What is done to an endpoint, as a call. How the console shows it is in the ledger's one row per action.
package enum Mitigation: String, Sendable, CaseIterable {
    /// Off the network, but for the console.
    case isolate
    /// Back on it.
    case release

    /// The call. It names its targets and nothing else: there is no way to build it with a filter that could match
    /// more.
    package func request(for targets: ExactTargets<Agents>, at console: Console) -> HTTPRequest {
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
}
