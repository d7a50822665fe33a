import Contracts
import Investigation
import Pipeline
import Ports
import Testing

@Suite("Hostile text")
struct HostileTextTests {
    private let catalogue = Specimens.catalogue

    private static let texts = [
        "", "\0", "\u{1}\u{1f}\u{7f}\u{85}", "line\nbreak\r\ttab\u{2028}\u{2029}", "\u{202e}exe.gnp\u{2066}\u{200f}",
        "\"\\/\u{8}\u{c}", "</script>", "e\u{301} is not \u{e9}", "\u{feff}bom", "\u{fffe}\u{ffff}\u{10ffff}",
        "👩‍👩‍👧‍👦", String(repeating: "z\u{300}", count: 5_000), String(repeating: "x", count: 1 << 20),
    ]

    @Test("whatever a text holds comes back scalar by scalar", arguments: texts.indices)
    func roundTrip(index: Int) throws {
        let text = Self.texts[index]
        var threat = Specimens.threat
        threat.name = text
        threat.filePath = text
        let summary = CaseSummary(
            id: CaseID(text), subject: try Specimens.subject(), status: .open, generation: 1, verdict: nil,
            endpoint: nil, threats: [text])
        let message = CaseRecord(.threatObserved(threat, event: text), summary: summary)
        let record = catalogue.investigations.record(message, following: Cause(id: text, at: Specimens.at))
        let read = try catalogue.investigations.message(
            in: IncomingRecord(record, on: catalogue.investigations.name))
        #expect(read == message)
        // Swift calls texts equal that differ in their scalars; the wire must not.
        guard case .threatObserved(let again, let event) = read.event else { return }
        for copy in [again.name, again.filePath, event, read.summary.id.rawValue, read.summary.threats[0]] {
            #expect(Array(copy.unicodeScalars) == Array(text.unicodeScalars))
        }
        #expect(record.headers["ce_id"]?.unicodeScalars.starts(with: text.unicodeScalars) ?? false)
        let parsed = Sample(record).text
        #expect(!parsed.isEmpty)
    }

    @Test(
        "an escape that is no character is refused or read as one, and never a crash",
        arguments: [#"\ud800"#, #"\udc00"#, #"\ud800\ud800"#, #"\ud83d\u0041"#, #"\u00zz"#, #"\x41"#, #"\ud83d\ude00"#])
    func escapes(escape: String) throws {
        for one in try Specimens.written() {
            let text = try #require(one.record.value?.text)
            // Into the first text that is a value.
            let opening = text.contains(":\"") ? ":\"" : "[\""
            let spoiled = text.replacing(opening, with: opening + escape, maxReplacements: 1)
            #expect(spoiled != text)
            let record = IncomingRecord(one.record, on: one.channel.name).with(value: Bytes(spoiled))
            do throws(Unreadable) {
                let again = try one.channel.rewrite(record)
                #expect(escape == #"\ud83d\ude00"# || one.type.hasSuffix("observed") || one.type == "threat.enriched")
                #expect(again.value?.text != nil)
            } catch {
                #expect(!error.reason.isEmpty)
            }
        }
    }

    @Test("nesting without end is refused, and never a crash", arguments: [1_000, 1_000_000])
    func nesting(depth: Int) throws {
        let deep = Bytes(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        let object = Bytes("{\"id\":\"1\",\"x\":\(deep.text ?? "")}")
        for one in try Specimens.written() {
            for value in [deep, object] {
                let record = IncomingRecord(one.record, on: one.channel.name).with(value: value)
                #expect(throws: Unreadable.self) { try one.channel.rewrite(record) }
            }
        }
    }

    @Test("numbers that do not fit are refused", arguments: ["1e400", "9223372036854775808", "1.5", "-0.1"])
    func numbers(number: String) throws {
        let one = try #require(try Specimens.written().first { $0.type == "run.planned" })
        let text = try #require(one.record.value?.text)
        let spoiled = text.replacing("\"generation\":1", with: "\"generation\":\(number)")
        #expect(spoiled != text)
        let record = IncomingRecord(one.record, on: one.channel.name).with(value: Bytes(spoiled))
        #expect(throws: Unreadable.self) { try one.channel.rewrite(record) }
    }

    @Test("a value with something behind its object is refused")
    func trailing() throws {
        let one = try #require(try Specimens.written().first { $0.type == "order.signed" })
        let text = try #require(one.record.value?.text)
        for value in [text + "{}", text + "x", text + text] {
            let record = IncomingRecord(one.record, on: one.channel.name).with(value: Bytes(value))
            #expect(throws: Unreadable.self) { try one.channel.rewrite(record) }
        }
    }
}
