import Boot
import Ports
import Settings
import Stages
import Testing

@Suite("Settings of the monitor") struct MonitorSettingsTests {
    private func settings(_ text: String) throws -> MonitorSettings {
        try SettingsFile.parse(text, file: "docket.yaml", environment: [:]).read {
            $0.section("monitor") { MonitorSettings(&$0) }
        }
    }

    @Test("each program has a port of its own on this machine, which nobody counts on")
    func standard() throws {
        let standard = try settings("{}\n")
        #expect(standard.places.mapValues(\.port) == ["ingest": 9_464, "enrich": 9_465, "playbook": 9_466])
        #expect(standard.places.values.allSatisfy { $0.address == "127.0.0.1" && !$0.isNamed })
        #expect(standard.places.values.allSatisfy { $0.isLoopback })
        #expect(try settings("monitor: { ingest: \"10.0.0.7:9464\" }\n").places["ingest"]?.isLoopback == false)
        #expect(standard.stalledAfter == .seconds(120))
    }

    @Test("an address is another's only on purpose, and off is nowhere")
    func named() throws {
        let named = try settings("monitor: { ingest: \"0.0.0.0:80\", enrich: off, stalled-after: 5m }\n")
        #expect(named.places["ingest"]?.address == "0.0.0.0" && named.places["ingest"]?.port == 80)
        #expect(named.places["ingest"]?.isNamed == true && named.places["enrich"] == nil)
        #expect(named.places["playbook"]?.isNamed == false)
        #expect(named.stalledAfter == .seconds(300))
    }

    @Test(
        "what is no address is refused with line and key",
        arguments: [
            "9464", "localhost:9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "127.0.0.256:1",
            "127.0.0.01:1", "127.0.1:1", ":9464", "[::1]:9464", "no",
        ])
    func problems(address: String) throws {
        let problems = try #require(throws: SettingsProblems.self) {
            try settings("monitor:\n  ingest: \"\(address)\"\n")
        }
        #expect(problems.detail.contains("docket.yaml:2"), "\(problems.detail)")
        #expect(problems.detail.contains("monitor.ingest: expected a numeric IPv4 address"), "\(problems.detail)")
    }
}

@Suite("Settings of silence") struct SilenceSettingsTests {
    private func silence(_ ingest: String) throws -> Duration? {
        let text = """
            deployment: test
            log: { directory: log }
            consoles: [ { id: eu1, url: "https://example.sentinelone.net", reader-token: "file:token" } ]
            ingest: \(ingest)

            """
        return try SettingsFile.parse(text, file: "docket.yaml", environment: [:]).read { DocketSettings(&$0) }
            .ingest.silence
    }

    @Test("an hour is the patience that nobody named, and off is none")
    func standard() throws {
        #expect(try silence("{}") == .seconds(3_600))
        #expect(try silence("{ silence: 12h }") == .seconds(43_200))
        #expect(try silence("{ silence: off }") == nil)
    }

    @Test("what is no patience is refused with its key", arguments: ["0s", "59s", "31d", "never", "60"])
    func problems(text: String) throws {
        let problems = try #require(throws: SettingsProblems.self) { try silence("{ silence: \(text) }") }
        #expect(problems.detail.contains("ingest.silence: expected a duration from 1m to 30d, or off"))
    }
}
