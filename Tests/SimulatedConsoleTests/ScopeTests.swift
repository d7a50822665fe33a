import Ports
import Testing

@testable import SimulatedConsole

@Suite("What lies outside of a token's reach")
struct ScopeTests {
    private static let streams = ["threats", "agents", "activities", "cloud-detection/alerts", "groups", "sites"]

    private static func visitor(_ reach: Reach) throws -> (narrow: Visitor, all: Whole) {
        let whole = try Whole(agents: 60)
        var visitor = whole.visitor
        visitor.console.people[0].reach = reach
        return (visitor, whole)
    }

    private static func site(_ row: Document.Row, _ stream: String) -> String? {
        stream == "sites"
            ? row.id
            : row.text("siteId") ?? row.text("agentRealtimeInfo", "siteId") ?? row.text("agentDetectionInfo", "siteId")
    }

    @Test("a token sees the rows of its site or account, and all of them", arguments: [Reach.site(1), .account(1)])
    func visible(reach: Reach) throws {
        var (visitor, whole) = try Self.visitor(reach)
        let cast = visitor.console.cast
        let sites = cast.sites.indices.filter { reach == .site($0) || reach == .account(cast.sites[$0].account) }
        let own = Set(sites.map { String(cast.sites[$0].scope.id) })
        for stream in Self.streams {
            let wanted = whole.all(stream).filter { own.contains(Self.site($0, stream) ?? "") }
            let query: [(name: String, value: String)] =
                [("limit", "300")] + (stream == "agents" ? [("isDecommissioned", "true,false")] : [])
            for more in [[], [(name: "sortBy", value: "id"), ("sortOrder", "desc")]] {
                let rows = try visitor.walk(stream, query + more)
                #expect(Set(rows.map(\.id)) == Set(wanted.map(\.id)), "\(stream)")
            }
            #expect(try visitor.get(stream, query).total == wanted.count, "\(stream)")
            #expect(!wanted.isEmpty && wanted.count < whole.all(stream).count)
        }
    }

    @Test("an id does not lead out of the reach")
    func ids() throws {
        var (visitor, whole) = try Self.visitor(.site(0))
        let own = String(visitor.console.cast.sites[0].scope.id)
        for stream in ["threats", "agents", "activities", "cloud-detection/alerts"] {
            let foreign = try #require(whole.all(stream).first { Self.site($0, stream) != own })
            #expect(try visitor.get(stream, [("ids", foreign.id)]).total == 0, "\(stream)")
        }
    }

    @Test("a scope that is foreign or of nobody is refused as a permission that is missing", arguments: [true, false])
    func foreign(exists: Bool) throws {
        var (visitor, _) = try Self.visitor(.site(0))
        let cast = visitor.console.cast
        let ids = [
            "siteIds": cast.sites[1].scope.id, "accountIds": cast.accounts[1].id, "groupIds": cast.groups[5].scope.id,
        ]
        for (name, id) in ids {
            for stream in Self.streams where stream != "sites" || name != "groupIds" {
                let answer = try visitor.get(stream, [(name, exists ? String(id) : "200000000000000000")])
                #expect(answer.status == 403, "\(stream) \(name)")
                #expect(answer.errorCode == 4_030_010)
            }
        }
    }

    @Test("a site's token sees no accounts, no other site, and does not speak for the tenant")
    func siteToken() throws {
        var (visitor, _) = try Self.visitor(.site(0))
        let cast = visitor.console.cast
        #expect(try visitor.get("accounts").status == 403)
        #expect(try visitor.get("accounts/\(cast.accounts[0].id)").status == 403)
        #expect(try visitor.get("sites/\(cast.sites[0].scope.id)").status == 200)
        #expect(try visitor.get("sites/\(cast.sites[1].scope.id)").status == 404)
        #expect(try visitor.get("sites/none").status == 404)
        #expect(try visitor.get("threats", [("tenant", "true")]).status == 403)
        #expect(try visitor.get("threats", [("tenant", "false")]).status == 200)
    }

    @Test("an account's token sees its account alone, and counts its endpoints alone")
    func accountToken() throws {
        var (visitor, whole) = try Self.visitor(.account(1))
        let cast = visitor.console.cast
        #expect(try visitor.get("accounts").rows.map(\.id) == [String(cast.accounts[1].id)])
        #expect(try visitor.get("accounts/\(cast.accounts[0].id)").status == 404)
        let living = whole.all("agents").filter { $0.members["isDecommissioned"] as? Bool == false }
        let own = living.filter { $0.text("accountId") == String(cast.accounts[1].id) }
        #expect(try visitor.get("agents/count").data.members["total"] as? Int == own.count)
        let everywhere = try visitor.get("sites").data.members["allSites"] as? [String: Any]
        #expect(everywhere?["activeLicenses"] as? Int == own.count)
    }

    @Test("a page has ten rows unless asked, and at most a thousand, of groups three hundred")
    func limits() throws {
        var visitor = Visitor {
            $0.agents = 1_100
            $0.groupsPerSite = 100
        }
        #expect(try visitor.get("agents").rows.count == 10)
        #expect(try visitor.get("groups").rows.count == 10)
        #expect(try visitor.get("agents", [("limit", "1000")]).rows.count == 1_000)
        #expect(try visitor.get("groups", [("limit", "300")]).rows.count == 300)
        #expect(try visitor.get("agents", [("limit", "1001")]).status == 400)
        #expect(try visitor.get("groups", [("limit", "301")]).status == 400)
    }
}
