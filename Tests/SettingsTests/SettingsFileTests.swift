import Foundation
import Ports
import Settings
import Testing

/// A folder of its own for each test, gone afterwards.
struct TemporaryFolder: ~Copyable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "docket-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String, _ content: String, mode: Int = 0o600) throws -> String {
        let path = url.appending(path: name).path
        try Data(content.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }
}

private func lines(of text: String, _ environment: [String: String] = [:]) throws -> [String] {
    try #require(throws: SettingsProblems.self) {
        try SettingsFile.parse(text, file: "docket.yaml", environment: environment)
    }.problems.map(\.description)
}

@Suite("Settings file") struct SettingsFileTests {
    @Test("a file becomes typed settings, and each problem names its line and column")
    func places() throws {
        let text = """
            log:
              directory: data
            consoles:
              - id: eu1
                pol: 5s
            """
        let document = try SettingsFile.parse(text, file: "docket.yaml", environment: [:])
        let problems = try #require(throws: SettingsProblems.self) {
            try document.read { root in
                root.section("log") { _ = $0.path("directory") }
                _ = root.list("consoles", count: 1...5) { console in
                    _ = console.text("id")
                    _ = console.duration("poll", default: .seconds(5), in: .seconds(1) ... .seconds(60))
                }
            }
        }
        #expect(
            problems.problems.map(\.description) == [
                "docket.yaml:5:5 consoles[0].pol: unknown key; did you mean \"poll\"?"
            ])
        #expect(problems.exitCode == .usage)
    }

    @Test(
        "the environment is put into values, once and as text",
        arguments: [
            ("${A}", "one"), ("x${A}y${B}z", "xoney${A}z"), ("$${A}", "${A}"), ("$A", "$A"), ("5$", "5$"),
            ("'${A}'", "one"),
        ])
    func environment(written: String, expected: String) throws {
        let environment = ["A": "one", "B": "${A}"]
        let document = try SettingsFile.parse("key: \(written)\n", file: "docket.yaml", environment: environment)
        #expect(try document.read { $0.text("key") } == expected)
    }

    @Test("every variable that is not set is named with its place")
    func unset() throws {
        #expect(
            try lines(of: "a: ${ONE}\nb:\n  - x${TWO}\nc: ${open\n") == [
                "docket.yaml:1:4 a: the environment variable ONE is not set",
                "docket.yaml:3:5 b[0]: the environment variable TWO is not set",
                "docket.yaml:4:4 c: expected ${NAME}, found ${ without its }",
            ])
    }

    @Test("what is no YAML is one problem with line and column")
    func syntax() throws {
        #expect(
            try lines(of: "a: 1\na: 2\n") == ["docket.yaml:2:1: the key \"a\" stands already in line 1"])
    }

    @Test("a file that is not there, is no file, or is too long is a problem and not a wait")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.url.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        let long = try folder.file("long", String(repeating: "#", count: 1 << 20 + 1))
        for (path, says) in [
            (folder.url.path + "/none", "No such file"), (folder.url.path, "not a regular file"),
            (pipe, "not a regular file"), (long, "longer than"),
        ] {
            let problems = try #require(throws: SettingsProblems.self) {
                try SettingsFile.read(path, environment: [:])
            }
            #expect(problems.detail.contains(says), "\(problems.detail)")
        }
    }
}

@Suite("Secret files") struct SecretFileTests {
    @Test(
        "the newline that an editor leaves is no part of the secret, and only one is taken",
        arguments: [("abc", "abc"), ("abc\n", "abc"), ("abc\r\n", "abc"), (" abc \n", " abc ")])
    func newline(content: String, secret: String) throws {
        let folder = try TemporaryFolder()
        #expect(try SecretFile(path: folder.file("token", content)).secret().reveal() == secret)
    }

    @Test(
        "a file that everybody may read or write is refused, and the remedy is named", arguments: [0o604, 0o602, 0o666])
    func exposed(mode: Int) throws {
        let folder = try TemporaryFolder()
        let file = SecretFile(path: try folder.file("token", "hunter2", mode: mode))
        let failure = try #require(throws: FileFailure.self) { try file.secret() }
        #expect(failure.code == "secret.exposed")
        #expect(failure.detail.contains("chmod o-rw"))
    }

    @Test("owner and group may read a secret", arguments: [0o400, 0o600, 0o640])
    func permitted(mode: Int) throws {
        let folder = try TemporaryFolder()
        #expect(try SecretFile(path: folder.file("token", "x", mode: mode)).secret().reveal() == "x")
    }

    @Test(
        "what could not travel in a header is refused without being repeated",
        arguments: [
            "", "\n", "hunter2\n\n", "hunter2\nX-Evil: 1", "hunter2\u{0}", "hunter2\u{202e}",
            String(repeating: "x", count: 20_000),
        ])
    func unfit(content: String) throws {
        let folder = try TemporaryFolder()
        let file = SecretFile(path: try folder.file("token", content))
        let failure = try #require(throws: FileFailure.self) { try file.secret() }
        #expect(!failure.detail.contains("hunter2"))
    }
}
