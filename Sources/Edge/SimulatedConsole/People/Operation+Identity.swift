import Ports

extension Operation {
    /// Who a token is, and what the console says about itself.
    static let identity = [
        Operation("GET", "/user", .permission("Users.view")) { console, call throws(Refusal) in
            let data = call.caller.row(console.cast.accounts[0], start: console.settings.start)
            return JSON.object(["data": data]).bytes
        },
        Operation("GET", "/rbac/role/{role_id}", .permission("Roles.view")) { console, call throws(Refusal) in
            let roles = console.people.map(\.role)
            guard let role = roles.first(where: { [String($0.id)] == call.parts }) else { throw .unknownID("role") }
            return JSON.object(["data": role.row(console.cast.accounts[0])]).bytes
        },
        Operation("GET", "/users/viewer-auth-check", .token) { _, _ throws(Refusal) in
            JSON.object(["data": ["success": true]]).bytes
        },
        Operation("GET", "/system/status", .nothing) { _, _ throws(Refusal) in
            JSON.object(["data": ["health": "ok"]]).bytes
        },
    ]
}
