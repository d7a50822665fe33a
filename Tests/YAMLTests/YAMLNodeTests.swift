import Testing

@testable import YAML

@Suite("YAML") struct YAMLNodeTests {
    @Test("every node and key tells its line and column, counted from 1 in characters")
    func places() throws {
        let root = try YAMLNode(parsing: "log:\n  directory: data\nnäme: ünï\nlist:\n  - a\n  - {b: c}\n")
        guard case .mapping(let entries) = root.content else { throw Unexpected() }
        #expect(entries.map(\.key) == ["log", "näme", "list"])
        #expect(entries.map(\.line) == [1, 3, 4])
        #expect(root["log"]?["directory"]?.line == 2)
        #expect(root["log"]?["directory"]?.column == 14)
        #expect(root["näme"]?.column == 7)
        guard case .sequence(let items) = root["list"]?.content else { throw Unexpected() }
        #expect(items.map(\.line) == [5, 6])
        #expect(items.map(\.column) == [5, 5])
        #expect(items[1]["b"]?.column == 9)
    }

    @Test(
        "a quoted value is told from a plain one, because only a plain null is nothing",
        arguments: [
            ("null", YAMLScalar.Style.plain, true), ("~", .plain, true), ("\"null\"", .doubleQuoted, false),
            ("'~'", .singleQuoted, false), ("\"\"", .doubleQuoted, false), ("", .plain, true), ("no", .plain, false),
        ])
    func styles(text: String, style: YAMLScalar.Style, empty: Bool) throws {
        guard case .scalar(let scalar) = try YAMLNode(parsing: "key: \(text)\n")["key"]?.content else {
            throw Unexpected()
        }
        #expect(scalar.style == style)
        #expect(scalar.isEmpty == empty)
    }

    @Test("block texts keep their lines and an empty document is nothing")
    func blocks() throws {
        let root = try YAMLNode(parsing: "a: |\n  one\n  two\nb: >\n  one\n  two\n")
        #expect(root["a"]?.content == .scalar(YAMLScalar(text: "one\ntwo\n", style: .literal)))
        #expect(root["b"]?.content == .scalar(YAMLScalar(text: "one two\n", style: .folded)))
        #expect(try YAMLNode(parsing: "").content == .scalar(YAMLScalar(text: "", style: .plain)))
        #expect(try YAMLNode(parsing: "# only a remark\n").content == .scalar(YAMLScalar(text: "", style: .plain)))
        #expect(try YAMLNode(parsing: "\u{feff}a: 1\n")["a"] != nil)
    }

    @Test(
        "what is wrong is told with its line and column and what was expected",
        arguments: [
            ("a: 1\nb: [1, 2\nc: 3\n", YAMLFailure.Reason.syntax, 3, 2, "did not find expected ',' or ']'"),
            ("a: b: c\n", .syntax, 1, 5, "mapping values are not allowed"),
            ("a:\n\t- b\n", .syntax, 2, 1, "cannot start any token"),
            ("a: \"open\n", .syntax, 2, 1, "unexpected end of stream"),
            ("a: 1\nb: 2\na: 3\n", .duplicateKey, 3, 1, "\"a\" stands already in line 1"),
            ("caf\u{e9}: 1\ncafe\u{301}: 2\n", .duplicateKey, 2, 1, "stands already in line 1"),
            ("a: &x 1\nb: *x\n", .alias, 2, 4, "aliases such as *x are not supported"),
            ("a: 1\nb: !!binary aGk=\n", .tag, 2, 4, "tag:yaml.org,2002:binary"),
            ("[a]: 1\n", .key, 1, 1, "expected a key"),
            ("{a: {? [b] : c}}\n", .key, 1, 8, "expected a key"),
            ("a: 1\n---\nb: 2\n", .documents, 2, 1, "expected one document"),
            ("a: 1\nb: \u{1}\n", .encoding, 2, 4, "control characters are not allowed"),
            ("a: 1\nb: x\u{0}y\n", .encoding, 2, 5, "control characters are not allowed"),
            ("%YAML 9.9\n---\na: 1\n", .syntax, 1, 1, "incompatible YAML document"),
        ])
    func problems(text: String, reason: YAMLFailure.Reason, line: Int, column: Int, says: String) throws {
        let failure = try #require(throws: YAMLFailure.self) { try YAMLNode(parsing: text) }
        #expect(failure.reason == reason)
        #expect(failure.line == line)
        #expect(failure.column == column)
        #expect(failure.sentence.contains(says), "\(failure.sentence)")
        #expect(failure.detail.hasPrefix("line \(line), column \(column): "))
    }

    @Test("a bomb of aliases is refused at its first alias")
    func bomb() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<20 {
            let inner = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(inner)]\n"
        }
        let failure = try #require(throws: YAMLFailure.self) { try YAMLNode(parsing: text) }
        #expect(failure.reason == .alias)
        #expect(failure.line == 2)
    }

    @Test(
        "length, depth and number of values have limits",
        arguments: [
            (String(repeating: "x", count: 101), YAMLFailure.Reason.tooLong),
            (String(repeating: "[", count: 90), .tooDeep),
            (String(repeating: "{a: ", count: 20), .tooDeep),
            (String(repeating: "- ", count: 40) + "x", .tooDeep),
            ("[" + String(repeating: "1,", count: 40) + "]", .tooMany),
        ])
    func limits(text: String, reason: YAMLFailure.Reason) throws {
        let limits = YAMLLimits(bytes: 100, depth: 6, nodes: 30)
        let failure = try #require(throws: YAMLFailure.self) { try YAMLNode(parsing: text, limits: limits) }
        #expect(failure.reason == reason)
    }

    @Test(
        "a megabyte of whatever costs most to scan is answered in time",
        .timeLimit(.minutes(1)),
        arguments: ["[", "{", "- ", "? ", "a: ", "\"", "!", "&a ", "x ", "\n", "{a: ", "'", "| ", "#", "- a\n", "[]\n"])
    func hostile(piece: String) throws {
        let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
        let taken = ContinuousClock().measure { _ = try? YAMLNode(parsing: text) }
        #expect(taken < .seconds(10))
    }
}

struct Unexpected: Error {}
