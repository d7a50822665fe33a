import JSONView
import Ports
import SentinelOne
import Testing

@Suite("Power query")
struct PowerQueryTests {
    private static let range =
        Timestamp(microseconds: 1_789_371_600_000_000)..<Timestamp(microseconds: 1_789_375_200_000_000)
    private static let path = "/sdl/v2/api/queries"
    private static let tag: [(name: String, value: String)] = [("x-dataset-query-forward-tag", "eu-7")]

    private func query(_ scope: PowerQuery.Scope = .tenant) -> PowerQuery {
        PowerQuery("i.scheme=\"edr\" | limit 5", in: Self.range, of: scope)
    }

    private func run() -> PowerQueryRun { PowerQueryRun(query(), at: console) }

    private func expectNothing(_ request: HTTPRequest?) { #expect(request == nil) }

    private func status(_ completed: Int, of total: Int, data: String = "null") -> HTTPResult {
        let body = #"{"id":"q/1 é","stepsCompleted":\#(completed),"stepsTotal":\#(total),"data":\#(data)}"#
        return answer(200, Bytes(body), Self.tag)
    }

    private static let table =
        #"{"columns":[{"name":"ip","type":"STRING"},"n"],"values":[["10.0.0.1",3],["10.0.0.2"]]}"#

    @Test("where a query looks is always said, and a global scope never beside accounts")
    func scope() throws {
        let launch = run().launch
        #expect(launch.path == Self.path && launch.method == .post && launch.query.isEmpty)
        #expect(launch.authorization?.reveal() == "Bearer \(token)")
        let body = try JSONView(parsing: try #require(launch.body))
        #expect(try body["tenant"].bool && body["accountIds"].isMissing)
        #expect(try body["queryType"].text == "PQ" && body["pq"]["resultType"].text == "TABLE")
        #expect(try body["startTime"].timestamp == Self.range.lowerBound)
        #expect(try body["pq"]["query"].text == "i.scheme=\"edr\" | limit 5")
        let account = try #require(AccountID("7310000000000000003"))
        let narrow = PowerQueryRun(query(.accounts(ExactTargets(account))), at: console).launch
        let inner = try JSONView(parsing: try #require(narrow.body))
        #expect(try inner["tenant"].bool == false)
        #expect(try inner["accountIds"].elements.map { try $0.text } == ["7310000000000000003"])
    }

    @Test("a query is launched, asked about with its tag, and taken back before its rows are given")
    func whole() throws {
        var run = run()
        let first = run.proceed(status(0, of: 0))
        #expect(words(first) == #"GET \#(Self.path)/q%2F1%20%C3%A9 ["lastStepSeen=0"] after 1.0 seconds"#)
        let second = run.proceed(status(2, of: 4))
        #expect(words(second) == #"GET \#(Self.path)/q%2F1%20%C3%A9 ["lastStepSeen=2"] after 1.0 seconds"#)
        let done = run.proceed(status(4, of: 4, data: Self.table))
        #expect(words(done) == "DELETE \(Self.path)/q%2F1%20%C3%A9 [] after 0.0 seconds")
        for step in [first, second, done] {
            guard case .send(let request, _) = step else { continue }
            #expect(request.headers.contains { $0 == ("X-Dataset-Query-Forward-Tag", "eu-7") })
            #expect(request.authorization?.reveal() == "Bearer \(token)")
        }
        guard case .rows(let table) = run.proceed(answer(500, .empty)) else {
            Issue.record("no rows")
            return
        }
        #expect(table.columns == ["ip", "n"] && table.count == 2)
        #expect(try table.cells(0)["n"]?.integer == 3)
        #expect(try table.cells(1)["ip"]?.text == "10.0.0.2" && table.cells(1)["n"] == nil)
    }

    @Test("nothing of nothing is not done, and a query that is done at once is not asked about")
    func done() {
        var empty = run()
        #expect(words(empty.proceed(status(0, of: 0, data: Self.table))).hasPrefix("GET"))
        var quick = run()
        #expect(words(quick.proceed(status(1, of: 1, data: Self.table))).hasPrefix("DELETE"))
        #expect(words(quick.proceed(answer(200, "{}"))) == "rows")
    }

    @Test("a launch that fails has nothing to take back", arguments: [400, 401, 403, 429, 500])
    func refused(status: Int) {
        var run = run()
        if case .failed(let problem) = run.proceed(answer(status, Bytes(#"{"message":"prefix of \#(token) is wrong"}"#))) {
            #expect(problem.detail.contains("prefix of ••• is wrong"))
        } else {
            Issue.record("\(status) is no failure")
        }
        expectNothing(run.abandon())
    }

    @Test("a launch without an id, and rows without columns, are failures", arguments: ["{}", #"{"id":null}"#, "[]"])
    func unintelligible(body: String) {
        var run = run()
        #expect(words(run.proceed(answer(200, Bytes(body)))) == "unintelligible")
        var late = self.run()
        #expect(words(late.proceed(status(1, of: 1, data: body))).hasPrefix("DELETE"))
        #expect(words(late.proceed(answer(200, "{}"))) == "unintelligible")
    }

    @Test("what passes is asked again, what does not ends the query, and it is taken back")
    func troubles() {
        var run = run()
        _ = run.proceed(status(0, of: 3))
        #expect(words(run.proceed(answer(503, .empty))).hasPrefix("GET"))
        #expect(words(run.proceed(answer(429, .empty, [("Retry-After", "7")]))).hasSuffix("after 7.0 seconds"))
        #expect(words(run.proceed(answer(429, .empty, [("Retry-After", "3600")]))).hasSuffix("after 20.0 seconds"))
        #expect(words(run.proceed(status(1, of: 3))).contains("lastStepSeen=1"))
        #expect(words(run.proceed(answer(401, .empty))).hasPrefix("DELETE"))
        #expect(words(run.proceed(.failure(HTTPFailure(.notSent, code: "x", detail: "")))) == "unauthenticated")

        var gone = self.run()
        _ = gone.proceed(status(0, of: 3))
        _ = gone.proceed(answer(404, .empty))
        // Another query may be asked: that is no refusal.
        #expect(words(gone.proceed(answer(404, .empty))) == "console")
    }

    @Test("a query that never ends and one whose console is down are given up and taken back")
    func endless() {
        var slow = run()
        var step = slow.proceed(status(0, of: 3))
        var looks = 0
        while words(step).hasPrefix("GET") {
            step = slow.proceed(status(1, of: 3))
            looks += 1
        }
        #expect(looks < 400 && words(step).hasPrefix("DELETE"))
        #expect(words(slow.proceed(answer(200, "{}"))) == "console")

        var down = run()
        step = down.proceed(status(0, of: 3))
        looks = 0
        while words(step).hasPrefix("GET") {
            step = down.proceed(answer(503, .empty))
            looks += 1
        }
        #expect(looks == 5 && words(step).hasPrefix("DELETE"))
    }

    @Test("a query that is not wanted any more is taken back once")
    func abandoned() throws {
        var run = run()
        expectNothing(run.abandon())
        run = self.run()
        _ = run.proceed(status(0, of: 3))
        let cancellation = run.abandon()
        let request = try #require(cancellation)
        #expect(request.method == .delete && request.headers.contains { $0.name == "X-Dataset-Query-Forward-Tag" })
        expectNothing(run.abandon())
        #expect(words(run.proceed(status(3, of: 3, data: Self.table))) == "console")
    }

    @Test("random answers in any order end every query within its budget", arguments: 0..<64 as Range<UInt64>)
    func soup(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var run = run()
        var calls = 0
        var deletes = 0
        var launched = false
        while calls < 1_000 {
            let completed = Int.random(in: -1...3, using: &random)
            let results: [HTTPResult] = [
                status(completed, of: Int.random(in: -1...9, using: &random), data: Self.table),
                answer([200, 302, 401, 404, 429, 500][Int.random(in: 0..<6, using: &random)], "{}"),
                answer(200, htmlPage), .failure(HTTPFailure(.mayHaveArrived, code: "x", detail: "y")),
            ]
            let step = run.proceed(results[seed < 32 && launched ? 0 : Int.random(in: 0..<4, using: &random)])
            calls += 1
            guard case .send(let request, _) = step else { break }
            launched = true
            if request.method == .delete { deletes += 1 }
        }
        #expect(calls < 400)
        #expect(deletes == (launched ? 1 : 0))
    }
}
