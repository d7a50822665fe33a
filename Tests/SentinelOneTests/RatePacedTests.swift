import PipelineTesting
import Ports
import SentinelOne
import Synchronization
import Testing

/// Paced calls over scripted ones on a scripted clock: waiting moves it.
private final class Desk {
    let clock = ScriptedClock()
    let inner: ScriptedCalls
    let paced: PacedCalls
    let told = Told()

    final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func note(_ signal: Signal) {
            lines.withLock {
                $0.append("\(signal.event) \(signal.fields.map { "\($0.field)=\($0.value)" }.joined(separator: " "))")
            }
        }
    }

    init(
        shares: [HTTPOrigin: RateShare] = [:], limits: PacedCalls.Limits = .init(), seed: UInt64 = 1,
        serve: @escaping (HTTPRequest, CallID) -> ScriptedCalls.Reply = { _, _ in .ok("{}") }
    ) {
        let start = clock.now
        inner = ScriptedCalls(clock: clock, serve: serve)
        paced = PacedCalls(
            inner, shares: shares, limits: limits, clock: { [clock] in clock.now - start },
            pause: { [clock] in clock.advance(by: $0) }, generator: SplitMix64(seed: seed),
            signals: Signals { [told] in told.note($0) })
    }

    /// Until so many ended or so long has passed.
    func collect(_ count: Int, within limit: Duration = .seconds(600)) -> [CallID: HTTPResult] {
        var results: [CallID: HTTPResult] = [:]
        let end = clock.now + limit
        while results.count < count, clock.now < end {
            let ended = paced.finished(waiting: .milliseconds(50))
            for (call, result) in ended {
                #expect(results.updateValue(result, forKey: call) == nil, "\(call) ended twice")
            }
            if ended.isEmpty { clock.advance(by: .milliseconds(1)) }
        }
        return results
    }

    func get(_ path: String, as name: String, deadline: Duration = .seconds(60)) {
        paced.start(request(.get, path, deadline: deadline), as: CallID(name))
    }
}

private let pacedOrigin = HTTPOrigin(.https, host: "console.example", port: 443)

private func request(
    _ method: HTTPMethod, _ path: String, token: String = "canary-token", deadline: Duration = .seconds(60)
) -> HTTPRequest {
    HTTPRequest(
        method, pacedOrigin, path: "/web/api/v2.1" + path, authorization: Secret("ApiToken \(token)"),
        body: method == .get ? nil : "{}", deadline: deadline)
}

private func answer(_ status: Int, _ headers: [(String, String)] = []) -> ScriptedCalls.Reply {
    .result(.success(HTTPAnswer(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: "x")))
}

extension HTTPResult {
    fileprivate var status: Int? { if case .success(let answer) = self { answer.status } else { nil } }
    fileprivate var failure: HTTPFailure? { if case .failure(let failure) = self { failure } else { nil } }
}

@Suite("Calls at a console's pace")
struct RatePacedTests {
    @Test("reads leave in order, at the rate and no faster, and all of them leave")
    func pace() {
        let desk = Desk()
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
        let desk = Desk { request, _ in request.path.contains("/dv/") ? .silence : .ok("{}") }
        for number in 0..<50 { desk.get("/dv/events/pq", as: "dv\(number)") }
        for number in 0..<10 { desk.get("/threat-intelligence/iocs", as: "ti\(number)", deadline: .seconds(5)) }
        for number in 0..<20 { desk.get("/threats", as: "threats\(number)") }
        desk.paced.start(request(.get, "/threat-intelligence/iocs", token: "other"), as: CallID("other"))
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
        let desk = Desk(limits: limits)
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
        let desk = Desk { request, _ in request.method == .get ? .ok("{}") : answer(503) }
        let write = request(.post, "/agents/actions/disconnect")
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
        let desk = Desk { _, _ in answer(503) }
        var question = request(.post, "/dv/init-query")
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
        let desk = Desk { request, _ in
            request.path.hasSuffix("/lost") ? .lost(.mayHaveArrived) : answer(status, [("Retry-After", "1")])
        }
        desk.paced.start(request(method, "/groups/x"), as: CallID("a"))
        desk.clock.advance(by: .seconds(10))
        desk.paced.start(request(method, "/sites/lost"), as: CallID("b"))
        let results = desk.collect(2)
        #expect(results[CallID("a")]?.status == status)
        #expect(results[CallID("b")]?.failure?.delivery == .mayHaveArrived)
        _ = desk.collect(3, within: .seconds(120))
        #expect(desk.inner.sent.count == 2)
    }

    @Test("a write may ask first: what it is promised no read takes, and it comes before the reads that wait")
    func promise() {
        let desk = Desk()
        let write = request(.post, "/agents/actions/disconnect")
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
        #expect(desk.paced.mayStart(request(.get, "/agents"), as: CallID("any")), "a read need not ask")
    }

    @Test("a promise that nobody comes for is forgotten, and the reads go on")
    func forgotten() {
        let desk = Desk()
        let write = request(.post, "/agents/actions/disconnect")
        #expect(desk.paced.mayStart(write, as: CallID("gone")))
        #expect(!desk.paced.mayStart(write, as: CallID("also gone")))
        for number in 0..<10 { desk.get("/agents", as: "\(number)") }
        #expect(desk.collect(10, within: .seconds(10)).count == 10)
    }
}

@Suite("What a console says about its pace")
struct RateAnswerTests {
    struct Wish: CustomTestStringConvertible, Sendable {
        let text: String?
        let least: Duration
        let most: Duration
        var testDescription: String { text ?? "none" }
    }

    static let wishes = [
        Wish(text: "7", least: .seconds(7), most: .seconds(7.3)),
        Wish(text: "2.5", least: .seconds(2.5), most: .seconds(2.8)),
        Wish(text: "Sun, 06 Nov 1994 08:49:47 GMT", least: .seconds(10), most: .seconds(10.3)),
        Wish(text: nil, least: .seconds(5), most: .seconds(5.3)),
        Wish(text: "soon", least: .seconds(5), most: .seconds(5.3)),
        Wish(text: "-3", least: .milliseconds(500), most: .seconds(1.3)),
        Wish(text: "0", least: .milliseconds(500), most: .seconds(1.3)),
        Wish(text: "1e300", least: .seconds(3_600), most: .seconds(3_601)),
        Wish(text: "nan", least: .seconds(5), most: .seconds(5.3)),
        Wish(text: "Sun, 06 Nov 1994 08:00:00 GMT", least: .milliseconds(500), most: .seconds(1.3)),
    ]

    @Test(
        "the line is closed for as long as it asks, in every form, and no longer than an hour", arguments: wishes,
        [429, 503])
    func retryAfter(wish: Wish, status: Int) {
        // A 503 says something about the rate only where it says when to come back.
        let isSilent = status == 503 && (wish.text == nil || ["soon", "nan"].contains(wish.text))
        var isFirst = true
        let desk = Desk { _, _ in
            defer { isFirst = false }
            let headers = [("Date", "Sun, 06 Nov 1994 08:49:37 GMT")] + (wish.text.map { [("Retry-After", $0)] } ?? [])
            return isFirst ? answer(status, headers) : .ok("{}")
        }
        let start = desk.clock.now
        desk.get("/threats", as: "a", deadline: .seconds(8_000))
        _ = desk.paced.finished(waiting: .zero)
        desk.get("/threats", as: "b", deadline: .seconds(8_000))
        let early = desk.collect(1, within: isSilent ? .zero : wish.least - .milliseconds(100))
        #expect(early.isEmpty && (isSilent || desk.inner.sent.count == 1), "b does not go before a was let back")
        #expect(desk.collect(2 - early.count, within: .seconds(8_000)).values.allSatisfy { $0.status == 200 })
        let took = desk.clock.now - start
        if isSilent {
            #expect(took < .seconds(1))
            return
        }
        #expect(took >= wish.least && took < wish.most, "\(took)")
        #expect(desk.told.all.count { $0.hasPrefix("call.throttled") } == 1)
    }

    @Test("refusals in a row are waited out longer each time, and one answer sets that back")
    func backoff() {
        var refusals = 5
        let desk = Desk(
            limits: {
                var limits = PacedCalls.Limits(); limits.attempts = 9; return limits
            }()
        ) { _, _ in
            refusals -= 1
            return refusals >= 0 ? answer(429, [("Retry-After", "0")]) : .ok("{}")
        }
        let start = desk.clock.now
        desk.get("/threats", as: "a", deadline: .seconds(600))
        #expect(desk.collect(1)[CallID("a")]?.status == 200)
        // 1 + 2 + 4 + 8 + 16 s, of each of which chance may take half.
        #expect(desk.clock.now - start >= .seconds(15) && desk.clock.now - start < .seconds(32))
        #expect(desk.paced.takeStatistics().retried == 5)
        refusals = 1
        let again = desk.clock.now
        desk.get("/threats", as: "b")
        #expect(desk.collect(1)[CallID("b")]?.status == 200)
        #expect(desk.clock.now - again < .seconds(2))
    }

    @Test("a wish that goes beyond the deadline is handed on at once, and what comes after it is not sent")
    func tooLong() {
        let desk = Desk { _, _ in answer(429, [("Retry-After", "300")]) }
        let start = desk.clock.now
        desk.get("/threats", as: "a")
        #expect(desk.collect(1)[CallID("a")]?.status == 429)
        desk.get("/threats", as: "b")
        desk.get("/agents", as: "c")
        let results = desk.collect(2)
        #expect(results[CallID("b")]?.failure?.code == "http.rate")
        #expect(results[CallID("c")]?.status == 429, "another line is asked for itself")
        #expect(desk.clock.now - start < .seconds(1))
        #expect(desk.inner.sent.count == 2)
    }

    @Test(
        "a read that fails in passing is repeated, within its deadline and no more often than allowed",
        arguments: [502, 503, 504, 0])
    func repeated(status: Int) {
        let desk = Desk { _, _ in status == 0 ? lost("http.connection_lost") : answer(status) }
        desk.get("/threats", as: "a")
        let result = desk.collect(1)[CallID("a")]
        #expect(status == 0 ? result?.failure?.code == "http.connection_lost" : result?.status == status)
        #expect(desk.inner.sent.count == 4)
        let impatient = Desk { _, _ in status == 0 ? lost("http.connection_lost") : answer(status) }
        impatient.get("/threats", as: "a", deadline: .milliseconds(100))
        #expect(impatient.collect(1).count == 1)
        #expect(impatient.inner.sent.count == 1)
        #expect(desk.inner.sent.dropFirst().allSatisfy { $0.request.deadline < .seconds(60) })
    }

    @Test(
        "what will not be better the next time is handed on at once",
        arguments: ["http.tls", "http.bad_request", "http.answer_too_large", "http.queue_full", "http.authority_file"])
    func lasting(code: String) {
        let desk = Desk { _, _ in lost(code) }
        desk.get("/threats", as: "a")
        #expect(desk.collect(1)[CallID("a")]?.failure?.code == code)
        for status in [200, 301, 400, 401, 403, 404, 500, 501] {
            let desk = Desk { _, _ in answer(status) }
            desk.get("/threats", as: "a")
            #expect(desk.collect(1)[CallID("a")]?.status == status)
            #expect(desk.inner.sent.count == 1)
        }
        #expect(desk.inner.sent.count == 1)
    }

    @Test("a share of the rate slows down by as much, and no partition means no call")
    func share() {
        let desk = Desk(shares: [pacedOrigin: .percent(50)])
        desk.paced.own(1, of: 2)
        let start = desk.clock.now
        for number in 0..<20 { desk.get("/agents", as: "\(number)") }
        #expect(desk.collect(20).count == 20)
        // A quarter of 25 a second.
        #expect(desk.clock.now - start >= .milliseconds(19 * 160))
        desk.paced.own(0, of: 2)
        desk.get("/agents", as: "none")
        #expect(desk.collect(1)[CallID("none")]?.failure?.code == "http.rate")
    }

    @Test("nothing that is told, failed or kept shows a token")
    func canary() {
        let desk = Desk { _, _ in answer(429) }
        for number in 0..<5 { desk.get("/agents", as: "\(number)", deadline: .seconds(2)) }
        desk.paced.start(request(.post, "/agents/actions/connect"), as: CallID("write"))
        let results = desk.collect(6)
        var text = "\(desk.told.all) \(results.values.compactMap(\.failure))"
        dump(desk.paced, to: &text)
        #expect(text.contains("call.throttled"))
        #expect(!text.contains("canary"))
    }

    private func lost(_ code: String) -> ScriptedCalls.Reply {
        .result(.failure(HTTPFailure(.mayHaveArrived, code: code, detail: "the test lost it")))
    }
}
