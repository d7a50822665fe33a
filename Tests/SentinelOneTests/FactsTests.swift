import Foundation
import JSONView
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

@Suite("Facts")
struct FactsTests {
    private func items(_ name: String, _ stream: VendorStream) throws -> [Bytes] {
        try Page(answer(200, try fixture(name)), of: stream, from: console).items.map(\.bytes)
    }

    @Test("an endpoint's row gives what the gates ask for, also where booleans are texts")
    func agents() throws {
        let agents = try items("agents", .agents).map { try AgentState(parsing: $0) }
        let (first, second) = (try #require(agents.first), try #require(agents.last))
        #expect(first.id.digits == "7310000000000000041")
        #expect(first.uuid == "c41e7ab0553f4f1f9d0e6a2b8c7d9e10")
        #expect(first.siteID == "7310000000000000015")
        #expect(first.networkStatus.map { $0 == NetworkStatus.connected } == true)
        #expect(first.isDecommissioned == false && first.isUninstalled == false && first.isActive == true)
        #expect(first.osType == "windows" && first.machineType == "laptop" && first.computerName == "NHF-LT-0041")
        #expect(second.isDecommissioned == true && second.isActive == false)
        #expect(second.networkStatus == .known(.disconnecting))
    }

    @Test("what a row does not say is not known, and a row without a real id is no endpoint")
    func sparse() throws {
        let bare = try AgentState(parsing: #"{"id":"5","isDecommissioned":"perhaps","networkStatus":"isolating"}"#)
        #expect(bare.isDecommissioned == nil && bare.uuid == nil && bare.siteID == nil)
        #expect(bare.networkStatus == .other("isolating"))
        for row in [#"{}"#, #"{"id":null}"#, #"{"id":"host-7"}"#, #"{"id":[]}"#, "[]"] {
            #expect(throws: JSONProblem.self) { try AgentState(parsing: Bytes(row)) }
        }
    }

    @Test("a word that is known is known in every spelling, and one that is new is kept")
    func words() {
        #expect(VendorValue<AnalystVerdict>("True positive") == .known(.truePositive))
        #expect(VendorValue<AnalystVerdict>("FALSE_POSITIVE") == .known(.falsePositive))
        #expect(VendorValue<IncidentStatus>("escalated") == .other("escalated"))
    }

    @Test("an activity's row gives its type, also where it is a text")
    func activities() throws {
        let activities = try items("activities", .activities).map { try ActivityFact(parsing: $0) }
        #expect(activities.map(\.type) == [61, 1001, 2010])
        #expect(activities.map(\.userID) == ["7310000000000000702", nil, "7310000000000000702"])
        #expect(activities.first?.createdAt == Timestamp(iso: "2026-09-14T08:00:01.421988Z"))
    }
}

/// A folder with facts about the vendor that is not part of this project.
private let samples = ProcessInfo.processInfo.environment["DOCKET_FACTS"].map {
    URL(fileURLWithPath: $0).appendingPathComponent("sentinelone/samples")
}

@Suite("Samples of the vendor's answers")
struct SampleTests {
    @Test(
        "every sample is read without loss", .enabled(if: samples != nil, "DOCKET_FACTS names no folder with samples"))
    func all() throws {
        let folder = try #require(samples)
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var pages = 0
        for case let file as URL in files where file.pathExtension == "json" {
            let body = Bytes(Array(try Data(contentsOf: file)))
            let name = file.deletingPathExtension().lastPathComponent
            for stream in VendorStream.allCases { readAll(body, of: stream) }
            guard let stream = try stream(of: name, body) else { continue }
            let page = try Page(answer(200, body), of: stream, from: console)
            #expect(page.unreadable.isEmpty, "\(name): \(page.unreadable.map(\.reason))")
            #expect(page.items.count == (try JSONView(parsing: body)["data"].elements.map { _ in 1 }.count), "\(name)")
            pages += 1
        }
        #expect(pages > 0)
    }

    /// By name, for pages of the three streams; summaries and lists of other things are not pages.
    private func stream(of name: String, _ body: Bytes) throws -> VendorStream? {
        let others = ["types", "apps_by"]
        guard !others.contains(where: { name.contains($0) }), try JSONView(parsing: body)["data"].kind == .array else {
            return nil
        }
        let words: [(String, VendorStream)] = [
            ("threat", .threats), ("agent", .agents), ("activit", .activities),
        ]
        return words.first { name.contains($0.0) }?.1
    }

    private func readAll(_ body: Bytes, of stream: VendorStream) {
        do {
            for item in try Page(answer(200, body), of: stream, from: console).items {
                switch stream {
                case .agents: _ = Result { try AgentState(parsing: item.bytes) }
                case .activities: _ = Result { try ActivityFact(parsing: item.bytes) }
                case .threats, .alerts, .groups, .sites, .accounts, .rules, .tags, .roles, .timeline, .notes, .events:
                    break
                }
            }
        } catch { #expect(!error.description.isEmpty) }
    }
}
