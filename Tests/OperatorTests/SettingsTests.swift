import Boot
import Foundation
import Operator
import Ports
import Settings
import Stages
import Testing

@Suite("Settings as people see them")
struct SettingsTests {
    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    private static func settings(_ text: String, _ file: String) throws -> DocketSettings {
        try SettingsFile.parse(text, file: file, environment: [:]).read { DocketSettings(&$0) }
    }

    @Test("the annotated example is valid, and says the defaults where it says it does")
    func example() throws {
        let text = try String(contentsOf: Self.root.appending(path: "deploy/docket.yaml.example"), encoding: .utf8)
        let settings = try Self.settings(text, "docket.yaml.example")
        #expect(settings.actions.isDryRun && settings.actions.needsApproval)
        #expect(settings.actions.approvers.count == 1)
        // Every default that is written out: leaving the block away changes nothing.
        let kept = text.components(separatedBy: "\n").filter { !$0.hasSuffix("# the default") }
        let shorter = try Self.settings(kept.joined(separator: "\n"), "shorter")
        #expect(shorter.actions.limits == settings.actions.limits)
        #expect(shorter.ingest == settings.ingest)
        #expect(shorter.topics.partitions == settings.topics.partitions)
        #expect(kept.count + 12 <= text.components(separatedBy: "\n").count)
    }

    @Test("the settings in the README are valid")
    func readme() throws {
        let text = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let block = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first)
        let yaml = try #require(block.components(separatedBy: "```").first)
        let settings = try Self.settings(yaml, "README.md")
        #expect(settings.actions.isDryRun)
        #expect(settings.consoles.first?.writerToken != nil)
    }

    @Test("several mistakes are told at once, each with its place and the key that was meant")
    func mistakes() throws {
        let text = """
            deployment: Production
            log: { directory: log }
            consoles:
              - { id: eu1, url: "http://example.net", reader-token: secret, writer-tokn: "file:w" }
            actions: { dry-run: perhaps, approvers: [ { name: ada, key: nonsense } ] }

            """
        #expect {
            _ = try Self.settings(text, "docket.yaml")
        } throws: { error in
            let lines = (error as? SettingsProblems)?.problems.map(\.description) ?? []
            return lines.count == 6 && lines.contains { $0.contains("did you mean \"writer-token\"?") }
                && lines.allSatisfy { $0.hasPrefix("docket.yaml:") && !$0.contains("secret:") }
        }
    }

    private static func report(
        dryRun: Bool = true, approval: Bool = true, approvers: [String] = ["5d41402abc4b2a76"], writer: String? = "w"
    ) -> SettingsReport {
        SettingsReport(
            deployment: "production", log: "directory /var/lib/docket", isLogExposed: false, topicPrefix: "docket.",
            partitions: 4,
            consoles: [
                .init(id: "eu1", url: "https://example.sentinelone.net", reader: "r", writer: writer),
                .init(id: "lab", url: "https://lab.example.net", reader: "r2", writer: nil),
            ], isDryRun: dryRun, needsApproval: approval,
            approvers: approvers.enumerated().map { .init(name: "person-\($0)", fingerprint: $1) }, problems: [])
    }

    @Test("what the settings mean is told like this")
    func meaning() throws {
        try Golden.expect(Self.report().text(on: Paper()), is: "check.txt")
        try Golden.expect(Self.report().json(), is: "check.json")
        #expect(Self.report().warnings.isEmpty)
        var dangerous = Self.report(dryRun: false, approval: false, approvers: ["a", "a"], writer: "r")
        dangerous.problems = ["secrets/eu1.ir: everybody on this machine may read or write it; run: chmod o-rw"]
        try Golden.expect(dangerous.text(on: Paper()), is: "check-dangerous.txt")
        try Golden.expect(dangerous.json(), is: "check-dangerous.json")
        for text in [dangerous.json(), Self.report().json()] {
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        }
    }

    @Test("what of a console is published is told below it, sentence by sentence")
    func published() {
        var report = Self.report()
        report.consoles = [
            .init(
                id: "eu1", url: "https://a.example", reader: "r", writer: nil,
                sentences: ["threats: no classifications PUA", "labels: application=edr"])
        ]
        let lines = report.text(on: Paper()).components(separatedBy: "\n")
        let place = lines.firstIndex { $0.hasPrefix("console     eu1") } ?? 0
        #expect(
            lines[(place + 1)...].prefix(2) == [
                "            threats: no classifications PUA", "            labels: application=edr",
            ])
        #expect(
            report.json().contains(#""published":["threats: no classifications PUA","labels: application=edr"]"#))
    }

    @Test("dangerous combinations are warned of in words")
    func warnings() {
        func warns(_ report: SettingsReport, of words: String) -> Bool {
            report.warnings.contains { $0.contains(words) }
        }
        #expect(warns(Self.report(dryRun: false, approval: false), of: "no person in between"))
        #expect(!warns(Self.report(dryRun: false), of: "no person in between"))
        #expect(!warns(Self.report(approval: false), of: "no person in between"))
        #expect(warns(Self.report(approvers: []), of: "nobody is listed"))
        #expect(warns(Self.report(dryRun: false, writer: nil), of: "nothing can be done"))
        #expect(warns(Self.report(approvers: ["a", "a"]), of: "person-0 and person-1 share the key a"))
        #expect(warns(Self.report(writer: "r"), of: "with one token"))
        var open = Self.report()
        open.openMonitors = ["the monitor of ingest at 0.0.0.0:9464"]
        #expect(warns(open, of: "ingest at 0.0.0.0:9464 can be read from other machines"))
    }
}
