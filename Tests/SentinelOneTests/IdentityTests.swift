import Foundation
import Ports
import SentinelOne
import Testing

@Suite("Identity")
struct IdentityTests {
    @Test("a token's user, scope, roles and expiry are read from /user")
    func user() throws {
        let facts = try TokenFacts(answer(200, try fixture("user")), from: console)
        #expect(facts.userID == "7310000000000000702")
        #expect(facts.scope == .site)
        #expect(facts.scopeIDs == ["7310000000000000015", "7310000000000000016"])
        #expect(facts.roleIDs == [try #require(RoleID("7310000000000000811"))])
        #expect(facts.grants.first?.roleName == "Responder")
        #expect(facts.expiresAt == Timestamp(iso: "2026-12-01T00:00:00.000000Z"))
    }

    @Test("older spellings, odd ids and a missing expiry leave what is known")
    func oldUser() throws {
        let body: Bytes =
            #"{"data":{"id":7310000000000000702,"scope":"galaxy","siteRoles":[{"id":"5","roleId":"x"}],"scopeRoles":null}}"#
        let facts = try TokenFacts(answer(200, body), from: console)
        #expect(facts.userID == "7310000000000000702")
        #expect(facts.scope == .other("galaxy"))
        #expect(facts.scopeIDs == ["5"] && facts.roleIDs.isEmpty && facts.expiresAt == nil)
    }

    @Test(
        "a user without an id or a scope is no user",
        arguments: [#"{"data":{"scope":"site"}}"#, #"{"data":{"id":"1"}}"#])
    func noUser(body: String) {
        #expect(throws: ReadProblem.self) { try TokenFacts(answer(200, Bytes(body)), from: console) }
    }

    @Test("a role holds exactly the permissions whose value is true, however their names are written")
    func role() throws {
        let role = try PermissionSet(answer(200, try fixture("role")), from: console)
        #expect(role.roleName == "Responder")
        #expect(role.holds(Permission("Endpoints.disconnectFromNetwork")) && role.holds(Permission("Endpoints.view")))
        #expect(role.holds(Permission("Activity Page.view")) && role.holds(Permission("Threats.view")))
        #expect(!role.holds(Permission("Endpoints.reconnectToNetwork")))
        #expect(!role.holds(Permission("Endpoints.shutDown")))
        #expect(!role.holds(Permission("Threats.kill")))
    }

    @Test(
        "anything but a plain true grants nothing",
        arguments: ["false", "null", "1", "\"yes\"", "\"False\"", "[]", "{\"a\":true}"])
    func notTrue(value: String) throws {
        let body = Bytes(
            #"{"data":{"pages":[{"name":"Endpoints","permissions":[{"identifier":"view","value":\#(value)}]}]}}"#)
        #expect(try PermissionSet(answer(200, body), from: console).granted.isEmpty)
    }

    @Test(
        "a role that cannot be read grants nothing and says so",
        arguments: [#"{"data":{}}"#, #"{"data":{"pages":{}}}"#])
    func unreadableRole(body: String) {
        #expect(throws: ReadProblem.self) { try PermissionSet(answer(200, Bytes(body)), from: console) }
    }
}

@Suite("Token")
struct TokenTests {
    /// Header, payload and signature of a token that never was one.
    private func jwt(_ payload: String) -> Secret {
        let encoded = Data(payload.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return Secret("eyJhbGciOiJFUzI1NiJ9.\(encoded).c2lnbmF0dXJl")
    }

    @Test(
        "a JWT's end and subject are read from it",
        arguments: [
            (#"{"exp":1796083200,"sub":"7310000000000000702"}"#, "2026-12-01T00:00:00Z", "7310000000000000702"),
            (#"{"sub":"svc??>>-é","exp":1796083200.5}"#, "2026-12-01T00:00:00.5Z", "svc??>>-é"),
            (#"{"exp":1796083200,"sub":7310000000000000702}"#, "2026-12-01T00:00:00Z", "7310000000000000702"),
            (#"{"exp":"1796083200"}"#, nil, nil), (#"{"exp":null,"sub":null}"#, nil, nil), ("{}", nil, nil),
            (#"{"exp":1e300}"#, nil, nil), (#"{"exp":-1e300}"#, nil, nil), (#"{"exp":9223372036854775807}"#, nil, nil),
            (#"{"exp":[],"sub":{}}"#, nil, nil),
        ] as [(String, String?, String?)])
    func claims(payload: String, end: String?, subject: String?) throws {
        let claims = try #require(TokenClaims(jwt(payload)))
        #expect(claims.expiresAt == end.flatMap { Timestamp(iso: $0) })
        #expect(claims.subject == subject)
    }

    @Test(
        "an opaque token and a hostile one say nothing",
        arguments: [
            "", ".", "..", "...", "a.b.c", "a..c", "a.e30.c.d", "a.e30", "a.e3\n0.c", "a.e===.c", "a.=.c", "a.e30==.c",
            "a.W10.c", "a.e3 0.c", "a.\u{0}.c", "a.é.c", String(repeating: "x", count: 80),
            String(repeating: "A.", count: 100_000), "a." + String(repeating: "W1tb", count: 5_000) + ".c",
        ])
    func opaque(text: String) { #expect(TokenClaims(Secret(text)) == nil) }

    @Test("padding that fills up to four characters is allowed")
    func padded() { #expect(TokenClaims(Secret("a.e30=.c")) != nil) }

    @Test("random tokens never crash the reader", arguments: 0..<8 as Range<UInt64>)
    func soup(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let alphabet = Array("eyJW10bfQ-_=.. A9\u{7f}")
        for _ in 0..<2_000 {
            let length = Int.random(in: 0..<60, using: &random)
            let text = String((0..<length).compactMap { _ in alphabet.randomElement(using: &random) })
            _ = TokenClaims(Secret(text))
            _ = TokenClaims(Secret("a.\(text.filter { $0 != "." }).c"))
        }
    }

    @Test("a token asks for its own end, and is seen nowhere but in what is sent")
    func details() throws {
        let request = console.tokenDetails()
        #expect(request.method == .post && request.path == "/web/api/v2.1/users/api-token-details")
        #expect(request.body?.text == #"{"data":{"apiToken":"\#(token)"}}"#)
        var dumped = ""
        dump(request, to: &dumped)
        for shown in ["\(request)", request.debugDescription, String(reflecting: request), dumped] {
            #expect(!shown.contains(token))
            // Nor as the numbers of its bytes.
            #expect(!shown.contains(Array(token.utf8).map { String($0) }.joined(separator: ", ")))
            #expect(!shown.contains("UInt8"))
        }
        let body: Bytes = #"{"data":{"createdAt":"2026-06-01T00:00:00Z","expiresAt":"2026-12-01T00:00:00.000000Z"}}"#
        let details = try TokenDetails(answer(200, body), from: console)
        #expect(details.createdAt == Timestamp(iso: "2026-06-01T00:00:00Z"))
        #expect(details.expiresAt == Timestamp(iso: "2026-12-01T00:00:00Z"))
        #expect(try TokenDetails(answer(200, #"{"data":{"expiresAt":null}}"#), from: console).expiresAt == nil)
        #expect(throws: ReadProblem.self) { try TokenDetails(answer(200, #"{"data":[]}"#), from: console) }
    }

    @Test("a refused check is a fact, a dead token is a problem")
    func checks() throws {
        func check(_ status: Int, _ body: Bytes) throws -> AuthCheck {
            try AuthCheck(answer(status, body), from: console)
        }
        #expect(try check(200, #"{"data":{"success":true}}"#) == .passed)
        #expect(try check(200, #"{"data":{"success":"False"}}"#) == .refused)
        #expect(try check(403, #"{"errors":[{"code":4030010,"detail":null}]}"#) == .refused)
        for (status, body) in [(401, ""), (500, ""), (200, "{}"), (200, #"{"data":{"success":1}}"#), (404, "")] {
            #expect(throws: ReadProblem.self) { try check(status, Bytes(body)) }
        }
    }

    @Test("the console's state is asked for without a token, and its version with one")
    func system() throws {
        #expect(console.systemStatus().authorization == nil)
        #expect(console.systemInfo().authorization != nil)
        #expect(try SystemHealth(answer(200, #"{"data":{"health":"OK"}}"#), from: console) == .ok)
        #expect(try SystemHealth(answer(200, #"{"data":{"health":"degraded"}}"#), from: console) == .other("degraded"))
        #expect(throws: ReadProblem.self) { try SystemHealth(answer(200, #"{"data":{}}"#), from: console) }
        let body: Bytes = #"{"data":{"build":42,"release":"Venus","version":"S-26.3.1","latestAgentVersion":null}}"#
        let info = try SystemInfo(answer(200, body), from: console)
        #expect(info.version == "S-26.3.1" && info.build == "42" && info.latestAgentVersion == nil)
    }

    @Test("a role in a list has an id and a name, and says nothing of what it permits")
    func role() throws {
        let role = try RoleFact(parsing: #"{"id":"7310000000000000811","name":"SOC","predefinedRole":"True"}"#)
        #expect(role.id.digits == "7310000000000000811" && role.name == "SOC" && role.isPredefined == true)
    }
}
