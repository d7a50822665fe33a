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

@Suite("Read problem")
struct ReadProblemTests {
    private func problem(_ result: HTTPResult) -> ReadProblem? {
        do {
            _ = try Page(result, of: .threats, from: console)
            return nil
        } catch { return error }
    }

    private static func errors(_ detail: String) -> Bytes {
        Bytes(#"{"errors":[{"title":"No","detail":"\#(detail)"}]}"#)
    }

    @Test(
        "status and body together say what to do next",
        arguments: [
            (400, errors("limit: Must be between 1 and 1000."), "rejected", Remedy.refuse),
            (
                401, #"{"errors":[{"code":4010010,"detail":null,"title":"Authentication Failed"}]}"#,
                "unauthenticated", .hold
            ),
            (401, htmlPage, "unauthenticated", .hold), (401, .empty, "unauthenticated", .hold),
            (403, errors("User does not have required permissions"), "permission", .hold),
            (403, errors("User scope level is account"), "scope", .hold),
            (403, errors("Feature Ranger is not available for the scope"), "licence", .hold),
            (403, .empty, "permission", .hold), (404, "404 page not found", "absent", .refuse),
            (405, .empty, "absent", .refuse), (501, errors("Not supported"), "absent", .refuse),
            (408, .empty, "console", .retry), (409, .empty, "console", .retry), (429, htmlPage, "throttled", .retry),
            (500, errors("x"), "console", .retry), (502, htmlPage, "console", .retry), (503, .empty, "console", .retry),
            (302, htmlPage, "console", .retry), (204, .empty, "console", .retry), (413, .empty, "rejected", .refuse),
            (200, htmlPage, "unintelligible", .retry), (200, .empty, "unintelligible", .retry),
            (200, "maintenance", "unintelligible", .retry), (200, #"{"data":[{"id":"1"}"#, "unintelligible", .retry),
            (200, "{}", "unintelligible", .retry), (200, #"{"data":{}}"#, "unintelligible", .retry),
            (200, #"{"data":[],"errors":[{"title":"No"}]}"#, "console", .retry),
        ] as [(Int, Bytes, String, Remedy)])
    func table(status: Int, body: Bytes, kind: String, remedy: Remedy) {
        let found = problem(answer(status, body))
        #expect(found?.kind.rawValue == kind)
        #expect(found?.remedy == remedy)
        #expect(found?.detail.hasPrefix("console nordhafen answered \(status): ") == true)
    }

    @Test("no answer at all is tried again")
    func unreachable() {
        let found = problem(.failure(HTTPFailure(.mayHaveArrived, code: "http.timeout", detail: "60 s")))
        #expect(found?.kind == .unreachable && found?.remedy == .retry)
    }

    @Test("a list of errors that says nothing is none")
    func emptyErrors() { #expect(problem(answer(200, #"{"data":[],"errors":[{}]}"#)) == nil) }

    @Test(
        "Retry-After is read as seconds and as a moment, within an hour",
        arguments: [
            ("30", Duration.seconds(30)), (" 2.5 ", .milliseconds(2_500)), ("0", .zero), ("-5", .zero),
            ("1e300", .seconds(3_600)), ("Sun, 06 Nov 1994 08:50:07 GMT", .seconds(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", .zero), ("soon", nil), ("", nil), ("nan", nil), ("inf", nil),
        ] as [(String, Duration?)])
    func retryAfter(text: String, expected: Duration?) {
        let headers = [(name: "retry-after", value: text), (name: "Date", value: "Sun, 06 Nov 1994 08:49:37 GMT")]
        #expect(problem(answer(429, .empty, headers))?.retryAfter == expected)
    }

    @Test("the console's clock is read from its Date header, and only in the form that HTTP prescribes")
    func clock() {
        #expect(Timestamp(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == Timestamp(iso: "1994-11-06T08:49:37Z"))
        #expect(
            HTTPAnswer(status: 200, headers: [("date", "Mon, 14 Sep 2026 08:00:00 GMT")], body: .empty).date
                == Timestamp(iso: "2026-09-14T08:00:00Z"))
        for text in [
            "", "now", "Sun, 6 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 06 Nof 1994 08:49:37 GMT", "Sun, 06 Nov 199x 08:49:37 GMT",
        ] { #expect(Timestamp(httpDate: text) == nil) }
    }

    @Test("neither the token nor a line break nor a long page gets into a problem")
    func canary() {
        let long = String(repeating: "x\n", count: 5_000) + token
        for body in [Self.errors("\(token) \(long.replacing("\n", with: " "))"), Bytes(token + "\n" + long)] {
            for status in [200, 400, 401, 403, 404, 429, 500] {
                let found = problem(answer(status, body, [("X-RQID", "\(token)\r\nx")]))
                #expect(found.map { !$0.detail.contains(token) && !$0.detail.contains("\n") } == true)
                #expect(found.map { $0.detail.utf8.count < 600 } == true)
            }
        }
    }
}
