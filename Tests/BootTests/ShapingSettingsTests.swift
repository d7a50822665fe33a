import Ports
import SentinelOne
import Settings
import Stages
import Testing

@testable import Boot

@Suite("Settings of what is published") struct ShapingSettingsTests {
    private static func read(_ lines: String) throws -> ConsoleSettings {
        let text = "id: eu1\nurl: https://a.example\nreader-token: file:t\n" + lines
        return try SettingsFile.parse(text, file: "docket.yaml", environment: [:]).read { ConsoleSettings(&$0) }
    }

    /// The sentences of all that is wrong.
    private static func problems(_ lines: String) -> [String] {
        do {
            _ = try read(lines)
            return []
        } catch {
            return (error as? SettingsProblems)?.problems.map(\.description) ?? ["\(error)"]
        }
    }

    @Test("without a word everything is published as it comes")
    func nothing() throws {
        let settings = try Self.read("")
        #expect(settings.sieve == SieveSettings() && settings.shaping == Shaping() && settings.redaction.fields == [])
        #expect(settings.sentences.isEmpty)
    }

    @Test("all of it can be said, words in any spelling, and is told in sentences")
    func everything() throws {
        let settings = try Self.read(
            """
            filters:
              sites: [2190000000000000011]
              threats:
                classifications: [malware, lateral movement, Wiper]
                except-classifications: [pua]
                incident-statuses: [Unresolved, IN_PROGRESS]
                analyst-verdicts: [undefined]
                confidence: [n/a, malicious]
                names: ['\\.exe$']
                except-names: ['(?i)eicar']
                groups: [Servers, 2190000000000000021]
              alerts: { rules: [Power], except-rules: [Test], severities: [high] }
              activities: { types: [18, 19], except-types: [27] }
              agents: { tags: ['tier:1', owner], machine-types: [Kubernetes Node] }
            inventory: { onboard: false }
            labels: { application: edr, team: "SOC 1" }
            tenants:
              - { name: acme, sites: [2190000000000000011, 2190000000000000012] }
              - { name: globex, sites: [2190000000000000013] }
            default-tenant: shared
            redact:
              threats: [agentDetectionInfo.agentLastLoggedInUserMail]
              agents: ['networkInterfaces[].physical']

            """)
        let threats = settings.sieve.threats
        #expect(threats.classifications == ["Malware", "Lateral Movement", "Wiper"])
        #expect(threats.incidentStatuses == [.unresolved, .inProgress])
        #expect(threats.confidence == [.notAvailable, .malicious])
        #expect(settings.sieve.agents.machineTypes == [.kubernetesNode])
        #expect(settings.sieve.inventory == Inventory(onboard: false, update: true))
        #expect(settings.shaping.labels == ["application": "edr", "team": "SOC 1"])
        #expect(settings.shaping.reach == (3, 2))
        #expect(
            settings.sentences == [
                "everything: only sites 2190000000000000011",
                "threats: only classifications Malware, Lateral Movement, Wiper; no classifications PUA; "
                    + #"only names like \.exe$; no names like (?i)eicar; only confidence malicious, n/a; "#
                    + "only incident statuses in_progress, unresolved; only analyst verdicts undefined; "
                    + "only groups 2190000000000000021, servers",
                "alerts: only rules like Power; no rules like Test; only severities high",
                "activities: only types 18, 19; no types 27",
                "endpoints: only tags tier:1, owner; only machine types kubernetes node",
                "endpoints: new ones are not taken up",
                "overwritten: agents: networkInterfaces[].physical, "
                    + "threats: agentDetectionInfo.agentLastLoggedInUserMail",
                "labels: application=edr, team=SOC 1", "tenants: 2, by 3 sites; the rest belongs to shared",
            ])
    }

    @Test(
        "what is wrong is told in its own place, with what was expected",
        arguments: [
            ("filters: { sites: [Lyon] }", "4:20 filters.sites[0]: expected the id of a site, 15 to 20 digits"),
            ("filters: { threats: { incident-statuses: [open] } }", "one of unresolved, resolved, in_progress"),
            ("filters: { threats: { analyst-verdict: [] } }", "did you mean \"analyst-verdicts\"?"),
            ("filters: { threats: { names: ['a', 'b('] } }", "filters.threats.names[1]: expected a regular expression"),
            ("filters: { threats: { except-names: ['.*'] } }", "expected a pattern that some names do not match"),
            ("filters: { alerts: { severities: [huge] } }", "expected one of low, medium, high, critical"),
            ("filters: { alerts: { groups: [Servers] } }", "unknown key"),
            ("filters: { activities: { types: [new] } }", "expected the number of a type of activity"),
            ("filters: { agents: { tags: [':x'] } }", "expected KEY or KEY:VALUE"),
            ("filters: { threat: {} }", "did you mean \"threats\"?"),
            ("inventory: { onbord: true }", "did you mean \"onboard\"?"),
            ("labels: { App: x }", "labels.App: expected a name of 1 to 32 lower-case letters"),
            ("labels: { app: [x] }", "labels.app: expected a name"),
            ("labels: text", "labels: expected at most 16 names"),
            ("labels: { app: \"a\\u0001\" }", "labels.app: expected a name"),
            ("tenants: [{ name: Acme, sites: [2190000000000000011] }]", "tenants[0].name: expected a name"),
            ("tenants: [{ name: a, sites: [2190000000000000011, 2190000000000000011] }]", "is listed twice"),
            ("default-tenant: ''", "default-tenant: expected a name"),
            ("redact: { threats: ['a..b'] }", "redact.threats[0]: expected names with dots between them"),
            ("redact: { threats: [agentRealtimeInfo] }", "a path that leaves agentRealtimeInfo.agentId readable"),
            ("redact: { sites: [] }", "redact.sites: unknown key"),
        ])
    func mistakes(line: String, says: String) {
        let problems = Self.problems(line + "\n")
        #expect(problems.count == 1 && problems.first?.contains(says) == true, "\(problems)")
    }

    @Test("at most sixteen labels")
    func labels() {
        let names = (1...17).map { "a\($0): x" }
        #expect(Self.problems("labels: { \(names.joined(separator: ", ")) }\n").count == 1)
        #expect(Self.problems("labels: { \(names.dropLast().joined(separator: ", ")) }\n").isEmpty)
    }
}
