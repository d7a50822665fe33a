import Ports

/// The operations this console knows.
enum Route: Equatable {
    case threats, agents, activities, user, viewerCheck, systemStatus
    case role(String)
    case action(NetworkAction)
    case unknown

    static let base = "/web/api/v2.1/"

    init(_ request: ServedRequest) {
        guard request.path.hasPrefix(Self.base) else {
            self = .unknown
            return
        }
        let rest = request.path.dropFirst(Self.base.count)
        switch rest {
        case "threats": self = .threats
        case "agents": self = .agents
        case "activities": self = .activities
        case "user": self = .user
        case "users/viewer-auth-check": self = .viewerCheck
        case "system/status": self = .systemStatus
        case "agents/actions/disconnect": self = .action(.disconnect)
        case "agents/actions/connect": self = .action(.connect)
        case _ where rest.hasPrefix("rbac/role/"): self = .role(String(rest.dropFirst("rbac/role/".count)))
        default: self = .unknown
        }
    }

    /// What a fault and the call counts name it by.
    var name: String {
        switch self {
        case .threats: "threats"
        case .agents: "agents"
        case .activities: "activities"
        case .user: "user"
        case .viewerCheck: "users/viewer-auth-check"
        case .systemStatus: "system/status"
        case .role: "rbac/role"
        case .action(let action): "agents/actions/\(action.rawValue)"
        case .unknown: "unknown"
        }
    }

    static let names = [
        Route.threats, .agents, .activities, .user, .viewerCheck, .systemStatus, .role(""), .action(.disconnect),
        .action(.connect),
    ].map(\.name)

    var method: String {
        if case .action = self { "POST" } else { "GET" }
    }

    /// Nil where any valid token will do.
    var permission: String? {
        switch self {
        case .threats: "Threats.view"
        case .agents: "Endpoints.view"
        case .activities: "Activity Page.view"
        case .user: "Users.view"
        case .role: "Roles.view"
        case .action(.disconnect): "Endpoints.disconnectFromNetwork"
        case .action(.connect): "Endpoints.reconnectToNetwork"
        case .viewerCheck, .systemStatus, .unknown: nil
        }
    }
}
