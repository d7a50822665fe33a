import JSONView
import Ports
import SentinelOne
import Testing

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
