import Pipeline
import Ports
import Testing

@Suite("Dead letter")
struct DeadLetterTests {
    private func record(_ value: Bytes?, key: Bytes? = "host", headers: [(String, String)] = []) -> IncomingRecord {
        IncomingRecord(
            partition: Partition("threats.observed", 4), offset: Offset(17), key: key, value: value,
            headers: Headers(headers), timestamp: Timestamp(milliseconds: 1_800_000_000_000))
    }

    @Test("it keeps bytes, key and headers, and says where, when, in which loop and why")
    func whole() {
        let letter = DeadLetter(
            record("{not json", headers: [("ce_id", "eu1.threats.9"), ("traceparent", "00-ab")]), reason: "not JSON",
            in: "enrich"
        ).record(for: "dead.letters", limit: 1_000)
        #expect(letter.topic == "dead.letters")
        #expect(letter.key == "host" && letter.value == "{not json" && letter.partition == nil)
        let headers = letter.headers.pairs.map { "\($0.name): \($0.value)" }
        #expect(
            headers == [
                "ce_id: eu1.threats.9", "traceparent: 00-ab", "docket-loop: enrich", "docket-reason: not JSON",
                "docket-source-topic: threats.observed", "docket-source-partition: 4", "docket-source-offset: 17",
                "docket-source-timestamp: 2027-01-15T08:00:00.000000Z",
            ])
    }

    @Test("a hostile reason is bounded and cannot forge a line, hide text or command a terminal")
    func reason() {
        let reason = "a\nb\u{1b}[2J\u{202e}c" + String(repeating: "x", count: 10_000)
        let letter = DeadLetter(record("v"), reason: reason, in: "enrich").record(for: "d", limit: 100_000)
        let text = letter.headers[DeadLetter.Header.reason] ?? ""
        #expect(text.hasPrefix("a\\u{a}b\\u{1b}[2J\\u{202e}cx"))
        #expect(text.hasSuffix("…") && text.count < 600)
    }

    @Test("one that failed again says where it failed last, and once")
    func again() {
        let old = [("docket-reason", "the first"), ("docket-loop", "enrich"), ("ce_id", "1")]
        let letter = DeadLetter(record("v", headers: old), reason: "the second", in: "plan").record(
            for: "d", limit: 1_000)
        #expect(letter.headers.pairs.filter { $0.name == "docket-reason" }.map(\.value) == ["the second"])
        #expect(letter.headers["docket-loop"] == "plan" && letter.headers["ce_id"] == "1")
    }

    @Test("one without a key has a partition all the same")
    func keyless() {
        #expect(
            DeadLetter(record("v", key: nil), reason: "no key", in: "plan").record(for: "d", limit: 1_000).partition
                == 0)
    }

    @Test("what the log would not take is left out, and its size and digest take its place")
    func bounded() {
        let big = Bytes(String(repeating: "v", count: 5_000))
        let letter = DeadLetter(record(big, headers: [("ce_id", "9")]), reason: "r", in: "plan")
            .record(for: "d", limit: 1_000) { "sha256:\($0.count)" }
        #expect(letter.value == Bytes.empty && letter.key == "host" && letter.headers["ce_id"] == "9")
        #expect(letter.headers[DeadLetter.Header.size] == "5000")
        #expect(letter.headers[DeadLetter.Header.digest] == "sha256:5000")
        #expect(letter.size <= 1_000)
        let heads = DeadLetter(
            record("v", headers: [("h", String(repeating: "h", count: 5_000))]), reason: "r", in: "plan"
        ).record(for: "d", limit: 1_000)
        #expect(heads.size <= 1_000 && heads.headers["h"] == nil)
        #expect(heads.headers[DeadLetter.Header.sourceOffset] == "17")
    }
}
