import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("Tokens and roles at the simulated console")
struct PeopleTests {
    static let names = [
        "viewer", "ir-team", "ir-team-2", "soc", "it", "admin", "collector", "site-viewer", "site-ir-team", "custom",
        "personal", "multi-scope", "expiring",
    ]
    static let dead = ["expired", "revoked"]

    private func status(
        _ visitor: inout Visitor, _ method: String, _ path: String, as name: String
    ) throws -> Int {
        let token = try #require(visitor.console.token(of: name))
        let filled = path.dropFirst().split(separator: "/").map { $0.hasPrefix("{") ? "1" : String($0) }
        return try Document(visitor.reply(method, filled.joined(separator: "/"), body: "{}", token: token)).status
    }

    /// What the role pages say that somebody's role holds, read as the one who may read them all.
    private func permissions(_ visitor: inout Visitor, of name: String) throws -> Set<String> {
        let people = try visitor.control("GET", "/tokens").root["tokens"] as? [[String: Any]] ?? []
        let role = try #require(people.first { $0["name"] as? String == name }?["role"] as? String)
        let admin = visitor.console.token(of: "admin")
        let roles = try visitor.get("rbac/roles", [("limit", "1000")], token: admin).rows
        let id = try #require(roles.first { $0.text("name") == role }?.id)
        let pages = try visitor.get("rbac/role/\(id)", token: admin).data.members["pages"] as? [[String: Any]] ?? []
        var held: Set<String> = []
        for page in pages {
            for permission in page["permissions"] as? [[String: Any]] ?? [] where permission["value"] as? Bool == true {
                held.insert("\(page["identifier"] ?? "").\(permission["identifier"] ?? "")")
            }
        }
        return held
    }

    @Test("every operation answers 403 to each role that lacks its permission and to no other", arguments: names)
    func matrix(name: String) throws {
        var visitor = Visitor()
        let held = try permissions(&visitor, of: name)
        let isSiteToken = ["site-viewer", "site-ir-team", "multi-scope"].contains(name)
        #expect(SimulatedConsole.operations.count > 15)
        for (method, path, permission) in SimulatedConsole.operations {
            guard let permission else { continue }
            let status = try status(&visitor, method, path, as: name)
            let isOutOfScope =
                isSiteToken && (path == "/accounts" || path.hasPrefix("/accounts/"))
                || name == "multi-scope" && path == "/threat-intelligence/iocs"
            if held.contains(permission), !isOutOfScope {
                #expect(status != 403 && status != 401, "\(method) \(path)")
            } else if path.hasPrefix("/remote-scripts/") || path.hasPrefix("/settings/"), name != "personal" {
                #expect(status == 401, "a service user is told 401 at \(path)")
            } else {
                #expect(status == 403, "\(method) \(path)")
            }
        }
    }

    @Test(
        "the roles hold what the documentation says that they hold",
        arguments: [
            ("Threats.view", ["Admin", "IR Team", "SOC", "IT", "Viewer"]),
            ("Activity Page.view", ["Admin", "IR Team", "SOC", "IT", "Viewer"]),
            ("Endpoints.view", ["Admin", "IR Team", "SOC", "IT", "Viewer"]),
            ("Threats.kill", ["Admin", "IR Team", "SOC"]), ("Threats.quarantine", ["Admin", "IR Team", "SOC"]),
            ("Threats.rollback", ["Admin", "IR Team", "SOC"]), ("Threats.markThreat", ["Admin", "IR Team", "SOC"]),
            ("Threats.fetchThreatFile", ["Admin", "IR Team", "SOC"]),
            ("Blacklist.create", ["Admin", "IR Team", "SOC"]), ("Blacklist.delete", ["Admin", "IR Team", "SOC"]),
            ("Endpoints.disableAgent", ["Admin", "IR Team", "IT"]),
            ("Endpoints.enableAgent", ["Admin", "IR Team", "IT"]),
            ("Endpoints.remoteProfiling", ["Admin", "IT"]), ("Endpoints.markAsUpToDate", ["Admin", "IR Team", "IT"]),
            ("Endpoints.moveToAnotherSite", ["Admin", "IR Team", "IT"]),
            ("Endpoints.remoteShell", ["Admin", "IR Team", "SOC"]), ("Sites.create", ["Admin"]),
            ("Sites.delete", ["Admin"]), ("Configuration.edit", ["Admin"]),
        ])
    func facts(permission: String, holders: [String]) throws {
        var visitor = Visitor()
        for (name, role) in [
            ("admin", "Admin"), ("ir-team", "IR Team"), ("soc", "SOC"), ("it", "IT"), ("viewer", "Viewer"),
        ] {
            let held = try permissions(&visitor, of: name)
            #expect(held.contains(permission) == holders.contains(role), "\(role)")
        }
    }

    @Test("a log collector reads threats and activities and nothing else")
    func collector() throws {
        var visitor = Visitor()
        #expect(try permissions(&visitor, of: "collector") == ["Threats.view", "Activity Page.view"])
        #expect(try status(&visitor, "GET", "/threats", as: "collector") == 200)
        #expect(try status(&visitor, "GET", "/agents", as: "collector") == 403)
        #expect(try status(&visitor, "GET", "/user", as: "collector") == 403)
        #expect(try status(&visitor, "GET", "/users/viewer-auth-check", as: "collector") == 200)
    }

    @Test("an expired and a revoked token are nobody's, for every operation that wants one", arguments: dead)
    func deadTokens(name: String) throws {
        var visitor = Visitor()
        for (method, path, permission) in SimulatedConsole.operations where permission != nil {
            #expect(try status(&visitor, method, path, as: name) == 401, "\(method) \(path)")
        }
        #expect(try status(&visitor, "GET", "/users/viewer-auth-check", as: name) == 401)
        #expect(try status(&visitor, "GET", "/system/status", as: name) == 200)
    }

    @Test("a token that is about to expire works until it has, and says when that is", arguments: [0, 1, 3])
    func expiring(days: Int) throws {
        var visitor = Visitor { $0.expiringTokenDays = days }
        let token = try #require(visitor.console.token(of: "expiring"))
        let until = Visitor.start + .seconds(86_400 * days)
        let body = #"{"data":{"apiToken":"\#(token.reveal())"}}"#
        let details = try Document(visitor.reply("POST", "users/api-token-details", body: body, token: Secret("x")))
        #expect(details.data.text("expiresAt") == until.description)
        visitor.now = until - .seconds(1)
        if days > 0 { #expect(try visitor.get("threats", token: token).status == 200) }
        visitor.now = until
        #expect(try visitor.get("threats", token: token).status == 401)
    }

    @Test("after a rotation the old token is nobody's and the new one does what the old one did")
    func rotation() throws {
        var visitor = Visitor()
        let old = visitor.console.responderToken
        let filter = #"{"ids":["\#(try visitor.firstAgent())"]}"#
        let told = try visitor.control("POST", "/tokens", #"{"do":"rotate","token":"ir-team"}"#)
        #expect(told.root["file"] as? String == "ir-team.token")
        let new = try #require(visitor.console.token(of: "ir-team"))
        #expect(new != old)
        #expect(visitor.console.responderToken == new)
        #expect(try visitor.act("disconnect", filter, token: old).status == 401)
        #expect(try visitor.act("disconnect", filter, token: new).affected == 1)
        try visitor.control("POST", "/tokens", #"{"do":"rotate","token":"ir-team"}"#)
        #expect(visitor.console.token(of: "ir-team") != new)
        try visitor.control("POST", "/tokens", #"{"do":"revoke","token":"viewer"}"#)
        #expect(try visitor.get("threats").status == 401)
        try visitor.control("POST", "/tokens", #"{"do":"expire","token":"soc","inSeconds":60}"#)
        let soc = visitor.console.token(of: "soc")
        #expect(try visitor.get("threats", token: soc).status == 200)
        visitor.pass(.seconds(60))
        #expect(try visitor.get("threats", token: soc).status == 401)
    }

    @Test("tokens say that they are simulated, are of both forms, and follow from the seed")
    func forms() throws {
        let tokens = Visitor(seed: 3).console.tokens
        #expect(tokens.map(\.name).sorted() == (Self.names + Self.dead).sorted())
        #expect(Set(tokens.map { $0.token.reveal() }).count == tokens.count)
        for (name, token) in tokens {
            let text = token.reveal()
            let parts = text.split(separator: ".")
            if parts.count == 1 {
                #expect(text.count == 80)
                #expect(text.hasPrefix("SIMULATED"))
                #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
            } else {
                #expect(parts.count == 3, "\(name)")
                #expect(parts[2].hasPrefix("SIMULATED"))
                let payload = try claims(String(parts[1]))
                #expect(payload["iss"] as? String == "simulated")
                #expect((payload["exp"] as? Int).map { $0 > 1_700_000_000 } == true)
            }
        }
        #expect(tokens.contains { $0.token.reveal().contains(".") })
        #expect(tokens.map(\.token) == Visitor(seed: 3).console.tokens.map(\.token))
        #expect(tokens.map(\.token) != Visitor(seed: 4).console.tokens.map(\.token))
    }

    private func claims(_ part: String) throws -> [String: Any] {
        var text = part.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        let data = try #require(Data(base64Encoded: text))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(
        "the scheme may be written in any case, and Bearer counts only where it is documented",
        arguments: [
            ("ApiToken", "threats", 200), ("apitoken", "threats", 200), ("APIToken", "threats", 200),
            ("Bearer", "threats", 401), ("Token", "threats", 401), ("", "threats", 401),
            ("Bearer", "xdr/assets", 501), ("bearer", "xdr/assets", 501), ("ApiToken", "xdr/assets", 501),
            ("Token", "xdr/assets", 401),
        ])
    func schemes(scheme: String, path: String, status: Int) throws {
        var visitor = Visitor()
        let authorization = "\(scheme) \(visitor.console.viewerToken.reveal())"
        let request = ServedRequest(
            method: "GET", path: "/web/api/v2.1/\(path)", headers: [("Authorization", authorization)])
        #expect(try Document(visitor.console.answer(request, at: visitor.now)).status == status)
    }

    @Test("only a global administrator passes that check, and only a remote shell's role the other")
    func checks() throws {
        var visitor = Visitor()
        for name in Self.names {
            let isAdmin = try status(&visitor, "GET", "/users/tenant-admin-auth-check", as: name) == 200
            #expect(isAdmin == (name == "admin"))
            let hasShell = try status(&visitor, "GET", "/users/rs-auth-check", as: name) == 200
            #expect(hasShell == ["admin", "ir-team", "ir-team-2", "site-ir-team", "soc"].contains(name), "\(name)")
        }
    }

    @Test("a token's details need no permission for its holder, and one for everybody else")
    func details() throws {
        var visitor = Visitor()
        let mine = try visitor.get("user", token: visitor.console.viewerToken).data.id
        #expect(try visitor.get("users/\(mine)/api-token-details").data.text("expiresAt") != nil)
        let collector = visitor.console.token(of: "collector")
        #expect(try visitor.get("users/\(mine)/api-token-details", token: collector).status == 403)
        #expect(try visitor.get("users/1/api-token-details").status == 404)
        for body in ["", "{}", #"{"data":{}}"#, #"{"data":{"apiToken":"x"}}"#, #"{"data":{"apiToken":7}}"#] {
            #expect(try Document(visitor.reply("POST", "users/api-token-details", body: body)).status == 400)
        }
        #expect(try visitor.control("GET", "/effects").effects.isEmpty, "asking is no change of state")
    }

    @Test("users, service users and roles tell their scope", arguments: names)
    func scopes(name: String) throws {
        var visitor = Visitor { $0.accounts = 2 }
        let scope = ["admin": "tenant", "site-viewer": "site", "site-ir-team": "site", "multi-scope": "site"][name]
        let admin = visitor.console.token(of: "admin")
        let users = try visitor.get("service-users", [("limit", "1000")], token: admin).rows
        let told = try visitor.control("GET", "/tokens").root["tokens"] as? [[String: Any]] ?? []
        let user = try #require(told.first { $0["name"] as? String == name })
        #expect(user["scope"] as? String == scope ?? "tenant")
        if let row = users.first(where: { $0.id == user["userId"] as? String }) {
            #expect(row.text("scope") == scope ?? "tenant")
            let roles = row.members["scopeRoles"] as? [[String: Any]] ?? []
            #expect(roles.count == (name == "multi-scope" ? 4 : 1))
            #expect(roles.allSatisfy { $0["roleName"] as? String == user["role"] as? String })
        } else {
            #expect(name == "personal")
        }
        let paged = try visitor.get("service-users", [("limit", "3")], token: admin)
        let next = try #require(paged.nextCursor)
        let second = try visitor.get("service-users", [("limit", "3"), ("cursor", next)], token: admin)
        #expect(Set(paged.rows.map(\.id) + second.rows.map(\.id)).count == 6)
        #expect(paged.total == users.count)
    }
}
