import Ports
import SentinelOne
import Testing

@Suite("Queries")
struct QueryTests {
    private let start = Timestamp(microseconds: 1_789_371_600_000_000)

    private func text(_ request: HTTPRequest) -> String {
        request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    @Test("a window is asked for from its first moment on and without its last")
    func window() throws {
        let site = try #require(SiteID("5"))
        let query = Query<Activities>(
            within: .sites(ExactTargets(site)), when: .within(.createdAt, start..<(start + .seconds(60))),
            counting: false)
        let expected =
            "siteIds=5&createdAt__gte=2026-09-14T07:40:00.000000Z&createdAt__lt=2026-09-14T07:41:00.000000Z"
            + "&sortBy=createdAt&sortOrder=asc&limit=1000&skipCount=true"
        #expect(text(console.list(query)) == expected)
        #expect(text(console.list(query, after: Cursor("a"))) == expected + "&cursor=a")
    }

    @Test("a count asks for the same rows and for none of them")
    func count() {
        let query = Query<Threats>(when: .within(.createdAt, start..<(start + .seconds(60))), counting: false)
        #expect(
            text(console.count(query))
                == "createdAt__gte=2026-09-14T07:40:00.000000Z&createdAt__lt=2026-09-14T07:41:00.000000Z"
                + "&limit=1&countOnly=true")
    }

    @Test("the limit is always said: the most that the list gives, unless fewer are asked for")
    func limits() {
        #expect(text(console.list(Query<Groups>())) == "sortBy=id&sortOrder=asc&limit=300")
        #expect(text(console.list(Query<Sites>())).hasSuffix("limit=1000"))
        for (asked, sent) in [(0, 1), (-5, 1), (7, 7), (300, 300), (301, 300), (Int.max, 300), (Int.min, 1)] {
            #expect(Query<Groups>(limit: asked).limit == sent)
        }
        for stream in VendorStream.allCases { #expect(stream.pageLimit == (stream == .groups ? 300 : 1_000)) }
    }

    @Test("alerts are filtered in capitals, sorted by their own names, and asked for by their own times")
    func alerts() {
        var filter = Alerts.Filter()
        filter.severities = Choice(.high, .critical, .high)
        filter.incidentStatuses = Choice(.inProgress)
        let query = Query<Alerts>(when: .since(.reportedAt, start), only: filter, limit: 10)
        #expect(
            text(console.list(query))
                == "reportedAt__gte=2026-09-14T07:40:00.000000Z&severity=High,Critical&incidentStatus=IN_PROGRESS"
                + "&sortBy=alertInfoReportedAt&sortOrder=asc&limit=10")
    }

    @Test("a filter is always written in the same order, however it was made")
    func order() {
        var one = Threats.Filter()
        one.incidentStatuses = Choice(.unresolved)
        one.confidenceLevels = Choice(.malicious)
        var other = Threats.Filter()
        other.confidenceLevels = Choice(.malicious)
        other.incidentStatuses = Choice(.unresolved)
        #expect(text(console.list(Query<Threats>(only: one))) == text(console.list(Query<Threats>(only: other))))
        #expect(Query<Threats>(only: one) == Query<Threats>(only: other))
    }

    @Test("many ids are asked for in batches, each id once", arguments: [0, 1, 199, 200, 201, 400, 401])
    func batches(count: Int) {
        let ids = (0..<count).compactMap { AgentID(String(1_000 + $0)) }
        let batches = ExactTargets.batches(of: ids + ids.reversed())
        #expect(batches.flatMap(\.ids) == ids)
        #expect(batches.count == (count + 199) / 200)
    }

    @Test("a choice is never of nothing, never endless, and of each value once")
    func choices() {
        #expect(Choice([Int]()) == nil)
        #expect(Choice(Array(1...101)) == nil)
        #expect(Choice(Array(1...100) + [1])?.values == Array(1...100))
        #expect(Choice(3, 1, 3).values == [3, 1])
    }

    @Test(
        "a word of a filter cannot be two, or anything but a word",
        arguments: ["", "a,b", "a&b", "a=b", "\n", "é", "a%2Cb", "\"", String(repeating: "a", count: 41)])
    func words(text: String) {
        #expect(FilterWords([text]) == nil)
        #expect(FilterWords(["Malware", text]) == nil)
    }

    @Test("words of a filter are never none and never endless")
    func manyWords() {
        #expect(FilterWords([]) == nil)
        #expect(FilterWords((1...51).map { "\($0)" }) == nil)
        #expect(FilterWords(["Lateral Movement", "OSX.Malware", "OSX.Malware"])?.texts.count == 2)
    }

    @Test("moments that no console can read are asked for as the nearest that it can")
    func moments() {
        for (moment, expected) in [
            (Timestamp.distantFuture, "9999-12-31T23:59:59.999999Z"),
            (.zero - .seconds(600), "1970-01-01T00:00:00.000000Z"),
            (Timestamp(microseconds: .min), "1970-01-01T00:00:00.000000Z"),
        ] {
            #expect(text(console.list(Query<Agents>(when: .since(.updatedAt, moment)))).contains("__gte=\(expected)&"))
        }
    }

    @Test("every request fits into a request line of 8 kB, with all the ids that it can have")
    func length() throws {
        for request in try EveryRequest().all() {
            // As the client encodes them: a comma, a space or a colon takes three bytes.
            let query = request.query.map { name, value in
                name.utf8.count + 2 + value.utf8.reduce(0) { $0 + (", :/".utf8.contains($1) ? 3 : 1) }
            }
            #expect(request.path.utf8.count + query.reduce(0, +) < 7_900, "\(request)")
        }
    }

    @Test("no request shows its token, and every one but a question for the console's health carries it")
    func tokens() throws {
        for request in try EveryRequest().all() {
            #expect(!"\(request) \(request.query) \(request.headers)".contains(token))
            #expect(
                (request.authorization?.reveal() == "ApiToken \(token)") == !request.path.hasSuffix("/system/status"))
        }
    }
}
