import Ports
import Testing

/// A document as an adapter would hand it over, with every node on its own line.
private func section(_ entries: (String, SettingsNode.Value)...) -> SettingsNode.Value {
    .section(
        entries.enumerated().map { index, entry in
            SettingsEntry(
                entry.0, at: SettingsPlace(line: index + 1, column: 1),
                SettingsNode(entry.1, at: SettingsPlace(line: index + 1, column: 20)))
        })
}

private func text(_ text: String) -> SettingsNode.Value { .text(text, written: text) }

private func document(_ value: SettingsNode.Value, file: String = "etc/docket.yaml") -> SettingsDocument {
    SettingsDocument(file: file, root: SettingsNode(value, at: SettingsPlace(line: 1, column: 1)))
}

private func lines<T>(
    _ value: SettingsNode.Value, _ parse: (inout SettingsSection) -> T
) throws -> [String] {
    let problems = try #require(throws: SettingsProblems.self) { try document(value).read(parse) }
    return problems.problems.map(\.description)
}

private enum Role: String, CaseIterable { case reader, writer }

private struct Console {
    let id: String
    let poll: Duration
    let token: SecretFile
    init(_ section: inout SettingsSection) {
        id = section.text("id", expecting: "letters a to z") { $0.utf8.allSatisfy { (97...122).contains($0) } }
        poll = section.duration("poll", default: .seconds(30), in: .milliseconds(50) ... .seconds(3_600))
        token = section.secretFile("token")
    }
}

@Suite("Settings") struct SettingsTests {
    @Test("what is right becomes typed settings, with relative paths beside the file")
    func typed() throws {
        let log = section(("directory", text("data")), ("limit", text("16MiB")), ("sync", text("true")))
        let console = section(("id", text("eu")), ("poll", text("15m")), ("token", text("file:secrets/eu")))
        let value = section(
            ("log", log), ("consoles", .list([SettingsNode(console, at: SettingsPlace(line: 9, column: 3))])),
            ("role", text("writer")), ("url", text("https://eu.example.net")),
            ("names", .list([SettingsNode(text("a"), at: SettingsPlace(line: 10, column: 3))])))
        try document(value).read { root in
            root.section("log") { log in
                #expect(log.path("directory") == "etc/data")
                #expect(log.path("spool", default: "/var/spool") == "/var/spool")
                #expect(log.size("limit", in: 1...1 << 30) == 16 << 20)
                #expect(log.flag("sync") == true)
                #expect(log.integer("workers", default: 3, in: 1...8) == 3)
            }
            let consoles = root.list("consoles", count: 1...5, Console.init)
            #expect(consoles.map(\.poll) == [.seconds(900)])
            #expect(consoles.map(\.token.path) == ["etc/secrets/eu"])
            #expect(root.choice("role") == Role.writer)
            #expect(root.origin("url") == HTTPOrigin(.https, host: "eu.example.net", port: 443))
            #expect(root.texts("names", count: 0...5) == ["a"])
            #expect(root.optional("kafka") { $0.text($1) } == nil)
        }
    }

    @Test("all problems are found in one reading, in the order of the file")
    func all() throws {
        let console = section(("pol", text("5s")), ("id", text("EU")), ("token", text("hunter2")))
        let value = section(
            ("consoles", .list([SettingsNode(console, at: SettingsPlace(line: 9, column: 3))])),
            ("role", text("owner")), ("lgo", section()))
        let found = try lines(value) { root in
            _ = root.list("consoles", count: 1...5, Console.init)
            _ = root.choice("role", default: Role.reader)
            root.section("log") { _ = $0.path("directory") }
        }
        #expect(
            found == [
                "etc/docket.yaml:1:1 consoles[0].pol: unknown key; did you mean \"poll\"?",
                "etc/docket.yaml:1:1 log: missing; expected a section with directory",
                "etc/docket.yaml:2:20 consoles[0].id: expected letters a to z, found \"EU\"",
                "etc/docket.yaml:2:20 role: expected one of reader, writer, found \"owner\"",
                "etc/docket.yaml:3:1 lgo: unknown key; did you mean \"log\"?",
                "etc/docket.yaml:3:20 consoles[0].token: expected file:PATH of a file that holds the secret, "
                    + "found something else (not shown)",
            ])
    }

    @Test("a token written into the settings is refused without being repeated")
    func token() throws {
        let found = try lines(section(("token", text("hunter2")))) { $0.secretFile("token") }
        #expect(found.count == 1)
        #expect(!found[0].contains("hunter2"))
    }

    @Test("a problem shows what was written, never what the environment put there")
    func environment() throws {
        let value = section(("port", .text("hunter2", written: "${PASSWORD}")))
        let found = try lines(value) { $0.integer("port", in: 1...65_535) }
        #expect(found == ["etc/docket.yaml:1:20 port: expected a whole number from 1 to 65535, found \"${PASSWORD}\""])
    }

    @Test("an absent section is one problem, and none where every key has a default")
    func absent() throws {
        let found = try lines(section()) { root in
            root.section("log") { section in
                _ = section.path("directory")
                _ = section.text("name")
            }
        }
        #expect(found == ["etc/docket.yaml:1:1 log: missing; expected a section with directory, name"])
        let size = try document(section()).read { $0.section("log") { $0.size("limit", default: 7, in: 1...9) } }
        #expect(size == 7)
    }

    @Test("a value of the wrong kind is a problem, whatever kind it is")
    func kinds() throws {
        let value = section(
            ("a", .list([])), ("b", section()), ("c", .empty), ("d", text("x")), ("e", text("x")), ("f", text("")))
        let found = try lines(value) { root in
            _ = root.text("a")
            _ = root.flag("b")
            _ = root.duration("c", default: .seconds(1), in: .seconds(1) ... .seconds(90))
            root.section("d") { _ = $0.optional("x") { $0.text($1) } }
            _ = root.texts("e", count: 0...3)
            _ = root.text("f")
        }
        #expect(
            found == [
                "etc/docket.yaml:1:20 a: expected text, found a list of 0",
                "etc/docket.yaml:2:20 b: expected true or false, found a section",
                "etc/docket.yaml:3:20 c: expected a duration from 1s to 90s, found nothing",
                "etc/docket.yaml:4:20 d: expected a section of keys, found \"x\"",
                "etc/docket.yaml:5:20 e: expected a list of 0 to 3 texts, found \"x\"",
                "etc/docket.yaml:6:20 f: expected text, found empty text",
            ])
    }

    @Test("a rule over several keys is a problem at the place it names")
    func rules() throws {
        let found = try lines(section(("kafka", text("x")), ("directory", text("y")))) { root in
            _ = root.text("kafka")
            _ = root.text("directory")
            root.refuse("give either kafka or directory, not both", at: "directory")
        }
        #expect(found == ["etc/docket.yaml:2:1 directory: give either kafka or directory, not both"])
    }

    @Test(
        "durations are a number and a unit, within their limits",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("2s", .seconds(2)), ("15m", .seconds(900)),
            ("4h", .seconds(14_400)),
            ("1d", .seconds(86_400)), ("2", nil), ("s", nil), ("-2s", nil), ("2 s", nil), ("1.5s", nil), ("٢s", nil),
            ("99999999999999999999d", nil), ("9223372036854775807d", nil), ("0x2s", nil),
        ])
    func durations(text: String, expected: Duration?) {
        #expect(Duration(asWritten: text) == expected)
        if let expected { #expect(expected.asWritten == text) }
    }

    @Test(
        "calls go to https, and to http on this machine only",
        arguments: [
            ("https://usea1.example.net", "https://usea1.example.net:443"),
            ("https://Usea1.Example.net:8443/", "https://usea1.example.net:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://localhost", "http://localhost:80"),
            ("http://[::1]:81", "http://[::1]:81"), ("https://[2001:db8::1]", "https://[2001:db8::1]:443"),
            ("http://example.net", nil), ("http://127.0.0.1.example.net", nil), ("http://localhost@example.net", nil),
            ("https://user@example.net", nil), ("https://example.net/path", nil), ("https://example.net?x", nil),
            ("https://example.net:0", nil), ("https://example.net:99999", nil), ("https://example.net:", nil),
            ("https://", nil), ("example.net", nil), ("ftp://example.net", nil), ("https://a b", nil),
            ("https://[::1]x", nil), ("https://[]", nil), ("https://exämple.net", nil),
        ])
    func origins(text: String, expected: String?) throws {
        let read = try? document(section(("url", .text(text, written: text)))).read { $0.origin("url").description }
        #expect(read == expected)
    }

    @Test("foreign text in a problem can neither move the cursor nor reorder the line")
    func printable() throws {
        let found = try lines(section(("a\u{1b}[2J", text("x")), ("b", text("\u{202e}evil\n")))) { root in
            _ = root.integer("b", in: 1...2)
        }
        #expect(found.joined().unicodeScalars.allSatisfy { !$0.isUnseen })
        #expect(found[0].contains("\\u{1b}"))
    }

    @Test(
        "the nearest known name is a typing mistake away, or there is none",
        arguments: [
            ("pol", "poll"), ("plol", "poll"), ("POLL", "poll"), ("direcotry", "directory"), ("x", nil),
            ("kafka", nil), ("", nil), (String(repeating: "p", count: 5_000), nil),
        ])
    func nearest(name: String, expected: String?) {
        #expect(["poll", "directory", "id"].nearest(to: name) == expected)
    }
}
