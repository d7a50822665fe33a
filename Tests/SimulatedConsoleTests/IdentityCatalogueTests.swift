import Foundation
import Ports
import SimulatedConsole
import Testing

/// Facts about the vendor that are not part of this project: the catalogue of its operations.
private let catalogue = ProcessInfo.processInfo.environment["DOCKET_FACTS"].map {
    URL(fileURLWithPath: $0).appendingPathComponent("sentinelone/endpoint-catalogue.json")
}

@Suite("Who may call the simulated console, by the vendor's catalogue")
struct IdentityCatalogueTests {
    private func operations() throws -> [[String: Any]] {
        let root = try JSONSerialization.jsonObject(with: Data(contentsOf: try #require(catalogue)))
        return (root as? [String: Any])?["detailed"] as? [[String: Any]] ?? []
    }

    @Test(
        "every operation asks for the permission that is documented",
        .enabled(if: catalogue != nil, "DOCKET_FACTS names no folder with the catalogue"))
    func permissions() throws {
        let documented = try operations()
        var compared = 0
        for (method, path, permission) in SimulatedConsole.operations {
            let entry = documented.first { $0["method"] as? String == method && $0["path"] as? String == path }
            guard let entry else { continue }
            let wanted = entry["required_permissions"] as? [String] ?? []
            #expect(wanted == (permission.map { [$0] } ?? []), "\(method) \(path)")
            compared += 1
        }
        #expect(compared > 15)
    }

    @Test(
        "the identity operations show every documented member",
        .enabled(if: catalogue != nil, "DOCKET_FACTS names no folder with the catalogue"),
        arguments: [
            "/user", "/users/{user_id}/api-token-details", "/users/viewer-auth-check",
            "/users/tenant-admin-auth-check", "/users/rs-auth-check", "/rbac/roles", "/rbac/role/{role_id}",
            "/service-users", "/system/info", "/system/status", "/system/status/db", "/system/status/cache",
            "/system/configuration",
        ])
    func members(path: String) throws {
        var visitor = Visitor()
        let admin = try #require(visitor.console.token(of: "admin"))
        let user = try visitor.get("user", token: admin).data
        let role = try #require((user.members["scopeRoles"] as? [[String: Any]])?.first?["roleId"] as? String)
        let filled = path.dropFirst().replacingOccurrences(of: "{user_id}", with: user.id)
            .replacingOccurrences(of: "{role_id}", with: role)
        let answer = try visitor.get(filled, token: admin)
        #expect(answer.status == 200)
        let entry = try #require(
            try operations().first { $0["method"] as? String == "GET" && $0["path"] as? String == path })
        for member in try #require(entry["response200"] as? [String: Any]).keys.sorted() {
            #expect(has(answer.root, member.split(separator: ".").map(String.init)), "\(member)")
        }
    }

    /// Lists that are empty show nothing, and may be.
    private func has(_ value: Any?, _ path: [String]) -> Bool {
        guard let first = path.first else { return true }
        let name = first.replacingOccurrences(of: "[]", with: "")
        guard let object = value as? [String: Any], let inner = object[name] else { return false }
        if inner is NSNull { return true }
        guard first.hasSuffix("[]") else { return has(inner, Array(path.dropFirst())) }
        guard let list = inner as? [Any] else { return false }
        return list.allSatisfy { has($0, Array(path.dropFirst())) }
    }
}
