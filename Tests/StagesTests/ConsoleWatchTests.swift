import Contracts
import Investigation
import Pipeline
import Ports
import SentinelOne
import Stages
import Testing

@Suite("The watch over a console")
struct ConsoleWatchTests {
    private static let start = Timestamp(microseconds: 1_790_000_000_000_000)
    private static let day = Duration.seconds(86_400)
    private static let token = Secret("FIRST-TOKEN-OF-EIGHTY-CHARACTERS")
    private static let next = Secret("SECOND-TOKEN-OF-EIGHTY-CHARACTERS")
    private static let streams: [VendorStream] = [.threats, .alerts, .agents]

    private static func console(_ token: Secret = token) -> Console {
        Console(id: "eu1", origin: HTTPOrigin(.https, host: "a.example", port: 443), token: token)
    }

    private static func watch(after last: ConsoleStatus? = nil) throws -> ConsoleWatch {
        var watch = ConsoleWatch(try #require(ConsoleID("eu1")), streams: streams, after: last)
        watch.sees(token, at: start)
        return watch
    }

    private static func request(of stream: VendorStream = .threats, with token: Secret = token) -> HTTPRequest {
        stream == .alerts ? console(token).list(Query<Alerts>()) : console(token).list(Query<Threats>())
    }

    /// The problem that an answer with this status is.
    private static func problem(_ status: Int, _ detail: String = "") throws -> ReadProblem {
        let body = Bytes(#"{"errors":[{"code":1,"title":"t","detail":"\#(detail)"}]}"#)
        do throws(ReadProblem) {
            _ = try Page(.success(HTTPAnswer(status: status, body: body)), of: .threats, from: console())
        } catch {
            return error
        }
        throw Unexpected()
    }

    private struct Unexpected: Error {}

    /// What a probe reports of a console at which everything is well, but for what `change` answers otherwise.
    private static func report(
        on token: Secret = token, endsAt end: Timestamp? = nil, at now: Timestamp = start, date: String? = nil,
        _ change: (ConsoleProbe.Question) -> Int? = { _ in nil }
    ) -> ConsoleReport {
        var probe = ConsoleProbe(console(token), use: .reader, streams: streams)
        while !probe.isOver {
            for call in probe.next() {
                let text: String =
                    switch call.question {
                    case .health: #"{"data":{"health":"ok"}}"#
                    case .life: #"{"data":{"success":true}}"#
                    case .version: #"{"data":{"version":"S-26"}}"#
                    case .expiry: #"{"data":{"expiresAt":\#(end.map { "\"\($0)\"" } ?? "null")}}"#
                    case .holder:
                        #"{"data":{"id":"7","fullName":"svc","scope":"tenant","scopeRoles":[{"roleId":"81","#
                            + #""roleName":"Viewer"}]}}"#
                    case .role: #"{"data":{"name":"Viewer","pages":[]}}"#
                    case .accounts, .stream: #"{"data":[],"pagination":{"nextCursor":null}}"#
                    }
                let answer = HTTPAnswer(
                    status: change(call.question) ?? 200, headers: date.map { [("Date", $0)] } ?? [],
                    body: Bytes(text))
                probe.took(.success(answer), of: call.question, sentAt: now, receivedAt: now)
            }
        }
        return probe.report(at: now)
    }

    @Test("a token's end is told two weeks, a week and a day before, and when it is there, each once")
    func warnings() throws {
        var watch = try Self.watch()
        let end = Self.start + Self.day * 30
        watch.took(Self.report(endsAt: end), of: Self.token, at: Self.start)
        var told: [(hour: Int, notice: ConsoleNotice)] = []
        for hour in 0..<(31 * 24) {
            let now = Self.start + .seconds(hour * 3_600)
            if hour % 24 == 0 { watch.took(Self.report(endsAt: end, at: now), of: Self.token, at: now) }
            told += watch.due(at: now).map { (hour, $0) }
        }
        #expect(told.map(\.hour) == [16 * 24, 23 * 24, 29 * 24, 30 * 24])
        #expect(
            told.map(\.notice) == [
                .tokenEnding(days: 14, at: end), .tokenEnding(days: 7, at: end), .tokenEnding(days: 1, at: end),
                .tokenEnded(at: end),
            ])
    }

    @Test("a program that starts again says no warning again, and the next one when it is due")
    func restarted() throws {
        let end = Self.start + Self.day * 10
        var watch = try Self.watch()
        watch.took(Self.report(endsAt: end), of: Self.token, at: Self.start)
        #expect(watch.due(at: Self.start) == [.tokenEnding(days: 14, at: end)])
        var told: [ConsoleNotice] = []
        for day in 0..<12 {
            let now = Self.start + Self.day * day
            // Through the wire, as the last event would bring it.
            let catalogue = Catalogue(deployment: "test")
            let record = catalogue.consolesStatus.record(watch.status(at: now), following: .init(id: "x", at: now))
            let last = try catalogue.consolesStatus.message(
                in: .init(
                    partition: .init(record.topic, 0), offset: .start, key: record.key, value: record.value,
                    headers: record.headers, timestamp: now))
            watch = try Self.watch(after: last)
            told += watch.due(at: now)
        }
        #expect(told == [.tokenEnding(days: 7, at: end), .tokenEnding(days: 1, at: end), .tokenEnded(at: end)])
    }

    @Test("only the nearest of several warnings that are due is said, and another token is warned about anew")
    func rotated() throws {
        var watch = try Self.watch()
        let end = Self.start + Self.day * 5
        watch.took(Self.report(endsAt: end), of: Self.token, at: Self.start)
        #expect(watch.due(at: Self.start) == [.tokenEnding(days: 7, at: end)])
        watch.sees(Self.next, at: Self.start)
        // What a probe found out with the token before is of no interest any more.
        watch.took(Self.report(endsAt: end), of: Self.token, at: Self.start)
        #expect(watch.due(at: Self.start) == [.tokenReplaced])
        #expect(watch.status(at: Self.start).token.expiresAt == nil)
        watch.took(Self.report(on: Self.next, endsAt: end), of: Self.next, at: Self.start)
        #expect(watch.due(at: Self.start) == [.tokenEnding(days: 7, at: end)])
        watch.sees(Self.next, at: Self.start)
        #expect(watch.due(at: Self.start).isEmpty)
    }

    @Test("a 401 rests this console until its pause is over, and it heals when the token is taken again")
    func failed() throws {
        var watch = try Self.watch()
        watch.heardWell(.threats, answering: Self.request(), at: Self.start)
        watch.heard(try Self.problem(401), from: .threats, answering: Self.request(), at: Self.start)
        guard case .failed(let failure) = watch.status(at: Self.start).state else { throw Unexpected() }
        #expect(failure.since == Self.start && failure.remedy.contains("new token"))
        #expect(Self.streams.allSatisfy { !watch.mayAsk($0, at: Self.start + .seconds(299)) })
        #expect(Self.streams.allSatisfy { watch.mayAsk($0, at: Self.start + .seconds(300)) })
        let later = Self.start + .seconds(300)
        watch.heard(try Self.problem(401), from: .threats, answering: Self.request(), at: later)
        guard case .failed(let again) = watch.status(at: later).state else { throw Unexpected() }
        #expect(again.since == Self.start && again.triedAgainAt == later + .seconds(300))
        watch.heardWell(.threats, answering: Self.request(), at: later)
        #expect(watch.status(at: later).state == .working)
        let told = watch.due(at: later)
        #expect(told.count == 2 && told.last == .tokenAccepted)
    }

    @Test("a replaced file ends a failure at once, and an answer to the token before says nothing of the new one")
    func replaced() throws {
        var watch = try Self.watch()
        watch.heard(try Self.problem(401), from: .threats, answering: Self.request(), at: Self.start)
        watch.heard(try Self.problem(403, "licence"), from: .alerts, answering: Self.request(), at: Self.start)
        watch.sees(Self.next, at: Self.start)
        #expect(watch.status(at: Self.start).state == .untried && watch.mayAsk(.alerts, at: Self.start))
        watch.heard(try Self.problem(401), from: .threats, answering: Self.request(), at: Self.start)
        watch.heardWell(.threats, answering: Self.request(), at: Self.start)
        #expect(watch.status(at: Self.start).state == .untried)
        watch.heardWell(.threats, answering: Self.request(with: Self.next), at: Self.start)
        #expect(watch.status(at: Self.start).state == .working)
    }

    @Test("a list that says 401 to a token that works elsewhere is off, and the console is not")
    func confused() throws {
        var watch = try Self.watch()
        watch.heard(try Self.problem(401), from: .alerts, answering: Self.request(of: .alerts), at: Self.start)
        watch.took(Self.report { $0 == .stream(.alerts) ? 401 : nil }, of: Self.token, at: Self.start)
        for minute in 1..<100 {
            let now = Self.start + .seconds(minute * 60)
            watch.heardWell(.threats, answering: Self.request(), at: now)
            if watch.mayAsk(.alerts, at: now) {
                watch.heard(try Self.problem(401), from: .alerts, answering: Self.request(of: .alerts), at: now)
            }
            #expect(watch.status(at: now).state == .working)
        }
        #expect(watch.status(at: Self.start).streams.first { $0.off != nil }?.name == "alerts")
        let told = watch.due(at: Self.start)
        #expect(told.filter { if case .streamOff = $0 { true } else { false } }.count == 1)
    }

    @Test("on a route that says 401 and means 403, no console fails")
    func routes() throws {
        var watch = try Self.watch()
        var request = Self.request()
        request.path = "/web/api/v2.1/settings/notifications"
        watch.heard(try Self.problem(401), from: .threats, answering: request, at: Self.start)
        #expect(watch.status(at: Self.start).state == .working)
        #expect(watch.status(at: Self.start).streams.first?.off?.kind == "permission")
    }

    @Test(
        "each refusal turns one list off with its reason, until it is tried again",
        arguments: [
            (403, "permission", "permission", 900), (403, "scope", "scope", 3_600),
            (403, "not available for the scope", "licence", 3_600), (404, "", "absent", 3_600),
            (501, "", "absent", 3_600),
        ])
    func refused(status: Int, detail: String, kind: String, pause: Int) throws {
        var watch = try Self.watch()
        watch.heardWell(.threats, answering: Self.request(), at: Self.start)
        let problem = try Self.problem(status, detail)
        watch.heard(problem, from: .alerts, answering: Self.request(of: .alerts), at: Self.start)
        let off = try #require(watch.status(at: Self.start).streams.first { $0.name == "alerts" }?.off)
        #expect(off.kind == kind && off.since == Self.start && off.reason == problem.detail)
        #expect(off.triedAgainAt == Self.start + .seconds(pause))
        #expect(!watch.mayAsk(.alerts, at: Self.start) && watch.mayAsk(.threats, at: Self.start))
        #expect(watch.status(at: Self.start).state == .working)
        let later = off.triedAgainAt
        #expect(watch.mayAsk(.alerts, at: later))
        watch.heard(problem, from: .alerts, answering: Self.request(of: .alerts), at: later)
        #expect(watch.status(at: later).streams.first { $0.off != nil }?.off?.since == Self.start)
        watch.heardWell(.alerts, answering: Self.request(of: .alerts), at: later)
        #expect(watch.status(at: later).streams.allSatisfy { $0.off == nil })
        #expect(watch.due(at: later).count == 2)
    }

    @Test("trouble on the way says nothing about the token", arguments: [408, 429, 500, 502, 503, 400])
    func trouble(status: Int) throws {
        var watch = try Self.watch()
        watch.heard(try Self.problem(status), from: .threats, answering: Self.request(), at: Self.start)
        #expect(watch.status(at: Self.start).state == .untried && watch.due(at: Self.start).isEmpty)
        #expect(watch.mayAsk(.threats, at: Self.start))
    }

    @Test("an event is worth writing when something changed, and once a day")
    func events() throws {
        var watch = try Self.watch()
        #expect(watch.change(since: nil, at: Self.start) == nil)
        watch.took(Self.report(endsAt: Self.start + Self.day * 100), of: Self.token, at: Self.start)
        var written = 0
        var last: ConsoleStatus?
        for minute in 0..<(24 * 60) {
            let now = Self.start + .seconds(minute * 60)
            watch.heardWell(.threats, answering: Self.request(), at: now)
            watch.took(Self.report(endsAt: Self.start + Self.day * 100, at: now), of: Self.token, at: now)
            if let status = watch.change(since: last, at: now) {
                written += 1
                last = status
            }
        }
        #expect(written == 1)
        #expect(watch.change(since: last, at: Self.start + Self.day) != nil)
        watch.heard(try Self.problem(404), from: .alerts, answering: Self.request(of: .alerts), at: Self.start)
        #expect(watch.change(since: last, at: Self.start + .seconds(90)) != nil)
    }

    @Test("a clock that differs by more than a minute is told once, and once more when it agrees again")
    func clock() throws {
        var watch = try Self.watch()
        for (date, count) in [
            ("Mon, 21 Sep 2026 14:11:00 GMT", 1), ("Mon, 21 Sep 2026 14:11:01 GMT", 0),
            ("Mon, 21 Sep 2026 14:13:20 GMT", 1), ("Mon, 21 Sep 2026 14:13:20 GMT", 0),
        ] {
            watch.took(
                Self.report(endsAt: Self.start + Self.day * 100, date: date), of: Self.token, at: Self.start)
            #expect(watch.due(at: Self.start).count == count, "\(date)")
        }
    }

    @Test("what is known and what is told names the token by its fingerprint only")
    func canary() throws {
        var watch = try Self.watch()
        watch.took(Self.report(), of: Self.token, at: Self.start)
        watch.heard(
            try Self.problem(401, Self.token.reveal()), from: .threats, answering: Self.request(), at: Self.start)
        let notices = watch.due(at: Self.start)
        #expect(notices.count == 2)
        let console = try #require(ConsoleID("eu1"))
        var said = "\(watch) \(watch.status(at: Self.start)) \(notices.map { $0.signal(of: console) })"
        dump(watch, to: &said)
        #expect(!said.contains(Self.token.reveal()))
        #expect(said.contains(TokenWatch.fingerprint(of: Self.token)))
    }
}
