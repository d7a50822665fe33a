import PipelineTesting
import Ports
import SentinelOne
import Testing

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
        let desk = PacedDesk { _, _ in
            defer { isFirst = false }
            let headers = [("Date", "Sun, 06 Nov 1994 08:49:37 GMT")] + (wish.text.map { [("Retry-After", $0)] } ?? [])
            return isFirst ? consoleAnswer(status, headers) : .ok("{}")
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
        let desk = PacedDesk(
            limits: {
                var limits = PacedCalls.Limits(); limits.attempts = 9; return limits
            }()
        ) { _, _ in
            refusals -= 1
            return refusals >= 0 ? consoleAnswer(429, [("Retry-After", "0")]) : .ok("{}")
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
        let desk = PacedDesk { _, _ in consoleAnswer(429, [("Retry-After", "300")]) }
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
        let desk = PacedDesk { _, _ in status == 0 ? lost("http.connection_lost") : consoleAnswer(status) }
        desk.get("/threats", as: "a")
        let result = desk.collect(1)[CallID("a")]
        #expect(status == 0 ? result?.failure?.code == "http.connection_lost" : result?.status == status)
        #expect(desk.inner.sent.count == 4)
        let impatient = PacedDesk { _, _ in status == 0 ? lost("http.connection_lost") : consoleAnswer(status) }
        impatient.get("/threats", as: "a", deadline: .milliseconds(100))
        #expect(impatient.collect(1).count == 1)
        #expect(impatient.inner.sent.count == 1)
        #expect(desk.inner.sent.dropFirst().allSatisfy { $0.request.deadline < .seconds(60) })
    }

    @Test(
        "what will not be better the next time is handed on at once",
        arguments: ["http.tls", "http.bad_request", "http.answer_too_large", "http.queue_full", "http.authority_file"])
    func lasting(code: String) {
        let desk = PacedDesk { _, _ in lost(code) }
        desk.get("/threats", as: "a")
        #expect(desk.collect(1)[CallID("a")]?.failure?.code == code)
        for status in [200, 301, 400, 401, 403, 404, 500, 501] {
            let desk = PacedDesk { _, _ in consoleAnswer(status) }
            desk.get("/threats", as: "a")
            #expect(desk.collect(1)[CallID("a")]?.status == status)
            #expect(desk.inner.sent.count == 1)
        }
        #expect(desk.inner.sent.count == 1)
    }

    @Test("a share of the rate slows down by as much, and no partition means no call")
    func share() {
        let desk = PacedDesk(shares: [pacedOrigin: .percent(50)])
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
        let desk = PacedDesk { _, _ in consoleAnswer(429) }
        for number in 0..<5 { desk.get("/agents", as: "\(number)", deadline: .seconds(2)) }
        desk.paced.start(pacedRequest(.post, "/agents/actions/connect"), as: CallID("write"))
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
