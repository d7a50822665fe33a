import Foundation
import Ports
import SentinelOne
import SimulatedConsole
import Testing

@Suite("The probe meets the simulated console")
struct ProbeTests {
    static let alive = [
        "viewer", "ir-team", "ir-team-2", "soc", "it", "admin", "collector", "site-viewer", "site-ir-team", "custom",
        "personal", "multi-scope", "expiring",
    ]
    static let dead = ["expired", "revoked"]
    /// Whose roles let nobody see who they are.
    static let nameless = ["collector", "custom"]

    private static func encounter(as name: String, accounts: Int = 1) -> Encounter {
        Encounter(as: { $0.token(of: name) ?? Secret("") }) {
            $0.agents = 4
            $0.accounts = accounts
        }
    }

    /// What the console knows of somebody, by its control side.
    private static func truth(of name: String, _ encounter: Encounter) throws -> [String: Any] {
        let people = try encounter.truth("/tokens")["tokens"] as? [[String: Any]] ?? []
        return try #require(people.first { $0["name"] as? String == name })
    }

    /// What a role holds by its page, read without the client by somebody who may.
    private static func held(by role: String, _ encounter: Encounter) throws -> Set<String> {
        var simulated = encounter.simulated
        let admin = try #require(simulated.token(of: "admin")).reveal()
        func data(_ path: String) throws -> Any? {
            let request = ServedRequest(
                method: "GET", path: "/web/api/v2.1/\(path)", headers: [("Authorization", "ApiToken \(admin)")])
            guard case .answer(let answer) = simulated.answer(request, at: encounter.now).outcome else { return nil }
            return (try JSONSerialization.jsonObject(with: Data(answer.body.array)) as? [String: Any])?["data"]
        }
        let roles = try data("rbac/roles") as? [[String: Any]] ?? []
        let id = try #require(roles.first { $0["name"] as? String == role }?["id"] as? String)
        let pages = (try data("rbac/role/\(id)") as? [String: Any])?["pages"] as? [[String: Any]] ?? []
        return Set(
            pages.flatMap { page in
                (page["permissions"] as? [[String: Any]] ?? []).filter { $0["value"] as? Bool == true }.map {
                    "\(page["identifier"] ?? "").\($0["identifier"] ?? "")"
                }
            })
    }

    @Test(
        "the report on each living token is what the console itself knows of it", arguments: alive, TokenUse.allCases)
    func reported(name: String, use: TokenUse) throws {
        var encounter = Self.encounter(as: name)
        let report = encounter.probe(use)
        let truth = try Self.truth(of: name, encounter)
        #expect(report.reach == .well && report.life == .alive)
        #expect(report.version == .known("S-25.2.1#simulated"))
        #expect(report.expiry.value?.at.description == truth["expiresAt"] as? String)
        let held = try Self.held(by: try #require(truth["role"] as? String), encounter)
        for stream in use.streams {
            let isOpen = report.streams[stream] == .open
            #expect(isOpen == held.contains(stream.permission), "\(stream)")
        }
        if Self.nameless.contains(name) {
            #expect(report.roles.value == nil && report.scope.value == nil && report.permissions.value == nil)
            #expect(report.roles.why?.contains("403") == true)
        } else {
            let holder = try #require(report.holder.value)
            #expect(holder.id == truth["userId"] as? String && holder.name == truth["user"] as? String)
            #expect(report.roles == .known([try #require(truth["role"] as? String)]))
            let scope = try #require(report.scope.value)
            #expect(scope.level.text == truth["scope"] as? String)
            #expect((scope.places.count > 1) == (truth["isMultiScope"] as? Bool))
            if scope.places.count == 1 { #expect(scope.places[0].name == truth["scopeName"] as? String) }
        }
        if let kind = report.holder.value?.kind.value {
            #expect((kind == .serviceUser) == (truth["isServiceUser"] as? Bool))
        }
        for need in TokenNeed.all(of: use) {
            switch report.ability(need) {
            case .may: #expect(held.contains(need.permission.name), "\(need.deed)")
            case .mayNot: #expect(!held.contains(need.permission.name), "\(need.deed)")
            case .unknown: #expect(Self.nameless.contains(name) && need.stream == nil, "\(need.deed)")
            }
        }
        let skew = try #require(report.skew.value)
        #expect(skew.magnitude <= .seconds(1) && skew.uncertainty <= .seconds(1))
        #expect(!"\(report) \(report.troubles)".contains(encounter.console.token.reveal()))
    }

    @Test("a token that is nobody's is dead, and is shown to no list", arguments: dead)
    func nobodys(name: String) throws {
        var encounter = Self.encounter(as: name)
        let report = encounter.probe(.reader)
        guard case .dead(let why) = report.life else {
            Issue.record("\(report.life)")
            return
        }
        #expect(why.contains(name == "expired" ? "it expired at" : "revoked"))
        #expect(report.reach == .well)
        #expect(report.streams.values.allSatisfy { if case .unasked = $0 { true } else { false } })
        #expect(report.troubles.filter { $0.weight == .stops }.count == 1)
        let calls = try encounter.truth("/calls")
        #expect(!"\(calls)".contains("threats"))
    }

    @Test(
        "who can do the work of a token has no trouble, and who cannot is told what is lacking",
        arguments: [
            ("viewer", TokenUse.reader, ""), ("ir-team", .writer, ""), ("admin", .writer, ""), ("soc", .writer, ""),
            ("site-viewer", .reader, ""), ("multi-scope", .reader, ""), ("personal", .reader, ""),
            ("viewer", .writer, "playbook may not isolate endpoints, playbook may not release endpoints"),
            ("it", .writer, "playbook may not isolate endpoints, playbook may not release endpoints"),
            ("collector", .reader, "agents cannot be read, alerts cannot be read, groups cannot be read"),
            ("custom", .reader, "groups cannot be read"),
        ])
    func troubles(name: String, use: TokenUse, stops: String) {
        var encounter = Self.encounter(as: name)
        let stopping = encounter.probe(use).troubles.filter { $0.weight == .stops }
        #expect(stopping.map { String($0.sentence.prefix { $0 != ":" }) }.joined(separator: ", ") == stops)
        #expect(stopping.allSatisfy { $0.remedy.contains("role") })
    }

    @Test("a token that ends within two weeks is told about, one that ends later is not", arguments: [0, 1, 3, 14, 15])
    func expiring(days: Int) throws {
        var encounter = Encounter(as: { $0.token(of: "expiring") ?? Secret("") }) {
            $0.agents = 4
            $0.expiringTokenDays = days
        }
        let report = encounter.probe(.reader)
        if days == 0 {
            guard case .dead = report.life else { throw Encounter.Refused(sentence: "\(report.life)") }
        } else {
            #expect(report.troubles.contains { $0.sentence.hasPrefix("the token ends in") } == (days <= 14))
            #expect(report.troubles.allSatisfy { $0.weight == .warns })
        }
    }

    @Test(
        "what a list answers is told apart, and none of it buries the token",
        arguments: [
            (#""kind":"forbidden","reason":"permission""#, ReadProblem.Kind.permission),
            (#""kind":"forbidden","reason":"scope""#, .scope), (#""kind":"forbidden","reason":"licence""#, .licence),
            (#""kind":"status","status":404"#, .absent), (#""kind":"status","status":501"#, .absent),
            (#""kind":"status","status":401"#, .unauthenticated),
        ])
    func closed(fault: String, kind: ReadProblem.Kind) throws {
        var encounter = Self.encounter(as: "viewer")
        try encounter.fault(#"{"route":"cloud-detection/alerts",\#(fault)}"#)
        let report = encounter.probe(.reader)
        guard case .refused(let problem) = report.streams[.alerts] else {
            Issue.record("\(String(describing: report.streams[.alerts]))")
            return
        }
        #expect(problem.kind == kind && report.life == .alive)
        #expect(report.streams.filter { $0.value == .open }.count == 4)
        #expect(report.troubles.count == 1 && report.troubles[0].weight == .stops)
    }

    @Test("one route that says 401 of a living token does not bury it", arguments: ["users/viewer-auth-check", "user"])
    func confused(route: String) throws {
        var encounter = Self.encounter(as: "viewer")
        try encounter.fault(#"{"route":"\#(route)","kind":"status","status":401}"#)
        let report = encounter.probe(.reader)
        #expect(report.life == .alive)
        #expect(report.streams.values.allSatisfy { $0 == .open })
    }

    @Test("a route that says 401 to service users in place of 403 is answered for what it means")
    func meant() throws {
        var encounter = Self.encounter(as: "soc")
        var request = encounter.console.systemInfo()
        request.path = "/web/api/v2.1/settings/notifications"
        #expect {
            _ = try SystemInfo(encounter.ask(request), from: encounter.console)
        } throws: { error in
            guard let problem = error as? ReadProblem else { return false }
            return problem.kind == .unauthenticated && problem.answering(request).kind == .permission
        }
    }

    @Test("a site's token is known by what it cannot reach where nobody says whose it is")
    func siteByAccounts() throws {
        var encounter = Self.encounter(as: "site-viewer")
        try encounter.fault(#"{"route":"user","kind":"forbidden"}"#)
        let report = encounter.probe(.reader)
        #expect(report.scope.value?.level == .known(.site))
        #expect(report.permissions.why?.contains("403") == true)
        #expect(report.holder.value?.kind == .known(.serviceUser))
    }
}

extension Encounter {
    /// Drives a probe to its end, one call after the other.
    mutating func probe(_ use: TokenUse) -> ConsoleReport {
        var probe = ConsoleProbe(console, use: use)
        while !probe.isOver {
            for call in probe.next() {
                let sentAt = now
                probe.took(ask(call.request), of: call.question, sentAt: sentAt, receivedAt: now)
            }
        }
        return probe.report(at: now)
    }
}
