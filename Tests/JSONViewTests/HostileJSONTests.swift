import JSONView
import PipelineTesting
import Ports
import Testing

@Suite("Hostile JSON")
struct HostileJSONTests {
    /// The problem in words; nil where the document was taken, and then everything in it was read.
    private func description(_ bytes: [UInt8], limits: JSONLimits = .standard) -> String? {
        do {
            let wordless = walk(try JSONView(parsing: Bytes(bytes), limits: limits))
            if wordless > 0 { Issue.record("\(wordless) problems without words") }
            return nil
        } catch { return error.description }
    }

    /// Reads everything in every way; returns how many problems said nothing.
    private func walk(_ view: JSONView) -> Int {
        var wordless = 0
        let reads: [() throws -> Void] = [
            { _ = try view.text }, { _ = try view.id }, { _ = try view.integer }, { _ = try view.number },
            { _ = try view.tolerantBool }, { _ = try view.timestamp }, { _ = try view.raw },
        ]
        for read in reads {
            do { try read() } catch { wordless += (error as? JSONProblem)?.detail.isEmpty == false ? 0 : 1 }
        }
        if view.kind == .array, let elements = try? view.elements {
            for element in elements { wordless += walk(element) }
        }
        if view.kind == .object, let members = try? view.members {
            for member in members { wordless += walk(member.value) }
        }
        return wordless
    }

    private static let sample = Array(
        #"""
        {"id":"2190000000000000101","threatInfo":{"name":"in\u0076oice \"x\".exe","size":184320,"ratio":-1.5e-3,
        "sha1":null,"pending":false,"engines":["Cloud","é😀\ud83d\ude00",[],{}],"n":[0,-0,1e400]},"ok":true }
        """#.utf8)

    @Test("every prefix of a document is refused in words")
    func prefixes() {
        for length in 0..<Self.sample.count {
            #expect(description(Array(Self.sample.prefix(length)))?.isEmpty == false, "prefix of \(length) bytes")
        }
        #expect(description(Self.sample) == nil)
    }

    @Test("no single changed byte crashes the parser or a reader, and an error says something")
    func mutations() {
        var refused = 0
        for position in Self.sample.indices {
            var bytes = Self.sample
            for byte in UInt8.min...UInt8.max {
                bytes[position] = byte
                guard let found = description(bytes) else { continue }
                refused += 1
                if found.isEmpty { Issue.record("an error without words at \(position)") }
            }
        }
        #expect(refused > Self.sample.count * 100)
    }

    @Test("a thousand random documents of JSON's own characters never crash", arguments: 0..<8 as Range<UInt64>)
    func soup(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("{}[]\":,\\ue01-.tfn \n\"\"".utf8)
        for _ in 0..<1_000 {
            let bytes = (0..<Int.random(in: 0..<200, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            _ = description(bytes)
        }
    }

    @Test("nesting of ten thousand levels is refused without using the stack, and taken where the limit allows it")
    func depth() throws {
        let deep =
            Array(repeating: UInt8(ascii: "["), count: 10_000) + Array(repeating: UInt8(ascii: "]"), count: 10_000)
        #expect(description(deep)?.contains("at most 256 levels") == true)
        let limits = JSONLimits(bytes: 1 << 20, depth: 10_000, values: 20_000)
        var view = try JSONView(parsing: Bytes(deep), limits: limits)
        var levels = 1
        while let inner = try Array(view.elements).first {
            view = inner
            levels += 1
        }
        #expect(levels == 10_000)
        #expect(view.path.hasSuffix("[0][0]"))
        #expect(description(Array(String(repeating: #"{"a":"#, count: 100_000).utf8))?.contains("levels") == true)
    }

    @Test("a text of ten megabytes is read whole, and as a slice")
    func long() throws {
        let content = String(repeating: "abcdefghi\\n", count: 1_000_000)
        let view = try JSONView(parsing: Bytes("{\"a\":\"\(content)\"}"))
        #expect(try view["a"].text.utf8.count == 10_000_000)
        #expect(try view["a"].raw.count == content.utf8.count + 2)
        let keyed = try JSONView(parsing: Bytes("{\"\(content)\":[0]}"))
        let inner = try #require(try keyed.members.first { _ in true }?.value)
        #expect(inner.path.utf8.count < 200)
    }

    @Test("a document beyond the limits of bytes or values is refused")
    func limits() {
        let many = Array("[\(Array(repeating: "1", count: 100).joined(separator: ","))]".utf8)
        #expect(description(many, limits: JSONLimits(bytes: 100, depth: 9, values: 999))?.contains("100 bytes") == true)
        #expect(description(many, limits: JSONLimits(bytes: 999, depth: 9, values: 100))?.contains("values") == true)
        #expect(description(many, limits: JSONLimits(bytes: 999, depth: 9, values: 101)) == nil)
    }

    @Test("bytes that are not UTF-8 refuse the document, or only their own text where that is asked for")
    func invalidText() throws {
        let bytes = Array(#"{"a":"x"#.utf8) + [0xff, 0xfe] + Array(#"y","b":"fine"}"#.utf8)
        #expect(description(bytes) == "the document: expected UTF-8, found bytes that are not")
        var limits = JSONLimits.standard
        limits.toleratesInvalidText = true
        let view = try JSONView(parsing: Bytes(bytes), limits: limits)
        #expect(throws: JSONProblem(path: "a", expected: "text", found: "text with broken characters")) {
            try view["a"].text
        }
        #expect(try view["b"].text == "fine")
    }

    @Test("bytes outside any text that are not ASCII are refused also by the tolerant reader")
    func strayBytes() {
        var limits = JSONLimits.standard
        limits.toleratesInvalidText = true
        #expect(description(Array("{\"a\":1".utf8) + [0xff] + Array("}".utf8), limits: limits) != nil)
        #expect(description([0xff], limits: limits) != nil)
    }

    @Test("views of one document and parsers of many threads do not disturb each other", .timeLimit(.minutes(1)))
    func threads() async throws {
        let shared = try JSONView(parsing: Bytes(Self.sample))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    var right = 0
                    for turn in 0..<500 {
                        let own = try JSONView(parsing: Bytes(#"{"n":\#(task * 1_000 + turn)}"#))
                        if try own["n"].integer == task * 1_000 + turn,
                            try shared["threatInfo"]["name"].text == "invoice \"x\".exe"
                        {
                            right += 1
                        }
                    }
                    return right
                }
            }
            for try await right in group { #expect(right == 500) }
        }
    }
}
