import Ports
import SentinelOne
import Stages
import Testing

@Suite("What is said beside a record")
struct ShapingTests {
    @Test("a record belongs to the tenant of its site, what has none to the default one, and without that to nobody")
    func tenants() throws {
        var shown = Shown()
        let agents = try shown.rows(Query<Agents>())
        let sites = Set(agents.compactMap(\.siteID)).sorted()
        let first = try #require(sites.first.flatMap { SiteID($0) })
        let shaping = Shaping(labels: ["application": "edr"], tenants: [first: "acme"], defaultTenant: "shared")
        let alone = Shaping(tenants: [first: "acme"])
        for item in agents {
            let isFirst = item.siteID == first.digits
            #expect(shaping.tenant(of: item) == (isFirst ? "acme" : "shared"))
            #expect(alone.tenant(of: item) == (isFirst ? "acme" : nil))
        }
        #expect(shaping.labels == ["application": "edr"] && sites.count > 1)
        // A threat is its endpoint's.
        for item in try shown.rows(Query<Threats>()) {
            let agent = try #require(agents.first { $0.id == item.agentID })
            #expect(shaping.tenant(of: item) == shaping.tenant(of: agent))
        }
    }
}
