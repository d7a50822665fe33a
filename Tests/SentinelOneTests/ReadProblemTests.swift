import Ports
import SentinelOne
import Testing

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

    /// What each status means with a body that says nothing of its own.
    private static let statuses: [(Int, ReadProblem.Kind)] = [
        (204, .console), (302, .console), (400, .rejected), (401, .unauthenticated), (402, .rejected),
        (403, .permission), (404, .absent), (405, .absent), (406, .rejected), (408, .console), (409, .console),
        (410, .absent), (413, .rejected), (418, .rejected), (422, .rejected), (429, .throttled), (500, .console),
        (501, .absent), (502, .console), (503, .console), (504, .console), (520, .console), (599, .console),
    ]

    /// A body, what is quoted of it, and what it makes of a 400, a 403 and a 200.
    private static let bodies: [(body: Bytes, quoted: String, kinds: [Int: ReadProblem.Kind])] = [
        (#"{"errors":[{"code":4000010,"title":"T","detail":"D"}]}"#, "4000010, T, D", [200: .console]),
        (#"{"errors":[{},{"title":"T"}],"data":[]}"#, "T", [200: .console]),
        (#"{"errors":["D"],"data":[]}"#, "D", [200: .console]),
        (#"{"errors":"D","data":[]}"#, "D", [200: .console]),
        (#"{"errors":{"code":"7","detail":"D"},"data":[]}"#, "7, D", [200: .console]),
        (#"{"errors":{"limit":["A","B"],"ids":"C"}}"#, "limit: A, B; ids: C", [200: .console]),
        (#"{"errors":{"cursor":["Expired"]}}"#, "cursor: Expired", [200: .console, 400: .cursor]),
        (#"{"errors":[{"detail":"Cursor is not valid"}]}"#, "Cursor is not valid", [200: .console, 400: .cursor]),
        (#"{"errors":[{"detail":"User scope level is site"}]}"#, "User scope", [200: .console, 403: .scope]),
        (#"{"errors":{"detail":"Module is not licensed"}}"#, "licensed", [200: .console, 403: .licence]),
        (
            #"{"errors":[{"detail":"No permission in this scope"}]}"#, "No permission",
            [200: .console, 403: .permission]
        ),
        (#"{"errors":[{"detail":null,"title":"Insufficient permissions"}]}"#, "Insufficient", [200: .console]),
        (#"{"errors":[]}"#, "JSON", [:]), (#"{"message":"M"}"#, "M", [:]), ("[]", "JSON", [:]), ("7", "JSON", [:]),
        ("", "an empty body", [:]), (" \r\n", "an empty body", [:]), ("404 page not found", "not JSON", [:]),
        (#"{"data":[{"id":"1"}"#, "not JSON", [:]), ("<html>", "an HTML page", [:]), (" \n<!doctype>", "HTML", [:]),
    ]

    @Test("every status with every form of body has one meaning, and what the body says is quoted")
    func cross() {
        for (body, quoted, kinds) in Self.bodies {
            for (status, plain) in Self.statuses + [(200, .unintelligible)] {
                let found = problem(answer(status, body, [("x-rqid", "7f3a")]))
                #expect(found?.kind == kinds[status] ?? plain, "\(status) \(quoted)")
                #expect(found?.detail.hasSuffix(" (request 7f3a)") == true, "\(status) \(quoted)")
                if status != 200 { #expect(found?.detail.contains(quoted) == true, "\(status) \(quoted)") }
            }
        }
    }

    @Test("each kind of problem has its remedy")
    func remedies() {
        let expected: [ReadProblem.Kind: Remedy] = [
            .unreachable: .retry, .throttled: .retry, .console: .retry, .unintelligible: .retry,
            .unauthenticated: .hold, .permission: .hold, .scope: .hold, .licence: .hold, .cursor: .abort,
            .rejected: .refuse, .absent: .refuse,
        ]
        var met: [ReadProblem.Kind: Remedy] = [:]
        for (body, _, _) in Self.bodies {
            for (status, _) in Self.statuses + [(200, .unintelligible)] {
                if let found = problem(answer(status, body)) { met[found.kind] = found.remedy }
            }
        }
        met[.unreachable] = problem(.failure(HTTPFailure(.notSent, code: "x", detail: "y")))?.remedy
        #expect(met == expected && expected.count == ReadProblem.Kind.allCases.count)
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
