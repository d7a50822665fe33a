import Boot
import Foundation
import HTTPClient
import Ports
import Settings
import Testing

@Suite("Settings of calls")
struct CallSettingsTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "docket-calls-\(UUID().uuidString)")

    private func settings(_ lines: String) throws -> CallSettings {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "docket.yaml")
        let text = "calls:\n" + lines.split(separator: "\n").map { "  \($0)\n" }.joined()
        try text.write(to: file, atomically: true, encoding: .utf8)
        return try SettingsFile.read(file.path, environment: [:]).read { $0.section("calls") { CallSettings(&$0) } }
    }

    private func write(_ text: String, _ name: String, mode: Int = 0o600) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    @Test(
        "say with line and key what is wrong, and show no password",
        arguments: [
            ("proxy: http://docket:canary@proxy:3128", "calls.proxy"), ("proxy: https://proxy:3128", "calls.proxy"),
            ("proxy-credentials: file:credentials", "there is no proxy"),
            ("client-key: file:key", "client-certificate"),
            ("client-certificate: cert.pem", "needs client-key"), ("client-key: canary", "file:PATH"),
            ("http2: perhaps", "true or false"), ("htp2: true", "http2"),
        ])
    func problems(lines: String, expected: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let problems = try #require(throws: SettingsProblems.self) { try settings(lines) }
        #expect(problems.detail.contains(expected), "\(problems.detail)")
        #expect(problems.detail.contains("docket.yaml:2"), "\(problems.detail)")
        #expect(!problems.detail.contains("canary"))
    }

    @Test("make a client, or say which file is missing and what to do")
    func client() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try settings("connect-timeout: 1s\nproxy: http://proxy.example.net:3128").client()
        let authority = #expect(throws: HTTPClientFailure.self) { try settings("ca-file: ca.pem").client() }
        #expect(authority?.detail.contains("/ca.pem is missing") == true)
        #expect(authority?.exitCode == .usage)
        let lines = "proxy: http://proxy:3128\nproxy-credentials: file:credentials"
        let credentials = #expect(throws: HTTPClientFailure.self) { try settings(lines).client() }
        #expect(credentials?.detail.contains("/credentials: No such file") == true)
        try write("docket:canary\n", "credentials", mode: 0o644)
        let exposed = #expect(throws: HTTPClientFailure.self) { try settings(lines).client() }
        #expect(exposed?.detail.contains("chmod o-rw") == true)
        try write("docket:canary\n", "credentials")
        _ = try settings(lines).client()
    }
}
