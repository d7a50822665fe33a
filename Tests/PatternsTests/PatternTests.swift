import Patterns
import Ports
import Testing

@Suite("Patterns")
struct PatternTests {
    @Test("a pattern is searched for anywhere in a text, and its case counts unless it says otherwise")
    func search() throws {
        let pattern = try Pattern("eicar|test-[0-9]+$")
        #expect(pattern.matches("the eicar file") && pattern.matches("test-12"))
        #expect(!pattern.matches("EICAR") && !pattern.matches("test-12.exe"))
        #expect(try Pattern("(?i)eicar").matches("EICAR.com"))
        #expect(try Pattern("^Überweisung").matches("Überweisung.doc"))
        #expect(try Pattern("(?i)^überweisung").matches("ÜBERWEISUNG.doc"))
    }

    @Test("NUL is a character like any other, in a text and in a pattern, and an empty text is one")
    func nul() throws {
        #expect(try Pattern("b$").matches("a\0b"))
        #expect(try Pattern("a\0b").matches("xa\0by"))
        #expect(try !Pattern("a\0b").matches("xa"))
        #expect(try Pattern("^$").matches("") && Pattern("^$").matches(Bytes.empty))
        #expect(try !Pattern("a").matches(""))
    }

    @Test("a byte that is no UTF-8 is matched by nothing, and hides nothing around it")
    func invalid() throws {
        let text = Bytes([0xff, 0xfe] + Array("mimikatz".utf8) + [0xc3])
        #expect(try Pattern("mimikatz").matches(text))
        #expect(try !Pattern("^.{2}mimikatz").matches(text))
        #expect(try !Pattern("^mimikatz").matches(text))
    }

    @Test(
        "what is no pattern is refused with the reason and the place",
        arguments: [
            ("a(b", "missing )", nil as Int?), ("[a", "missing ]", 1), ("ab*+c", "bad repetition operator", 3),
            ("é[z-a]", "invalid character class range", 3), (#"(a)\1"#, "invalid escape sequence", 4),
            ("a(?=b)", "invalid perl operator", 2), ("a{1001}", "invalid repetition size", 2), ("", "nothing", nil),
            (String(repeating: "a", count: 1_001), "longer than 1000 bytes", nil),
        ])
    func refused(text: String, reason: String, position: Int?) {
        #expect {
            _ = try Pattern(text)
        } throws: { error in
            guard let problem = error as? PatternProblem else { return false }
            return problem.reason.contains(reason) && (position == nil || problem.position == position)
        }
    }

    @Test(
        "a pattern that would need too much memory is refused",
        arguments: ["((a{100}){100}){100}", "(\\pL{500}){500}"])
    func tooLarge(text: String) { #expect(throws: PatternProblem.self) { try Pattern(text) } }

    @Test(
        "a pattern that is catastrophic elsewhere takes a time in proportion to the text",
        arguments: ["(a+)+$", "(a|aa)+$", "(.*a){12}", "^(([a-z])+.)+[A-Z]([a-z])+$"])
    func linear(text: String) throws {
        let pattern = try Pattern(text)
        // Backtracking doubles with every character: 60 are already more steps than a machine has in a century. The best of
        // a few runs, because the machine may be busy with others.
        func time(_ count: Int) -> Duration {
            let text = Bytes([UInt8](repeating: UInt8(ascii: "a"), count: count) + [UInt8(ascii: "!")])
            return (0..<7).map { _ in ContinuousClock().measure { _ = pattern.matches(text) } }.min() ?? .zero
        }
        let (short, long) = (time(50_000), time(1_600_000))
        // 32 times the text; quadratic would be a thousand times the time.
        #expect(long < short * 200, "\(short) and \(long)")
    }

    @Test("a text of ten megabytes is searched to its end")
    func huge() throws {
        let text = Bytes([UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20) + Array("needle".utf8))
        #expect(try Pattern("needle$").matches(text))
        #expect(try !Pattern("needles").matches(text))
    }

    @Test("one pattern is searched for by several threads at once")
    func threads() async throws {
        let pattern = try Pattern("(?i)(foo|bar)[0-9]{2,5}baz")
        let found = await withTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<2_000).count { pattern.matches($0 % 2 == 0 ? "x FOO\($0 % 90 + 10)BAZ \(task)" : "foo1baz") }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(found == 8 * 1_000)
    }

    @Test("a pattern that leaves nothing out is known as such")
    func everything() throws {
        for text in [".*", "a?", "(?i)", "x*|y"] { #expect(try Pattern(text).matchesEverything, "\(text)") }
        for text in ["^$", "a", "."] { #expect(try !Pattern(text).matchesEverything, "\(text)") }
    }

    @Test("two patterns are the same when they are written alike")
    func equal() throws {
        #expect(try Pattern("a") == Pattern("a") && Pattern("a") != Pattern("(a)"))
    }
}
