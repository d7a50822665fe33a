import Foundation
import Ports
import SentinelOne
import Testing

@Suite("Console probe")
struct ConsoleProbeTests {
    private static let now = Timestamp(microseconds: 1_790_000_000_000_000)

    private static func jwt(_ payload: String) -> Secret {
        let encoded = Data(payload.utf8).base64EncodedString().replacing("=", with: "")
        return Secret("eyJhbGciOiJFUzI1NiJ9.\(encoded).c2lnbmF0dXJl")
    }

    /// Drives a probe against a console that is a function; the questions in the order in which they were asked.
    private static func report(
        on token: Secret = Secret("opaque"), use: TokenUse = .reader,
        _ serve: (ConsoleProbe.Question) -> HTTPResult?
    ) -> (report: ConsoleReport, asked: [String]) {
        let console = Console(id: "eu1", origin: HTTPOrigin(.https, host: "a.example", port: 443), token: token)
        var probe = ConsoleProbe(console, use: use)
        var asked: [String] = []
        while true {
            let calls = probe.next()
            if calls.isEmpty { break }
            for call in calls {
                asked.append("\(call.question)")
                guard let result = serve(call.question) else { continue }
                probe.took(result, of: call.question, sentAt: now, receivedAt: now + .milliseconds(100))
                probe.took(result, of: call.question, sentAt: .zero, receivedAt: .zero)
            }
        }
        return (probe.report(at: now), asked)
    }

    private static func ok(_ text: String, date: String? = nil) -> HTTPResult {
        .success(HTTPAnswer(status: 200, headers: date.map { [("Date", $0)] } ?? [], body: Bytes(text)))
    }

    /// A console at which everything is as it should be.
    private static func well(_ question: ConsoleProbe.Question) -> HTTPResult {
        switch question {
        case .health: ok(#"{"data":{"health":"ok"}}"#)
        case .life: ok(#"{"data":{"success":true}}"#)
        case .version: ok(#"{"data":{"version":"S-26"}}"#)
        case .expiry: ok(#"{"data":{"expiresAt":"2026-12-01T00:00:00.000000Z"}}"#)
        case .holder:
            ok(
                #"{"data":{"id":"7","fullName":"svc","scope":"site","scopeRoles":[{"id":"1","name":"Kontor","#
                    + #""roleId":"81","roleName":"Viewer"},{"id":"2","name":"Werft","roleId":"82","roleName":"SOC"}]}}"#
            )
        case .role(let id):
            ok(
                #"{"data":{"name":"r","pages":[{"name":"Endpoints","permissions":[{"identifier":"view","value":true},"#
                    + #"{"identifier":"disconnectFromNetwork","value":\#(id.digits == "82")}]}]}}"#)
        case .accounts, .stream: ok(#"{"data":[],"pagination":{"nextCursor":null,"totalItems":0}}"#)
        }
    }

    private static func status(_ status: Int, _ detail: String = "") -> HTTPResult {
        .success(HTTPAnswer(status: status, body: Bytes(#"{"errors":[{"code":1,"title":"t","detail":"\#(detail)"}]}"#)))
    }

    @Test("of several roles only what all of them hold may be done")
    func roles() {
        let report = Self.report(use: .writer, Self.well).report
        #expect(report.roles == .known(["Viewer", "SOC"]))
        #expect(report.permissions == .known([Permission("Endpoints.view")]))
        #expect(report.scope.value?.places.compactMap(\.name) == ["Kontor", "Werft"])
    }

    @Test("a role that cannot be read leaves open what the token may, whatever the others hold")
    func unreadableRole() {
        let report = Self.report(use: .writer) { question in
            if case .role(let id) = question, id.digits == "82" { return Self.status(403, "permission") }
            return Self.well(question)
        }.report
        #expect(report.permissions.why?.contains("403") == true)
        #expect(report.troubles.contains { $0.weight == .stops && $0.sentence.contains("is not known") })
    }

    @Test(
        "of two sources for a token's end the earlier counts, and which one it was is said",
        arguments: [
            (1_790_100_000, "2026-12-01T00:00:00.000000Z", "token"),
            (1_799_000_000, "2026-12-01T00:00:00.000000Z", "console"),
            (1_790_100_000, nil, "token"), (nil, "2026-12-01T00:00:00.000000Z", "console"), (nil, nil, nil),
        ] as [(Int?, String?, String?)])
    func twoSources(own: Int?, told: String?, source: String?) {
        let token = own.map { Self.jwt(#"{"exp":\#($0)}"#) } ?? Secret("opaque")
        let report = Self.report(on: token) { question in
            guard question == .expiry else { return Self.well(question) }
            return told.map { Self.ok(#"{"data":{"expiresAt":"\#($0)"}}"#) } ?? Self.status(500)
        }.report
        let both = [own.map { Timestamp(microseconds: Int64($0) * 1_000_000) }, told.flatMap { Timestamp(iso: $0) }]
        #expect(report.expiry.value?.at == both.compactMap { $0 }.min())
        #expect(report.expiry.value?.source.rawValue == source)
        #expect(report.expiry.value?.other == (both.contains(nil) ? nil : both.compactMap { $0 }.max()))
        #expect((report.expiry.why == nil) == (source != nil))
    }

    @Test("a console that cannot be reached is asked no more than whether it is there")
    func unreached() {
        let lost = HTTPResult.failure(HTTPFailure(.notSent, code: "http.no_connection", detail: "refused"))
        let (report, asked) = Self.report { _ in lost }
        #expect(asked == ["health", "life", "version", "expiry"])
        guard case .unreached(let why) = report.reach else {
            Issue.record("\(report.reach)")
            return
        }
        #expect(why.contains("http.no_connection"))
        #expect(report.life != .alive && report.troubles.filter { $0.weight == .stops }.count == 1)
    }

    @Test("what does not answer as a console does is shown the token no more often than it takes to see that")
    func strange() {
        for result in [Self.ok("<html>login</html>"), HTTPResult.success(HTTPAnswer(status: 404, body: "<html>"))] {
            let (report, asked) = Self.report { _ in result }
            #expect(asked == ["health", "life", "version", "expiry"])
            guard case .doubtful = report.reach, case .unknown = report.life else {
                Issue.record("\(report)")
                continue
            }
            let stopping = report.troubles.filter { $0.weight == .stops }
            #expect(stopping.count == 1 && stopping[0].remedy.contains("url"))
        }
    }

    @Test("a dead token is shown to no list, and its trouble is told once")
    func dead() {
        let (report, asked) = Self.report { $0 == .health ? Self.well($0) : Self.status(401) }
        #expect(asked == ["health", "life", "version", "expiry"])
        guard case .dead = report.life else {
            Issue.record("\(report.life)")
            return
        }
        #expect(report.troubles.filter { $0.weight == .stops }.count == 1)
    }

    @Test("what nobody answered in time is unknown for that reason, and nothing is made of it")
    func silence() {
        let (report, _) = Self.report { $0 == .health ? Self.well($0) : nil }
        #expect(report.life == .unknown(why: "no answer in time"))
        #expect(report.roles.why != nil && report.scope.why != nil && report.permissions.why != nil)
        #expect(report.troubles.contains { $0.weight == .stops })
    }

    @Test(
        "our clock is compared with the console's within the second that its date leaves open",
        arguments: [
            // Our clock says 14:13:20 when we ask, and a tenth of a second more at the answer.
            ("Mon, 21 Sep 2026 14:13:20 GMT", false, false), ("Mon, 21 Sep 2026 14:12:20 GMT", false, true),
            ("Mon, 21 Sep 2026 14:12:18 GMT", true, true), ("Mon, 21 Sep 2026 14:14:30 GMT", true, true),
            ("Mon, 21 Sep 2026 14:14:10 GMT", false, false),
        ])
    func clock(date: String, surely: Bool, perhaps: Bool) throws {
        let report = Self.report { question in
            question == .health ? Self.ok(#"{"data":{"health":"ok"}}"#, date: date) : Self.well(question)
        }.report
        let skew = try #require(report.skew.value)
        #expect(skew.isSurelyTooLarge == surely && skew.isPerhapsTooLarge == perhaps)
        #expect(skew.uncertainty == .milliseconds(550))
        #expect(report.troubles.contains { $0.sentence.contains("clock") } == perhaps)
    }

    @Test("a console that says the token back to us everywhere finds it in nothing that we say")
    func echo() {
        for token in [Secret("SECRET-TOKEN-OF-EIGHTY"), Self.jwt(#"{"sub":"SECRET"}"#)] {
            let text = token.reveal()
            for status in [200, 401, 403, 404, 500, 501] {
                for words in [text, "x \(text) y"] {
                    let errors = #","errors":[{"detail":"\#(words)"}]"#
                    let body =
                        #"{"data":{"health":"\#(words)","success":true,"version":"\#(words)","id":"7","#
                        + #""fullName":"\#(words)","scope":"\#(words)","scopeRoles":[{"id":"1","name":"\#(words)","#
                        + #""roleId":"81","roleName":"\#(words)","accountName":"\#(words)"}]},"#
                        + #""pagination":{"nextCursor":null}\#(status == 200 ? "" : errors)}"#
                    let answer = HTTPAnswer(status: status, headers: [("X-RQID", words)], body: Bytes(body))
                    let report = Self.report(on: token) { _ in .success(answer) }.report
                    #expect(!"\(report) \(report.troubles)".contains(text), "\(status)")
                }
            }
        }
    }
}
