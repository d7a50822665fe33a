import PipelineTesting
import Ports
import SentinelOne
import Testing

@Suite("Calls at a console's pace")
struct RatePacedTests {
    @Test("reads leave in order, at the rate and no faster, and all of them leave")
    func pace() {
        let desk = PacedDesk()
        let start = desk.clock.now
        for number in 0..<100 { desk.get("/agents", as: "\(number)") }
        let results = desk.collect(100)
        #expect(results.count == 100 && results.values.allSatisfy { $0.status == 200 })
        #expect(desk.inner.sent.map(\.call.rawValue) == (0..<100).map { "\($0)" })
        let took = desk.clock.now - start
        #expect(took >= .milliseconds(99 * 40) && took < .milliseconds(99 * 44))
        let told = desk.paced.takeStatistics()
        #expect(told.started == 100 && told.waited == 99 && told.throttled == 0)
        #expect(told.longestWait >= .milliseconds(99 * 40))
    }

    @Test("a prefix that is slow, used up or silent delays no other, and a token no other token")
    func fairness() {
        let desk = PacedDesk { request, _ in request.path.contains("/dv/") ? .silence : .ok("{}") }
        for number in 0..<50 { desk.get("/dv/events/pq", as: "dv\(number)") }
        for number in 0..<10 { desk.get("/threat-intelligence/iocs", as: "ti\(number)", deadline: .seconds(5)) }
        for number in 0..<20 { desk.get("/threats", as: "threats\(number)") }
        desk.paced.start(pacedRequest(.get, "/threat-intelligence/iocs", token: "other"), as: CallID("other"))
        let results = desk.collect(24, within: .seconds(4))
        #expect((0..<20).allSatisfy { results[CallID("threats\($0)")]?.status == 200 })
        #expect(results[CallID("ti0")]?.status == 200)
        #expect(results[CallID("other")]?.status == 200)
        #expect(desk.inner.sent.count { $0.request.path.contains("/dv/") } <= 16)
    }

    @Test("a full line refuses one more at once, and a read whose deadline comes first was never sent")
    func bounded() {
        var limits = PacedCalls.Limits()
        limits.waiting = 3
        let desk = PacedDesk(limits: limits)
        for number in 0..<6 { desk.get("/dv/init-query", as: "\(number)", deadline: .seconds(90)) }
        let results = desk.collect(6)
        #expect(results[CallID("0")]?.status == 200 && results[CallID("1")]?.status == 200)
        for number in 2..<6 {
            let failure = results[CallID("\(number)")]?.failure
            #expect(failure?.code == "http.rate" && failure?.delivery == .notSent)
        }
        #expect(desk.inner.sent.count == 2)
    }

    @Test("a write without a call to spare fails at once as not sent, and is neither kept nor repeated")
    func writes() {
        let desk = PacedDesk { request, _ in request.method == .get ? .ok("{}") : consoleAnswer(503) }
        let write = pacedRequest(.post, "/agents/actions/disconnect")
        desk.paced.start(write, as: CallID("first"))
        desk.paced.start(write, as: CallID("second"))
        let results = desk.collect(2)
        #expect(results[CallID("first")]?.status == 503)
        #expect(results[CallID("second")]?.failure?.code == "http.rate")
        #expect(results[CallID("second")]?.failure?.delivery == .notSent)
        desk.clock.advance(by: .seconds(60))
        _ = desk.collect(1, within: .seconds(60))
        #expect(desk.inner.sent.map(\.call) == [CallID("first")])
    }

    @Test("a question with a body waits and is repeated like any other")
    func questionWithBody() {
        let desk = PacedDesk { _, _ in consoleAnswer(503) }
        var question = pacedRequest(.post, "/threats/x")
        question.isQuestion = true
        desk.paced.start(question, as: CallID("first"))
        desk.paced.start(question, as: CallID("second"))
        let results = desk.collect(1)
        #expect(results[CallID("first")]?.status == 503)
        #expect(results[CallID("second")]?.failure == nil)
        #expect(desk.inner.sent.count > 1)
    }

    @Test(
        "a write that fails on its way is handed on as it is, once", arguments: [429, 502, 503, 504],
        [HTTPMethod.post, .put, .delete])
    func writeOnce(status: Int, method: HTTPMethod) {
        let desk = PacedDesk { request, _ in
            request.path.hasSuffix("/lost") ? .lost(.mayHaveArrived) : consoleAnswer(status, [("Retry-After", "1")])
        }
        desk.paced.start(pacedRequest(method, "/groups/x"), as: CallID("a"))
        desk.clock.advance(by: .seconds(10))
        desk.paced.start(pacedRequest(method, "/sites/lost"), as: CallID("b"))
        let results = desk.collect(2)
        #expect(results[CallID("a")]?.status == status)
        #expect(results[CallID("b")]?.failure?.delivery == .mayHaveArrived)
        _ = desk.collect(3, within: .seconds(120))
        #expect(desk.inner.sent.count == 2)
    }

    @Test("a write may ask first: what it is promised no read takes, and it comes before the reads that wait")
    func promise() {
        let desk = PacedDesk()
        let write = pacedRequest(.post, "/agents/actions/disconnect")
        for number in 0..<50 { desk.get("/agents", as: "\(number)") }
        #expect(!desk.paced.mayStart(write, as: CallID("write")))
        var looks = 0
        while !desk.paced.mayStart(write, as: CallID("write")) {
            looks += 1
            desk.clock.advance(by: .milliseconds(10))
            _ = desk.paced.finished(waiting: .zero)
            if looks > 100 { break }
        }
        #expect(looks <= 5, "the next call is the write's")
        #expect(desk.paced.mayStart(write, as: CallID("write")), "asking again costs nothing")
        desk.clock.advance(by: .seconds(1))
        _ = desk.paced.finished(waiting: .zero)
        desk.paced.start(write, as: CallID("write"))
        #expect(desk.inner.sent.contains { $0.call == CallID("write") })
        #expect(desk.paced.mayStart(pacedRequest(.get, "/agents"), as: CallID("any")), "a read need not ask")
    }

    @Test("a promise that nobody comes for is forgotten, and the reads go on")
    func forgotten() {
        let desk = PacedDesk()
        let write = pacedRequest(.post, "/agents/actions/disconnect")
        #expect(desk.paced.mayStart(write, as: CallID("gone")))
        #expect(!desk.paced.mayStart(write, as: CallID("also gone")))
        for number in 0..<10 { desk.get("/agents", as: "\(number)") }
        #expect(desk.collect(10, within: .seconds(10)).count == 10)
    }

    @Test("a token that is replaced has a rate of its own, however often that happens")
    func replaced() {
        let desk = PacedDesk()
        func ask(_ numbers: Range<Int>, _ round: String) -> Int {
            for number in numbers {
                let request = pacedRequest(.get, "/dv/init-query", token: "canary-\(number)")
                desk.paced.start(request, as: CallID("\(round)/\(number)"))
            }
            return desk.collect(numbers.count, within: .milliseconds(100)).values.count { $0.status == 200 }
        }
        #expect(ask(0..<600, "once") == 600)
        #expect(ask(500..<600, "again") == 0, "each has asked this minute")
    }
}
