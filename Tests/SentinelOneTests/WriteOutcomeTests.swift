import Ports
import SentinelOne
import Testing

/// An answer to a write, and what it has to mean.
struct WriteCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let result: HTTPResult
    let planned: Int
    let meaning: String

    init(_ name: String, _ result: HTTPResult, planned: Int = 1, is meaning: String) {
        testDescription = name
        self.result = result
        self.planned = planned
        self.meaning = meaning
    }

    static func errors(_ status: Int, _ detail: String?, is meaning: String) -> WriteCase {
        let detail = detail.map { "\"\($0)\"" } ?? "null"
        let body = Bytes(#"{"errors":[{"code":\#(status)0010,"detail":\#(detail),"title":"No"}]}"#)
        return WriteCase("\(status) \(detail)", answer(status, body), is: meaning)
    }

    static let ok: [WriteCase] = [
        WriteCase("as planned", answer(200, #"{"data":{"affected":1}}"#), is: "done"),
        WriteCase("three as planned", answer(200, #"{"data":{"affected":3}}"#), planned: 3, is: "done"),
        WriteCase("no errors", answer(200, #"{"data":{"affected":1},"errors":[]}"#), is: "done"),
        WriteCase("null errors", answer(200, #"{"data":{"affected":1},"errors":null}"#), is: "done"),
        WriteCase("none", answer(200, #"{"data":{"affected":0}}"#), is: "affectedNone"),
        WriteCase("more", answer(200, #"{"data":{"affected":2}}"#), is: "affectedMore"),
        WriteCase("every one", answer(200, #"{"data":{"affected":20000}}"#), is: "affectedMore"),
        WriteCase("fewer", answer(200, #"{"data":{"affected":1}}"#), planned: 3, is: "unknown"),
        WriteCase("negative", answer(200, #"{"data":{"affected":-1}}"#), is: "unknown"),
        WriteCase("missing affected", answer(200, #"{"data":{}}"#), is: "unknown"),
        WriteCase("missing data", answer(200, "{}"), is: "unknown"),
        WriteCase("null affected", answer(200, #"{"data":{"affected":null}}"#), is: "unknown"),
        WriteCase("affected as text", answer(200, #"{"data":{"affected":"1"}}"#), is: "unknown"),
        WriteCase("affected as fraction", answer(200, #"{"data":{"affected":1.0}}"#), is: "unknown"),
        WriteCase("success only", answer(200, #"{"data":{"success":true}}"#), is: "unknown"),
        WriteCase("errors", answer(200, #"{"errors":[{"code":5000010}]}"#), is: "unknown"),
        WriteCase(
            "errors beside", answer(200, #"{"data":{"affected":1},"errors":[{"code":1}]}"#), is: "unknown"),
        WriteCase("empty error", answer(200, #"{"data":{"affected":1},"errors":[{}]}"#), is: "unknown"),
        WriteCase(
            "error object", answer(200, #"{"data":{"affected":1},"errors":{"a":"b"}}"#), is: "unknown"),
        WriteCase("error text", answer(200, #"{"data":{"affected":1},"errors":"no"}"#), is: "unknown"),
        WriteCase("html", answer(200, htmlPage), is: "unknown"),
        WriteCase("empty", answer(200, .empty), is: "unknown"),
        WriteCase("cut", answer(200, #"{"data":{"affected":1}"#), is: "unknown"),
        WriteCase("text", answer(200, "OK"), is: "unknown"),
        WriteCase("list", answer(200, #"[{"data":{"affected":1}}]"#), is: "unknown"),
        WriteCase("201", answer(201, #"{"data":{"affected":1}}"#), is: "unknown"),
        WriteCase("202", answer(202, #"{"data":{"affected":1}}"#), is: "unknown"),
        WriteCase("204", answer(204, .empty), is: "unknown"),
        WriteCase("206", answer(206, #"{"data":{"affected":1}}"#), is: "unknown"),
    ]

    static let declined: [WriteCase] =
        [
            errors(401, nil, is: "held"), errors(403, nil, is: "held"),
            errors(403, "User does not have required permissions", is: "held"),
            errors(403, "User scope level is account", is: "refused"),
            errors(403, "Site is out of scope", is: "refused"),
            errors(403, "Feature Network Quarantine is not available for the scope", is: "refused"),
            errors(403, "No license for this feature", is: "refused"),
            errors(403, "Something new", is: "held"),
            errors(400, "ids: Not a valid identifier.", is: "refused"), errors(404, nil, is: "refused"),
            errors(405, nil, is: "refused"), errors(429, nil, is: "throttled"),
            WriteCase("429 html", answer(429, htmlPage, [("Retry-After", "7")]), is: "throttled"),
            WriteCase("403 html", answer(403, htmlPage), is: "held"),
            WriteCase("404 text", answer(404, "404 page not found"), is: "refused"),
        ]
        + [
            100, 301, 302, 303, 307, 308, 402, 406, 407, 408, 409, 410, 413, 418, 499, 500, 501, 502, 503, 504, 520,
            599,
        ]
        .flatMap {
            [
                errors($0, "x", is: "unknown"), WriteCase("\($0) html", answer($0, htmlPage), is: "unknown"),
                WriteCase("\($0) accepted", answer($0, #"{"data":{"affected":1}}"#), is: "unknown"),
                WriteCase("\($0) empty", answer($0, .empty), is: "unknown"),
            ]
        }

    static let failed: [WriteCase] = [
        WriteCase(
            "dns", .failure(HTTPFailure(.notSent, code: "http.resolve", detail: "no address")), is: "notSent"),
        WriteCase(
            "refused", .failure(HTTPFailure(.notSent, code: "http.connect", detail: "refused")), is: "notSent"),
        WriteCase(
            "timeout", .failure(HTTPFailure(.mayHaveArrived, code: "http.timeout", detail: "15 s")), is: "unknown"),
        WriteCase(
            "reset", .failure(HTTPFailure(.mayHaveArrived, code: "http.receive", detail: "reset")), is: "unknown"),
        WriteCase(
            "too long", .failure(HTTPFailure(.mayHaveArrived, code: "http.body", detail: "1 MB")), is: "unknown"),
    ]
}

@Suite("Write outcome")
struct WriteOutcomeTests {
    private func word(_ outcome: WriteOutcome) -> String {
        switch outcome {
        case .done: "done"
        case .affectedNone: "affectedNone"
        case .affectedMore: "affectedMore"
        case .notSent: "notSent"
        case .throttled: "throttled"
        case .held: "held"
        case .refused: "refused"
        case .unknown: "unknown"
        }
    }

    @Test("a 200 counts as done only with exactly the planned number of affected", arguments: WriteCase.ok)
    func accepted(row: WriteCase) {
        #expect(word(WriteOutcome(row.result, planned: row.planned, from: console)) == row.meaning)
    }

    @Test("every other status means what may have happened behind it", arguments: WriteCase.declined)
    func declined(row: WriteCase) {
        #expect(word(WriteOutcome(row.result, planned: row.planned, from: console)) == row.meaning)
    }

    @Test("without an answer only what provably was not sent may be sent again", arguments: WriteCase.failed)
    func failed(row: WriteCase) {
        #expect(word(WriteOutcome(row.result, planned: row.planned, from: console)) == row.meaning)
    }

    @Test("each outcome names its remedy")
    func remedies() {
        let all = WriteCase.ok + WriteCase.declined + WriteCase.failed
        let expected: [String: [Remedy]] = [
            "done": [], "affectedNone": [.inquire], "affectedMore": [.inquire], "notSent": [.retry],
            "throttled": [.retry], "held": [.hold], "refused": [.refuse], "unknown": [.inquire],
        ]
        for row in all {
            let outcome = WriteOutcome(row.result, planned: row.planned, from: console)
            #expect(expected[word(outcome)] == [outcome.remedy].compactMap { $0 }, "\(row.testDescription)")
        }
        #expect(Set(all.map(\.meaning)) == Set(expected.keys))
    }

    @Test("a console that repeats the token does not get it into an outcome")
    func canary() {
        let echo = Bytes(#"{"errors":[{"title":"ApiToken \#(token)","detail":"bad \#(token)"}]}"#)
        let header: [(name: String, value: String)] = [("X-RQID", "r-\(token)")]
        for status in [200, 302, 400, 401, 403, 404, 409, 429, 500] {
            let outcome = WriteOutcome(answer(status, echo, header), planned: 1, from: console)
            #expect(!"\(outcome)".contains(token))
        }
        let failure = HTTPFailure(.notSent, code: "http.connect", detail: "sending \(token)")
        #expect(!"\(WriteOutcome(.failure(failure), planned: 1, from: console))".contains(token))
    }
}
