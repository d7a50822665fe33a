import JSONView
import Ports
import SentinelOne
import Testing

@Suite("Requests")
struct RequestTests {
    private let moment = Timestamp(microseconds: 1_789_371_600_118_203)

    private var changes: Query<Threats> { Query(when: .since(.updatedAt, moment)) }

    private func query(_ request: HTTPRequest) -> [String: String] {
        Dictionary(request.query.map { ($0.name, $0.value) }) { _, _ in "twice" }
    }

    @Test("the token travels as a secret header value and appears nowhere else")
    func authorization() throws {
        let agent = try #require(AgentID("7310000000000000041"))
        let requests = [
            console.user(), console.list(changes), console.list(Query<Agents>(about: .ids(ExactTargets(agent)))),
            Mitigation.isolate.request(for: ExactTargets(agent), at: console),
        ]
        for request in requests {
            #expect(request.authorization?.reveal() == "ApiToken \(token)")
            #expect(request.path.hasPrefix("/web/api/v2.1/"))
            #expect(request.origin == console.origin)
            #expect(!"\(request)".contains(token))
            #expect(!"\(console)".contains(token))
        }
    }

    @Test("a threats page asks for changes from the watermark on, in order, by the thousand")
    func threats() {
        let request = console.list(changes, after: Cursor("bmFjaHN0ZQ=="))
        #expect(request.path == "/web/api/v2.1/threats")
        #expect(
            query(request) == [
                "updatedAt__gte": moment.description, "sortBy": "updatedAt", "sortOrder": "asc", "limit": "1000",
                "cursor": "bmFjaHN0ZQ==",
            ])
        #expect(query(console.list(changes))["cursor"] == nil)
    }

    @Test("endpoints that are gone are asked for as well")
    func agents() throws {
        let page = query(console.list(Query<Agents>(when: .since(.updatedAt, moment))))
        #expect(page["isDecommissioned"] == "true,false" && page["isUninstalled"] == "true,false")
        let ids = try #require(ExactTargets(["7310000000000000041", "7310000000000000042"].compactMap { AgentID($0) }))
        let byID = query(console.list(Query<Agents>(about: .ids(ids))))
        #expect(byID["ids"] == "7310000000000000041,7310000000000000042")
        #expect(byID["isDecommissioned"] == "true,false" && byID["isUninstalled"] == "true,false")
        #expect(byID["limit"] == "1000")
    }

    @Test("activities are asked for by endpoint, type and time")
    func activities() throws {
        let agent = try #require(AgentID("7310000000000000041"))
        let request = console.list(
            Query<Activities>(
                about: .agents(ExactTargets(agent)), when: .since(.createdAt, moment), only: .types(Choice(61, 1001))))
        #expect(request.path == "/web/api/v2.1/activities")
        #expect(
            query(request) == [
                "agentIds": "7310000000000000041", "activityTypes": "61,1001", "createdAt__gte": moment.description,
                "sortBy": "createdAt", "sortOrder": "asc", "limit": "1000",
            ])
        let role = try #require(RoleID("7310000000000000811"))
        #expect(console.role(role).path == "/web/api/v2.1/rbac/role/7310000000000000811")
    }
}

@Suite("Writes")
struct WriteRequestTests {
    @Test(
        "a write names exactly the ids that it was given, and nothing else",
        arguments: [
            (Mitigation.isolate, ["7310000000000000041"]), (.release, ["7310000000000000041"]), (.isolate, ["1"]),
            (.release, ["3", "2", "1"]), (.isolate, ["18446744073709551615"]),
        ])
    func exactTargets(mitigation: Mitigation, ids: [String]) throws {
        let targets = try #require(ExactTargets(ids.compactMap { AgentID($0) }))
        #expect(targets.count == ids.count)
        let request = mitigation.request(for: targets, at: console)
        let list = ids.map { "\"\($0)\"" }.joined(separator: ",")
        #expect(request.body?.text == #"{"filter":{"ids":[\#(list)]},"data":{}}"#)
        #expect(request.method == .post)
        let verb = mitigation == .isolate ? "disconnect" : "connect"
        #expect(request.path == "/web/api/v2.1/agents/actions/\(verb)")
        #expect(request.query.isEmpty)
        #expect(request.deadline == .seconds(15))
        #expect(request.headers.contains { $0 == ("Content-Type", "application/json") })
    }

    @Test(
        "what is not an id cannot become one",
        arguments: [
            "", " ", "\"", ",", "1,2", "1 ", " 1", "1\n", "\0", "1\0", "abc", "1a", "0x10", "-1", "+1", "1.0", "1e3",
            "0", "01", "null", "*", "%31", "٣", "１", "1\"],\"siteIds\":[\"2", String(repeating: "1", count: 21),
        ])
    func hostileIDs(text: String) {
        #expect(AgentID(text) == nil)
        #expect(ThreatID(text) == nil)
        #expect(RoleID(text) == nil)
    }

    @Test("targets cannot be none, twice the same, or too many")
    func impossibleTargets() throws {
        let one = try #require(AgentID("1"))
        #expect(ExactTargets([AgentID]()) == nil)
        #expect(ExactTargets([one, one]) == nil)
        #expect(ExactTargets((1...201).compactMap { AgentID(String($0)) }) == nil)
        #expect(ExactTargets((1...200).compactMap { AgentID(String($0)) })?.count == 200)
    }
}
