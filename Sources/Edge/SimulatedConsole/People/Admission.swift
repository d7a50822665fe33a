import Ports

extension SimulatedConsole {
    /// Who calls, if that one may.
    func admitted(_ request: ServedRequest, to operation: Operation) throws(Refusal) -> Person {
        switch operation.need {
        case .nothing: return caller(of: request, operation) ?? .nobody
        case .token:
            guard let caller = caller(of: request, operation) else { throw .authenticationFailed }
            return caller
        case .permission(let permission):
            guard let caller = caller(of: request, operation) else { throw .authenticationFailed }
            if let denial = denial(to: caller, of: permission, operation) {
                // A quirk of consoles: on some routes a service user is told that nobody knows it.
                throw operation.hidesDenial && caller.kind == .serviceUser ? .authenticationFailed : denial
            }
            return caller
        }
    }

    private func denial(to caller: Person, of permission: String, _ operation: Operation) -> Refusal? {
        guard caller.role.permissions.contains(permission) else { return .insufficientPermissions }
        if operation.isAboutAccounts, caller.scope == "site" { return .outOfScope(caller.scope) }
        return operation.refusesSeveralScopes && caller.isMultiScope ? .severalScopes : nil
    }

    /// Whose living token the request carries, in the form that the operation takes.
    func caller(of request: ServedRequest, _ operation: Operation) -> Person? {
        let parts = (request.header("Authorization") ?? "").split(separator: " ")
        guard parts.count == 2 else { return nil }
        let scheme = parts[0].lowercased()
        guard scheme == "apitoken" || scheme == "bearer" && operation.takesBearer else { return nil }
        return holder(of: String(parts[1])).flatMap { $0.token?.lives(at: now) == true ? $0 : nil }
    }

    /// Whose token this is, whether or not it lives.
    func holder(of token: String) -> Person? { people.first { $0.token?.secret.reveal() == token } }
}

extension Operation {
    /// Where the documentation lets `Bearer` stand for `ApiToken`.
    var takesBearer: Bool { ["/unifiedalerts/", "/xspm/", "/xdr/"].contains { path.hasPrefix($0) } }

    var hidesDenial: Bool {
        let routes = ["pending-executions", "guardrails", "script-content"].map { "/remote-scripts/\($0)" }
        return (routes + ["/settings/"]).contains { path.hasPrefix($0) }
    }

    var isAboutAccounts: Bool { path == "/accounts" || path.hasPrefix("/accounts/") }
    var refusesSeveralScopes: Bool { path == "/threat-intelligence/iocs" }

    /// Known, guarded like the rest, and not imitated: who gets past the door is told so.
    static let unserved: [Operation] = [
        ("/threat-intelligence/iocs", "Threat Intelligence.view"),
        ("/remote-scripts/pending-executions", "Remote Script Orchestration.view"),
        ("/remote-scripts/guardrails/configuration", "Remote Script Orchestration.view"),
        ("/remote-scripts/script-content", "Remote Script Orchestration.view"),
        ("/settings/notifications", "Configuration.view"),
        ("/xdr/assets", "XDR Inventory.view"),
    ].map { path, permission in
        Operation("GET", path, .permission(permission)) { _, _ throws(Refusal) in
            throw .notSimulated("the route \(path)")
        }
    }
}
