import Ports
import SentinelOne
import Testing

@Suite("Page")
struct PageTests {
    private func page(_ body: Bytes, of stream: VendorStream = .threats) throws -> Page {
        try Page(answer(200, body), of: stream, from: console)
    }

    @Test("a threats page gives each threat verbatim, with the nested fields that name it")
    func threats() throws {
        let body = try fixture("threats")
        let page = try page(body)
        #expect(page.items.map(\.id) == ["7310000000000001001", "7310000000000001002"])
        #expect(page.items.map(\.agentID) == ["7310000000000000041", "7310000000000000042"])
        #expect(page.items.allSatisfy { $0.siteID == "7310000000000000015" && $0.accountID == "7310000000000000003" })
        #expect(page.items.first?.updatedAt?.text == "2026-09-14T07:42:01.550917Z")
        #expect(page.items.first?.updatedAt?.timestamp == Timestamp(iso: "2026-09-14T07:42:01.550917Z"))
        #expect(page.unreadable.isEmpty)
        #expect(page.nextCursor == Cursor("bmFjaHN0ZQ=="))
        #expect(page.totalItems == .exactly(5))
        let text = try #require(body.text)
        for item in page.items { #expect(text.contains(try #require(item.bytes.text))) }
    }

    @Test("agents and activities are named by their own fields")
    func others() throws {
        let agents = try page(try fixture("agents"), of: .agents)
        #expect(agents.items.map(\.agentID) == agents.items.map(\.id))
        #expect(agents.items.map(\.index) == [0, 1])
        let activities = try page(try fixture("activities"), of: .activities)
        #expect(activities.items.first?.createdAt?.text == "2026-09-14T08:00:01.421988Z")
        #expect(activities.items.compactMap(\.agentID).count == 3)
    }

    @Test(
        "every spelling of the end is the end",
        arguments: [
            #""pagination":{"nextCursor":null}"#, #""pagination":{"nextCursor":""}"#,
            #""pagination":{"nextCursor":"null"}"#, #""pagination":{}"#, #""pagination":null"#, #""x":1"#,
        ])
    func ends(pagination: String) throws {
        #expect(try page(Bytes(#"{"data":[],\#(pagination)}"#)).nextCursor == nil)
    }

    @Test("a cursor of another type is not mistaken for the end")
    func oddCursor() throws {
        #expect(
            try page(#"{"data":[],"pagination":{"nextCursor":12345678901234567890}}"#).nextCursor?.text
                == "12345678901234567890")
        #expect(throws: ReadProblem.self) { try page(#"{"data":[],"pagination":{"nextCursor":{}}}"#) }
    }

    @Test("a bad item comes back with its place, its bytes and the reason, and its neighbours are read")
    func badItems() throws {
        let page = try page(#"{"data":[{"id":"1"},{"id":null, "x":1},7,{"id":2190000000000000102},{"id":""}]}"#)
        #expect(page.items.map(\.id) == ["1", "2190000000000000102"])
        #expect(page.items.map(\.index) == [0, 3])
        #expect(page.unreadable.map(\.index) == [1, 2, 4])
        #expect(page.unreadable.first?.bytes == #"{"id":null, "x":1}"#)
        #expect(page.unreadable.first?.reason == "data[1].id: expected an id, found null")
    }

    @Test("one item with broken characters or endless nesting costs only itself")
    func poison() throws {
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        let invalid =
            Array(#"{"data":[{"id":"1"},{"id":"2","name":"x"#.utf8) + [0xff] + Array(#"y"},{"id":"3"}]}"#.utf8)
        for body in [Bytes(invalid), Bytes(#"{"data":[{"id":"1"},{"id":"2","name":\#(deep)},{"id":"3"}]}"#)] {
            let page = try page(body)
            #expect(page.items.map(\.id) == ["1", "3"])
            #expect(page.unreadable.map(\.index) == [1])
        }
    }

    @Test("fields of another type than documented cost only themselves")
    func retyped() throws {
        let page = try page(
            #"{"data":[{"id":1,"threatInfo":7,"agentRealtimeInfo":{"agentId":5,"siteId":[]},"agentDetectionInfo":null}]}"#
        )
        #expect(page.items.first?.agentID == "5")
        #expect(page.items.first?.siteID == nil)
        #expect(page.items.first?.updatedAt == nil)
    }

    @Test("a page of far more items than were asked for is refused")
    func endless() throws {
        let items = Array(repeating: "0", count: 10_000).joined(separator: ",")
        #expect(try page(Bytes("{\"data\":[\(items)]}")).unreadable.count == 10_000)
        #expect(throws: ReadProblem.self) { try page(Bytes("{\"data\":[\(items),0]}")) }
    }

    @Test("an empty page is a page")
    func empty() throws {
        let page = try page(#"{"pagination":{"totalItems":0},"data":[]}"#)
        #expect(page.items.isEmpty && page.nextCursor == nil && page.totalItems == .exactly(0))
    }
}
