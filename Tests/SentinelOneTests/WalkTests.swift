import Ports
import SentinelOne
import Testing

@Suite("Walk")
struct WalkTests {
    /// A page with these rows, each an id and the time of its last change, and this cursor.
    private func page(_ rows: [String], next: String?, total: Int? = nil, of stream: VendorStream = .agents) throws
        -> Page
    {
        let items = rows.map { row in
            let parts = row.split(separator: "@")
            let second = parts.count > 1 ? String(parts[1]) : "00"
            return #"{"id":"\#(parts[0])","updatedAt":"2026-09-14T08:00:\#(second).000000Z"}"#
        }
        let cursor = next.map { "\"\($0)\"" } ?? "null"
        let totalItems = total.map { ",\"totalItems\":\($0)" } ?? ""
        let body = #"{"data":[\#(items.joined(separator: ","))],"pagination":{"nextCursor":\#(cursor)\#(totalItems)}}"#
        return try Page(answer(200, Bytes(body)), of: stream, from: console)
    }

    @Test("a walk goes from cursor to cursor until there is none")
    func whole() throws {
        var walk = Walk()
        #expect(walk.cursor == nil)
        #expect(walk.advance(past: try page(["1", "2"], next: "a")) == .next(Cursor("a")))
        #expect(walk.advance(past: try page(["3", "4"], next: "b")) == .next(Cursor("b")))
        #expect(walk.cursor == Cursor("b") && walk.pages == 2)
        #expect(walk.advance(past: try page(["5"], next: nil)) == .end)
    }

    @Test("a page without rows does not end a walk that has a cursor")
    func emptyPage() throws {
        var walk = Walk()
        #expect(walk.advance(past: try page([], next: "a")) == .next(Cursor("a")))
        #expect(walk.advance(past: try page([], next: "b")) == .next(Cursor("b")))
        #expect(walk.advance(past: try page(["1"], next: nil)) == .end)
    }

    @Test("a cursor that was named before ends the walk, whatever lies on the page", arguments: ["a", "b"])
    func sameCursor(again: String) throws {
        var walk = Walk()
        _ = walk.advance(past: try page(["1"], next: "a"))
        _ = walk.advance(past: try page(["2"], next: "b"))
        #expect(walk.advance(past: try page(["3"], next: again)) == .beginAgain(.cursorRepeated))
    }

    @Test("a page of nothing but rows that were seen ends the walk, also under ever new cursors")
    func sameRows() throws {
        var walk = Walk()
        _ = walk.advance(past: try page(["1", "2"], next: "a"))
        #expect(walk.advance(past: try page(["2", "3"], next: "b")) == .next(Cursor("b")))
        #expect(walk.advance(past: try page(["3", "1"], next: "c")) == .beginAgain(.rowsRepeated))
    }

    @Test("rows that changed during the walk and are shown again at its end are new")
    func changedRows() throws {
        var walk = Walk()
        _ = walk.advance(past: try page(["1@01", "2@02"], next: "a"))
        #expect(walk.advance(past: try page(["1@03", "2@04"], next: "b")) == .next(Cursor("b")))
    }

    @Test("rows that cannot be read are recognised too")
    func unreadable() throws {
        var walk = Walk()
        func page(_ cursor: String) throws -> Page {
            try Page(
                answer(200, Bytes(#"{"data":[{"id":null}],"pagination":{"nextCursor":"\#(cursor)"}}"#)), of: .agents,
                from: console)
        }
        #expect(walk.advance(past: try page("a")) == .next(Cursor("a")))
        #expect(walk.advance(past: try page("b")) == .beginAgain(.rowsRepeated))
    }

    @Test("the last page is the end, also where a row on it was seen before")
    func seenAtTheEnd() throws {
        var walk = Walk()
        _ = walk.advance(past: try page(["1"], next: "a"))
        #expect(walk.advance(past: try page(["1"], next: nil)) == .end)
    }

    @Test("a walk takes no more pages than its budget, and says that it was the budget")
    func budget() throws {
        var walk = Walk(budget: 3)
        #expect(walk.advance(past: try page(["1"], next: "a")) == .next(Cursor("a")))
        #expect(walk.advance(past: try page(["2"], next: "b")) == .next(Cursor("b")))
        #expect(walk.advance(past: try page(["3"], next: "c")) == .beginAgain(.budgetSpent))
        var whole = Walk(budget: 1)
        #expect(whole.advance(past: try page(["1"], next: nil)) == .end)
    }

    @Test("a cursor that the console does not know any more begins the walk again; every other problem does not")
    func expired() throws {
        func problem(_ status: Int, _ detail: String) -> ReadProblem? {
            do {
                _ = try Page(
                    answer(status, Bytes(#"{"errors":[{"detail":"\#(detail)"}]}"#)), of: .agents, from: console)
                return nil
            } catch { return error }
        }
        let gone = try #require(problem(400, "Cursor: Not a valid cursor."))
        #expect(gone.kind == .cursor && gone.remedy == .abort)
        var walk = Walk()
        // The first page has no cursor that could have expired.
        #expect(walk.step(after: gone) == nil)
        _ = walk.advance(past: try page(["1"], next: "a"))
        #expect(walk.step(after: gone) == .beginAgain(.cursorExpired))
        for other in [problem(400, "limit: Must be between 1 and 1000."), problem(500, "cursor"), problem(429, "x")] {
            #expect(walk.step(after: try #require(other)) == nil)
        }
    }

    @Test("a total of 0 beside rows or a cursor is no count, and activities are counted to 50,000")
    func totals() throws {
        #expect(try page(["1"], next: nil, total: 0).totalItems == nil)
        #expect(try page([], next: "a", total: 0).totalItems == nil)
        #expect(try page([], next: nil, total: 0).totalItems == .exactly(0))
        #expect(try page(["1"], next: nil, total: 0).isWhole)
        #expect(try page(["1"], next: nil, total: 2).isWhole == false)
        #expect(try page(["1"], next: nil, total: -1).totalItems == nil)
        #expect(try page([], next: nil, total: 50_000).totalItems == .exactly(50_000))
        #expect(try page([], next: nil, total: 49_999, of: .activities).totalItems == .exactly(49_999))
        #expect(try page([], next: nil, total: 50_000, of: .activities).totalItems == .atLeast(50_000))
    }

    @Test("a window's count is read from its answer, and is no guess")
    func counts() throws {
        func count(_ body: Bytes, _ stream: VendorStream) throws -> RowCount {
            try RowCount(answer(200, body), of: stream, from: console)
        }
        #expect(try count(#"{"data":[],"pagination":{"totalItems":17}}"#, .threats) == .exactly(17))
        #expect(try count(#"{"data":[],"pagination":{"totalItems":50000}}"#, .activities) == .atLeast(50_000))
        #expect(try RowCount(agents: answer(200, #"{"data":{"total":"9"}}"#), from: console) == .exactly(9))
        for body in [#"{"data":[]}"#, #"{"pagination":{"totalItems":null}}"#, #"{"pagination":{"totalItems":-1}}"#] {
            #expect(throws: ReadProblem.self) { try count(Bytes(body), .threats) }
            #expect(throws: ReadProblem.self) { try RowCount(agents: answer(200, Bytes(body)), from: console) }
        }
    }

    @Test("events are paged by number, until all are read or the console counts no further")
    func events() throws {
        func page(_ rows: Int, total: Int?) throws -> Page {
            try self.page((0..<rows).map { "\($0 + 1)" }, next: nil, total: total, of: .events)
        }
        #expect(EventPlace.start.next(after: try page(0, total: nil)) == nil)
        #expect(EventPlace.start.next(after: try page(3, total: 3)) == nil)
        let second = try #require(EventPlace.start.next(after: try page(3, total: 5)))
        let threat = try #require(ThreatID("7310000000000001001"))
        #expect(console.events(of: threat, from: second).query.contains { $0 == ("skip", "3") })
        #expect(second.next(after: try page(2, total: 5)) == nil)
        #expect(second.next(after: try page(2, total: nil)) != nil)
        var place: EventPlace? = .start
        let full = try page(10_000, total: nil)
        var pages = 0
        while let here = place {
            place = here.next(after: full)
            pages += 1
        }
        #expect(pages == 101)
    }
}

@Suite("Vendor time")
struct VendorTimeTests {
    private func times(_ text: String) throws -> Page.Item? {
        let body = #"{"data":[{"id":"1","updatedAt":\#(text)}],"pagination":{}}"#
        return try Page(answer(200, Bytes(body)), of: .agents, from: console).items.first
    }

    @Test("1970 is how the console says that it knows no time, and what is no time is none")
    func unknown() throws {
        for text in [
            #""1970-01-01T00:00:00Z""#, #""1970-01-01T00:00:00.000000Z""#, "null", "true", "0", #""""#, #""soon""#,
        ] {
            #expect(try times(text)?.updatedAt == nil, "\(text)")
        }
    }

    @Test("a time from the future keeps its words and never moves a watermark beyond now")
    func future() throws {
        let now = try #require(Timestamp(iso: "2026-09-14T08:00:00Z"))
        let far = try #require(try times(#""2185-07-21T23:34:33.709551Z""#)?.updatedAt)
        #expect(far.text == "2185-07-21T23:34:33.709551Z")
        #expect(far.isAhead(of: now) && far.watermark(at: now) == now)
        let past = try #require(try times(#""2026-09-14T07:59:59.5Z""#)?.updatedAt)
        #expect(!past.isAhead(of: now) && past.watermark(at: now) == past.timestamp)
    }
}
