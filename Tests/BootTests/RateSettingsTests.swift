import Boot
import Foundation
import Ports
import Settings
import Testing

@Suite("Settings of rates")
struct RateSettingsTests {
    private func settings(_ lines: String) throws -> RateSettings {
        let folder = FileManager.default.temporaryDirectory.appending(path: "docket-rates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "docket.yaml")
        try lines.write(to: file, atomically: true, encoding: .utf8)
        return try SettingsFile.read(file.path, environment: [:]).read { $0.section("rate") { RateSettings(&$0) } }
    }

    @Test("divide the reader's rate, and leave enrich what ingest leaves")
    func defaults() throws {
        let standard = try settings("{}\n")
        #expect((standard.ingest, standard.enrich, standard.playbook) == (60, 40, 100))
        #expect(try settings("rate: { ingest: 85 }\n").enrich == 15)
        let modest = try settings("rate: { ingest: 20, enrich: 10, playbook: 50 }\n")
        #expect((modest.ingest, modest.enrich, modest.playbook) == (20, 10, 50))
    }

    @Test(
        "say with line and key what is wrong",
        arguments: [
            ("rate: { ingest: 70, enrich: 40 }", "more than all of it"), ("rate: { ingest: 0 }", "rate.ingest"),
            ("rate: { playbook: 101 }", "rate.playbook"), ("rate: { ingest: half }", "from 1 to 100"),
            ("rate: { ingests: 50 }", "ingest"),
        ])
    func problems(lines: String, expected: String) throws {
        let problems = try #require(throws: SettingsProblems.self) { try settings(lines) }
        #expect(problems.detail.contains(expected), "\(problems.detail)")
        #expect(problems.detail.contains("docket.yaml:1"), "\(problems.detail)")
    }
}
