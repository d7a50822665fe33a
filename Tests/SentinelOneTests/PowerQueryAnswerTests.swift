import JSONView
import Ports
import SentinelOne
import Testing

@Suite("Answers to a power query")
struct PowerQueryAnswerTests {
    private typealias Script = PowerQueryScript

    private func run() -> PowerQueryRun { Script.run() }

    private func status(_ completed: Int, of total: Int, data: String = "null") -> HTTPResult {
        Script.status(completed, of: total, data: data)
    }

    private func headers(_ step: QueryStep<EventTable>) -> [String] {
        guard case .send(let request, _) = step else { return [] }
        return request.headers.filter { $0.name == "X-Dataset-Query-Forward-Tag" }.map(\.value)
    }

    @Test("the tag that came last is sent back, and never one that is not fit for a header")
    func tags() {
        func answered(_ tag: String?) -> HTTPResult {
            answer(
                200, #"{"id":"q","stepsCompleted":0,"totalSteps":3}"#,
                tag.map { [(name: "X-Dataset-Query-Forward-Tag", value: $0)] } ?? [])
        }
        var run = run()
        #expect(headers(run.proceed(answered(nil))) == [])
        #expect(headers(run.proceed(answered("a"))) == ["a"])
        #expect(headers(run.proceed(answered(nil))) == ["a"])
        #expect(headers(run.proceed(answered("b"))) == ["b"])
        for bad in ["", "c\r\nX: y", "é", "\u{0}", String(repeating: "x", count: 1_025)] {
            #expect(headers(run.proceed(answered(bad))) == ["b"])
        }
        #expect(headers(run.proceed(answer(401, .empty))) == ["b"])
    }

    @Test("done without rows is asked again from the first step on, and is not taken for none")
    func lateRows() {
        var run = run()
        _ = run.proceed(status(2, of: 4))
        #expect(words(run.proceed(status(4, of: 4))).contains("lastStepSeen=0"))
        #expect(words(run.proceed(status(4, of: 4, data: Script.table))).hasPrefix("DELETE"))
    }

    @Test(
        "an error of the query comes with status 200 too, and is none of its rows",
        arguments: [
            #"{"id":"q","stepsCompleted":1,"stepsTotal":1,"error":{"message":"why"},"data":{"columns":[]}}"#,
            #"{"id":"q","stepsCompleted":1,"stepsTotal":1,"data":{"columns":[],"errors":["why"]}}"#,
            #"{"id":"q","stepsCompleted":1,"stepsTotal":1,"errors":[{"detail":"why"}],"data":{"columns":[]}}"#,
        ])
    func innerErrors(body: String) {
        var run = run()
        guard case .failed(let problem) = run.proceed(answer(200, Bytes(body))) else {
            Issue.record("an error is no failure")
            return
        }
        #expect(problem.kind == .console && problem.detail.contains("why"))
    }

    @Test(
        "rows that the console left out are told of, wherever it says so",
        arguments: [
            ("", "", true), (#","omittedEvents":0,"partialResultsDueToTimeLimit":false"#, "", true),
            (#","omittedEvents":1"#, "", false), ("", #","omittedEvents":"2""#, false),
            (#","partialResultsDueToTimeLimit":true"#, "", false), ("", #","partialResultsDueToTimeLimit":"x""#, false),
            ("", #","discardedArrayItems":3"#, false), ("", #","fullResultUrl":"https://x""#, false),
            ("", #","fullResultUrl":"""#, true),
        ])
    func partial(outer: String, inner: String, isWhole: Bool) {
        var run = run()
        _ = run.proceed(
            answer(
                200,
                Bytes(
                    #"{"id":"q","stepsCompleted":1,"stepsTotal":1,"data":{"columns":["a"],"values":[[1]]\#(inner)}\#(outer)}"#
                )))
        guard case .rows(let table) = run.proceed(answer(204, .empty)) else {
            Issue.record("no rows")
            return
        }
        #expect(table.isWhole == isWhole && table.count == 1)
    }

    @Test("a table of the wrong shape loses what is wrong with it and nothing else")
    func shapes() throws {
        var run = run()
        let table =
            #"{"columns":[1,"a","a",{"name":"b"},{"name":5}],"values":[[0,1,2,3,4,5],7,null,[],["x","y"],{"a":1}]}"#
        _ = run.proceed(status(1, of: 1, data: table))
        guard case .rows(let found) = run.proceed(answer(204, .empty)) else {
            Issue.record("no rows")
            return
        }
        #expect(found.columns == ["", "a", "a", "b", ""] && found.count == 6)
        #expect(try found.cells(0)["a"]?.integer == 1 && found.cells(0)["b"]?.integer == 3)
        #expect(try found.cells(4)["a"]?.text == "y")
        for row in [1, 2, 3, 5] { #expect(found.cells(row).isEmpty) }
    }
}
