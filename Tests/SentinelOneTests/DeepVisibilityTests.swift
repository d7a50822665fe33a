import JSONView
import Ports
import SentinelOne
import Testing

@Suite("Deep visibility query")
struct DeepVisibilityTests {
    private static let range =
        Timestamp(microseconds: 1_789_371_600_000_000)..<Timestamp(microseconds: 1_789_375_200_000_000)

    private func run(limit: Int = 3_000) -> DeepVisibilityRun {
        DeepVisibilityRun(DeepVisibilityQuery("EventType Exists", in: Self.range, limit: limit), at: console)
    }

    private func state(_ word: String) -> HTTPResult {
        answer(200, Bytes(#"{"data":{"responseState":"\#(word)","progressStatus":50,"responseError":"why"}}"#))
    }

    private let started = answer(200, #"{"data":{"queryId":"q7"}}"#)

    private func page(_ ids: [Int], next: String?) -> HTTPResult {
        let rows = ids.map { #"{"id":"\#($0)"}"# }.joined(separator: ",")
        return answer(
            200, Bytes(#"{"data":[\#(rows)],"pagination":{"nextCursor":\#(next.map { "\"\($0)\"" } ?? "null")}}"#))
    }

    @Test("the start has no envelope, names its limit, and its scope only where there is one")
    func start() throws {
        let request = run(limit: 1_000_000).start
        #expect(request.path == "/web/api/v2.1/dv/init-query")
        let body = try JSONView(parsing: try #require(request.body))
        #expect(try body["limit"].integer == 100_000 && body["queryType"].elements.map { try $0.text } == ["events"])
        #expect(try body["toDate"].timestamp == Self.range.upperBound && body["siteIds"].isMissing)
        let site = try #require(SiteID("7310000000000000015"))
        let narrow = DeepVisibilityQuery("x", in: Self.range, within: .sites(ExactTargets(site)))
        let inner = try JSONView(parsing: try #require(DeepVisibilityRun(narrow, at: console).start.body))
        #expect(try inner["siteIds"].elements.map { try $0.text } == ["7310000000000000015"])
    }

    @Test("a query is started, asked about while it runs, and read to its end page by page")
    func whole() throws {
        var run = run()
        let status = "GET /web/api/v2.1/dv/query-status [\"queryId=q7\"] after 2.0 seconds"
        #expect(words(run.proceed(started)) == status)
        for word in ["RUNNING", "process_running", "EVENTS_RUNNING", "A_NEW_WORD"] {
            #expect(words(run.proceed(state(word))) == status)
        }
        #expect(
            words(run.proceed(state("FINISHED")))
                == #"GET /web/api/v2.1/dv/events ["queryId=q7", "limit=1000"] after 0.0 seconds"#)
        #expect(words(run.proceed(page([1, 2], next: "c"))).contains("cursor=c"))
        guard case .rows(let rows) = run.proceed(page([3], next: nil)) else {
            Issue.record("no rows")
            return
        }
        #expect(rows.items.map(\.id) == ["1", "2", "3"] && rows.isWhole)
    }

    @Test(
        "every state in which a query brings nothing is a failure that says why, and is not taken back",
        arguments: [
            ("FAILED", ReadProblem.Kind.console), ("FAILED_CLIENT", .rejected), ("ERROR", .console),
            ("QUERY_CANCELLED", .console), ("TIMED_OUT", .console), ("QUERY_EXPIRED", .console),
        ])
    func states(word: String, kind: ReadProblem.Kind) {
        var run = run()
        _ = run.proceed(started)
        guard case .failed(let problem) = run.proceed(state(word)) else {
            Issue.record("\(word) is no failure")
            return
        }
        #expect(problem.kind == kind && problem.detail.contains("\(word): why"))
        let cancellation = run.abandon()
        #expect(cancellation == nil)
    }

    @Test("a console that goes round brings what it brought, and says that it is not all")
    func round() {
        var run = run(limit: 100_000)
        _ = run.proceed(started)
        _ = run.proceed(state("FINISHED"))
        _ = run.proceed(page([1], next: "c"))
        guard case .rows(let rows) = run.proceed(page([1], next: "d")) else {
            Issue.record("no rows")
            return
        }
        #expect(!rows.isWhole)
    }

    @Test("no more pages are read than the limit has rows")
    func limited() {
        var run = run(limit: 1_500)
        _ = run.proceed(started)
        _ = run.proceed(state("FINISHED"))
        #expect(words(run.proceed(page(Array(1...1_000), next: "c"))).contains("cursor=c"))
        guard case .rows(let rows) = run.proceed(page(Array(1_001...2_000), next: "d")) else {
            Issue.record("a third page is asked for")
            return
        }
        #expect(rows.items.count == 2_000 && rows.isWhole)
    }

    @Test("a query that never finishes and one whose console is down are given up and taken back")
    func endless() throws {
        var slow = run()
        var step = slow.proceed(started)
        var looks = 0
        while words(step).hasPrefix("GET") {
            step = slow.proceed(state("RUNNING"))
            looks += 1
        }
        #expect(looks < 400 && words(step).hasPrefix("POST /web/api/v2.1/dv/cancel-query"))
        #expect(words(slow.proceed(answer(200, "{}"))) == "console")
        var down = run()
        _ = down.proceed(started)
        _ = down.proceed(state("FINISHED"))
        step = down.proceed(answer(409, .empty))
        #expect(words(step).hasPrefix("GET /web/api/v2.1/dv/events"))
        while words(step).hasPrefix("GET") { step = down.proceed(answer(503, .empty)) }
        #expect(words(step).hasPrefix("POST /web/api/v2.1/dv/cancel-query"))
        var unwanted = run()
        _ = unwanted.proceed(started)
        let (first, second) = (unwanted.abandon(), unwanted.abandon())
        #expect(first?.body?.text == #"{"queryId":"q7"}"#)
        #expect(second == nil)
    }

    @Test(
        "a start that fails is a failure",
        arguments: [(400, "rejected"), (401, "unauthenticated"), (200, "unintelligible")])
    func refused(status: Int, kind: String) {
        var run = run()
        #expect(words(run.proceed(answer(status, "{}"))) == kind)
    }
}
