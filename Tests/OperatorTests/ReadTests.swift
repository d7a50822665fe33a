import Contracts
import Operator
import Ports
import Testing

@Suite("Reading topics")
struct ReadTests {
    private static let catalogue = Catalogue(deployment: "test", prefix: "sea.")

    private static func subscription(_ topic: String, group: String? = nil) throws -> Subscription {
        try Subscription(Command.Reading(topic, group: group), catalogue)
    }

    private static func record(
        _ value: Bytes?, key: Bytes? = "eu1/agent/7",
        headers: Headers = Headers([("ce_type", "a.b"), ("ce_id", "x>y")])
    ) -> IncomingRecord {
        IncomingRecord(
            partition: Partition("sea.investigations", 2), offset: Offset(40), key: key, value: value, headers: headers,
            timestamp: Timestamp(microseconds: 1_795_169_731_804_411))
    }

    private static func json(_ record: IncomingRecord) -> String {
        String(decoding: RecordLine(record).json(), as: UTF8.self)
    }

    @Test("a topic is found with its prefix and without, and its name is never guessed")
    func topics() throws {
        #expect(try Self.subscription("investigations").topic == "sea.investigations")
        #expect(try Self.subscription("sea.investigations").topic == "sea.investigations")
        for (wrong, meant) in [
            ("investigation", ["sea.investigations"]), ("sea.investigatoins", ["sea.investigations"]),
            ("threats", ["sea.threats.observed", "sea.threats.enriched"]), ("x", []),
        ] {
            let refusal = #expect(throws: Refusal.self) { try Self.subscription(wrong) }
            #expect(refusal?.candidates == meant)
            #expect(refusal?.sentence.contains("no topic \(wrong)") == true)
        }
    }

    @Test("a group is one's own, and never that of a loop", arguments: ["", "sea."])
    func groups(prefix: String) throws {
        #expect(try Self.subscription("investigations", group: prefix + "siem_1.a-b").group == "siem_1.a-b")
        let loops = Self.catalogue.loops.all.map(\.group)
        for group in loops + ["ingest", "playbook.next", "", "a b", "ä", String(repeating: "g", count: 101)] {
            #expect(throws: Refusal.self) { try Self.subscription("investigations", group: prefix + group) }
        }
    }

    @Test("JSON is spliced as it came, on one line whatever it came on")
    func spliced() {
        #expect(
            Self.json(Self.record(#"{"b": 1.0, "a":"ä" }"#))
                == #"{"topic":"sea.investigations","partition":2,"offset":40,"time":"2026-11-20T10:15:31.804411Z","#
                + #""key":"eu1/agent/7","headers":{"ce_type":"a.b","ce_id":"x>y"},"value":{"b": 1.0, "a":"ä" }}"# + "\n"
        )
        #expect(Self.json(Self.record("{\r\n\"a\":\n\"\\n\"}")).hasSuffix("\"value\":{  \"a\": \"\\n\"}}\n"))
    }

    @Test(
        "what is no JSON is text, what is no text is base64, and a tombstone is null",
        arguments: [
            (Bytes("plain"), #""valueText":"plain"}"#), (.empty, #""valueText":""}"#),
            (Bytes([0xff, 0]), #""valueBase64":"/wA="}"#), (nil, #""value":null}"#), (Bytes("null"), #""value":null}"#),
            (Bytes("\"text\""), #""value":"text"}"#), (Bytes("{} {}"), #""valueText":"{} {}"}"#),
        ])
    func values(value: Bytes?, end: String) {
        #expect(Self.json(Self.record(value)).hasSuffix(end + "\n"))
    }

    @Test("keys and headers that are no text are base64 beside the others; of several of one name the first counts")
    func headers() {
        var headers = Headers([("a", "1"), ("a", "2")])
        headers.append("raw", [0xff])
        let line = Self.json(Self.record("1", key: Bytes([0xff]), headers: headers))
        #expect(line.contains(#""keyBase64":"/w==","headers":{"a":"1"},"headersBase64":{"raw":"/w=="},"value":1}"#))
        #expect(Self.json(Self.record("1", key: nil)).contains(#""key":null,"#))
    }

    @Test("a person sees one line that fits the terminal, whatever the record holds")
    func person() {
        let paper = Paper(width: 60)
        let hostile = Self.record("\u{1b}[2J\n\u{202e}x", headers: Headers([("ce_type", "a\nb"), ("ce_id", "i")]))
        let line = RecordLine(hostile).text(on: Paper())
        #expect(
            line
                == #"2026-11-20T10:15:31.804411Z  a\u{a}b  eu1/agent/7  i  \u{1b}[2J\u{a}\u{202e}x"# + "\n")
        let long = RecordLine(Self.record(Bytes(String(repeating: "x", count: 10_000)))).text(on: paper)
        #expect(long == "2026-11-20T10:15:31.804411Z  a.b  eu1/agent/7  x>y  xxxxxxx…\n")
        #expect(
            RecordLine(Self.record(nil, key: nil, headers: Headers())).text(on: Paper()).hasSuffix(
                "  -  (no key)  sea.investigations/2@40  (tombstone)\n"))
        #expect(RecordLine(Self.record(Bytes([0xff, 0]))).text(on: Paper()).hasSuffix("  (2 bytes)\n"))
    }
}
