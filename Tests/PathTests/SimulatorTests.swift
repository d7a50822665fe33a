import Children
import Foundation
import HTTPClient
import JSONView
import Ports
import Testing

@Suite("The simulator as a program")
struct SimulatorTests {
    static let people = [
        "viewer", "ir-team", "ir-team-2", "soc", "it", "admin", "collector", "site-viewer", "site-ir-team", "custom",
        "personal", "multi-scope", "expiring", "expired", "revoked",
    ]

    @Test("it starts, leaves tokens that only their owner reads, serves both ports and a page, and stops when asked")
    func life() async throws {
        let simulator = try Simulator()
        try await simulator.start("--agents=7", "--threat-interval", "50ms")
        for name in Self.people {
            let file = simulator.folder.appending(path: "console/\(name).token").path
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
            let status = try simulator.read("users/viewer-auth-check", as: name).get().status
            #expect(status == (["expired", "revoked"].contains(name) ? 401 : 200), "\(name)")
        }
        let agents = try JSONView(parsing: try simulator.read("agents").get().body)
        #expect(try agents["pagination"]["totalItems"].integer == 7)
        let page = try simulator.call(HTTPRequest(.get, simulator.console, path: "/")).get()
        let html = try #require(page.body.text)
        #expect(page.header("Content-Type") == "text/html; charset=utf-8")
        #expect(html.contains("viewer.token") && html.contains(simulator.console.description))
        #expect(!html.contains("src=") && !html.contains("href="), "nothing is loaded from elsewhere")
        #expect(try await simulator.stop() == .exit(0))
        #expect(simulator.errors.isEmpty, "no progress where nobody watches")
    }

    @Test("a rotated token is in its file when the rotation is answered")
    func rotation() async throws {
        let simulator = try Simulator()
        try await simulator.start()
        let old = simulator.text("console/viewer.token")
        #expect(try simulator.tell("/tokens", #"{"do":"rotate","token":"viewer"}"#).status == 200)
        #expect(simulator.text("console/viewer.token") != old)
        #expect(try simulator.read("threats").get().status == 200)
    }

    @Test("no token is in anything that the program says or serves beside its files")
    func canary() async throws {
        let simulator = try Simulator()
        try await simulator.start()
        let first = Self.people.map { simulator.text("console/\($0).token") }
        _ = try simulator.tell("/tokens", #"{"do":"rotate","token":"soc"}"#)
        var said = ""
        for path in ["/", "/tokens", "/calls", "/effects", "/truth", "/faults", "/fleet", "/nowhere"] {
            said += try simulator.call(HTTPRequest(.get, simulator.control, path: path)).get().body.text ?? ""
        }
        for path in ["/", "/nowhere", "/web/api/v2.1/user"] {
            said += try simulator.call(HTTPRequest(.get, simulator.console, path: path)).get().body.text ?? ""
        }
        for path in ["user", "service-users", "threats", "nowhere"] {
            said += try simulator.read(path, as: "admin").get().body.text ?? ""
        }
        _ = try await simulator.stop()
        said += simulator.output + simulator.errors + simulator.text("console/endpoint.json")
        #expect(said.count > 10_000)
        for token in first + Self.people.map({ simulator.text("console/\($0).token") }) {
            #expect(!said.contains(token.trimmingCharacters(in: .newlines)))
        }
    }

    @Test("what a broken network does to an answer is seen by a client")
    func damage() async throws {
        let simulator = try Simulator()
        try await simulator.start()
        for fault in [
            #"{"kind":"cut-body","bytes":20"#, #"{"kind":"wrong-length","bytes":9"#, #"{"kind":"garbage""#,
            #"{"kind":"lose-reply""#, #"{"kind":"gzip-bomb","bytes":1000000000"#,
        ] {
            #expect(try simulator.tell("/faults", fault + #","route":"agents"}"#).status == 200)
            let result = try simulator.read("agents")
            guard case .success(let answer) = result else { continue }
            // A client that does not unpack what it did not ask for gets the small body as it is.
            #expect(answer.header("Content-Encoding") == "gzip" && fault.contains("bomb"), "\(fault): \(answer.status)")
        }
        let drip = #"{"route":"system/status","kind":"slow-drip","bytes":8,"delayMilliseconds":50}"#
        #expect(try simulator.tell("/faults", drip).status == 200)
        let before = ContinuousClock.now
        #expect(try simulator.read("system/status").get().body.text == #"{"data":{"health":"ok"}}"#)
        #expect(ContinuousClock.now - before >= .milliseconds(100))
        #expect(try simulator.read("agents").get().status == 200)
    }

    @Test("simulated time runs as fast as told, and further when told")
    func time() async throws {
        let simulator = try Simulator()
        try await simulator.start("--start", "2026-03-01T00:00:00Z", "--time-scale", "0.001", "--threat-interval", "1h")
        let told = try simulator.tell("/clock", #"{"advance":"10h"}"#)
        #expect(try JSONView(parsing: told.body)["now"].text.hasPrefix("2026-03-01T10:00:0"), "a thousandth")
        let threats = try JSONView(parsing: try simulator.read("threats").get().body)
        #expect(try threats["pagination"]["totalItems"].integer == 10)
    }

    @Test("a scenario sets what there is and what goes wrong, and the command line counts more")
    func scenario() async throws {
        let simulator = try Simulator()
        try simulator.write(
            """
            agents: 9
            accounts: 2
            faults:
              - { route: agents, kind: status, status: 503, body: html }
            """, to: "scenario.yaml")
        try await simulator.start("--scenario", "scenario.yaml", "--agents", "8")
        #expect(try simulator.read("agents").get().status == 503)
        let agents = try JSONView(parsing: try simulator.read("agents").get().body)
        #expect(try agents["pagination"]["totalItems"].integer == 8)
    }

    @Test("every mistake in a scenario is told with its line and what was expected")
    func wrongScenario() async throws {
        let simulator = try Simulator()
        try simulator.write(
            """
            agents: many
            threat-intervall: 5s
            faults:
              - { route: threats, kind: slwo }
              - { route: threats, kind: slow, tiems: 2 }
            """, to: "wrong.yaml")
        #expect(try await simulator.end(["--directory", "console", "--scenario", "wrong.yaml"]) == .exit(78))
        for sentence in [
            "wrong.yaml:1:9 agents: expected a whole number from 1 to 200000, found \"many\"",
            "wrong.yaml:2:1 threat-intervall: unknown key; did you mean \"threat-interval\"?",
            "wrong.yaml:4:29 faults[0].kind: expected one of", "did you mean slow?",
            "wrong.yaml:5:35 faults[1].tiems: unknown key; did you mean \"times\"?",
        ] { #expect(simulator.errors.contains(sentence), "\(simulator.errors)") }
    }

    @Test(
        "a wrong start ends with a sentence that says what to do, and its code",
        arguments: [
            ([], 64, "--directory is missing"), (["--directory", "c", "--agnets", "5"], 64, "did you mean --agents?"),
            (["--directory", "c", "--agents", "x"], 64, "a whole number from 1 to 200000"),
            (["--directory", "c", "--agents", "1", "--agents", "2"], 64, "is there twice"),
            (["--directory", "c", "--tls-key", "x"], 64, "go together"), (["directory"], 64, "begin with --"),
            (["--directory", "c", "--scenario", "none.yaml"], 66, "none.yaml: No such file"),
            (["--directory", "c", "--tls-key", "none", "--tls-certificate", "none"], 66, "TLS wants PEM files"),
            (["--directory", "/proc/none/c"], 1, "--directory wants a folder"),
        ])
    func wrongStart(words: [String], code: Int32, sentence: String) async throws {
        let simulator = try Simulator()
        let end = try await simulator.end(words)
        #expect(end == .exit(code))
        #expect(simulator.errors.contains(sentence), "\(simulator.errors)")
        #expect(simulator.output.isEmpty)
    }

    @Test("a port in use is told with what to do")
    func portInUse() async throws {
        let first = try Simulator()
        try await first.start()
        let second = try Simulator()
        #expect(try await second.end(["--directory", "c", "--port", String(first.console.port)]) == .exit(1))
        #expect(second.errors.contains("choose another port or stop what uses it"), "\(second.errors)")
    }

    @Test("the help names every option that a wrong one could have meant")
    func help() async throws {
        let simulator = try Simulator()
        #expect(try await simulator.end(["--help"]) == .exit(0))
        for option in [
            "directory", "port", "control-port", "tls-certificate", "tls-key", "seed", "accounts",
            "sites-per-account", "groups-per-site", "agents", "history", "history-interval", "threat-interval",
            "max-threats", "effect-delay", "stories", "story-pace", "telemetry-life", "hash-reputation",
            "late-visibility", "late-share", "cursor-lifetime", "start", "time-scale",
            "expiring-token-days", "rate-limits", "retry-after", "rate-limit-body", "scenario",
        ] { #expect(simulator.output.contains("  --\(option) "), "\(option)") }
        #expect(simulator.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    private static let openSSL = URL(filePath: "/usr/bin/openssl")

    @Test(
        "with a certificate it speaks HTTPS to whoever trusts it",
        .enabled(if: FileManager.default.isExecutableFile(atPath: openSSL.path), "there is no openssl"))
    func https() async throws {
        let maker = try Simulator()
        let (key, chain) = (maker.folder.appending(path: "key.pem"), maker.folder.appending(path: "chain.pem"))
        let making = try Child(
            Self.openSSL,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2", "-nodes",
                "-subj", "/CN=simulator", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key.path, "-out",
                chain.path,
            ], output: .nothing, errors: .nothing)
        #expect(making.wait() == .exit(0))
        let simulator = try Simulator(trusting: chain)
        try await simulator.start("--tls-certificate", chain.path, "--tls-key", key.path)
        #expect(simulator.console.scheme == .https)
        #expect(try simulator.read("agents").get().status == 200)
        #expect(try simulator.tell("/people", #"{"do":"detect"}"#).status == 200)
        try maker.write("no key", to: "key.pem")
        let end = try await maker.end(
            ["--directory", "c", "--tls-certificate", chain.path, "--tls-key", key.path])
        #expect(end == .exit(78))
        #expect(maker.errors.contains("does not hold a private key"), "\(maker.errors)")
    }
}
