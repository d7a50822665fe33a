import Children
import Foundation
import JSONView
import Ports
import Testing

/// The built command, asking a built simulator about each of its tokens.
@Suite("docket check --connect", .timeLimit(.minutes(10)))
struct ConnectTests {
    private static func docket(
        _ simulator: Simulator, _ words: [String]
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await run(Deployment.executable("docket"), words, beside: simulator)
    }

    private static func run(
        _ program: URL, _ words: [String], beside simulator: Simulator
    ) async throws -> (status: Int32, output: String, errors: String) {
        let name = "said-\(UUID().uuidString)"
        let child = try Child(
            program, words, in: simulator.folder,
            output: .file(simulator.folder.appending(path: name + ".out")),
            errors: .file(simulator.folder.appending(path: name + ".err")))
        for _ in 0..<12_000 {
            if case .exit(let status) = child.ended {
                return (status, simulator.text(name + ".out"), simulator.text(name + ".err"))
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        child.kill()
        throw Deployment.Failure(description: "docket \(words) did not end")
    }

    private static func settings(_ consoles: [String]) -> String {
        """
        deployment: test
        log: { directory: log }
        consoles:
        \(consoles.map { "  - { \($0) }" }.joined(separator: "\n"))
        """
    }

    /// Each token of the simulator as the reader of a console of its own.
    private static func every(_ simulator: Simulator) -> String {
        settings(
            SimulatorTests.people.map {
                #"id: \#($0), url: "\#(simulator.console)", reader-token: "file:console/\#($0).token""#
            })
    }

    private static func expectNoToken(_ simulator: Simulator, in said: String) {
        for name in SimulatorTests.people {
            let token = simulator.text("console/\(name).token").trimmingCharacters(in: .newlines)
            #expect(token.count > 40 && !said.contains(token), "\(name)")
            // Nor a part of it that could be used.
            #expect(!said.contains(token.suffix(20)), "\(name)")
        }
    }

    @Test("tells of all fifteen tokens what the console knows of them, side by side, and none of the tokens")
    func everyToken() async throws {
        let simulator = try Simulator()
        try await simulator.start("--agents=3")
        try simulator.write(Self.every(simulator), to: "docket.yaml")
        let (status, output, errors) = try await Self.docket(simulator, ["check", "--connect", "--json"])
        #expect(status == 1 && errors.isEmpty)
        let told = try JSONView(parsing: Bytes(output))["tokens"].elements
        let truth = try JSONView(
            parsing: try simulator.call(HTTPRequest(.get, simulator.control, path: "/tokens")).get().body)
        var people: [String: JSONView] = [:]
        for person in try truth["tokens"].elements { people[try person["name"].text] = person }
        #expect(Array(told).count == 15)
        for one in told {
            let name = try one["console"].text
            let person = try #require(people[name])
            #expect(try (one["state"].text == "alive") == person["lives"].bool, "\(name)")
            if let end = try one["expiresAt"].optionalText {
                // A JWT counts in seconds, and of two ends the earlier is told.
                let (told, real) = (Timestamp(iso: end), try Timestamp(iso: person["expiresAt"].text))
                #expect(told == real || told == real.map { Timestamp(milliseconds: $0.milliseconds / 1_000 * 1_000) })
            } else {
                #expect(name == "revoked")
            }
            if let scope = try one["scope"].optionalText { #expect(try scope == person["scope"].text, "\(name)") }
            for role in try one["roles"].elements { #expect(try role.text == person["role"].text, "\(name)") }
        }
        let table = try await Self.docket(simulator, ["check", "--connect"])
        #expect(table.status == 1 && table.errors.isEmpty, "no progress where nobody watches")
        for name in SimulatorTests.people { #expect(table.output.contains("\(name) reader  http://")) }
        Self.expectNoToken(simulator, in: output + table.output)
    }

    @Test("ends with 0 where all is well, with 1 where something stops the work, with 2 for warnings if strict")
    func exitCodes() async throws {
        let simulator = try Simulator()
        try await simulator.start("--agents=3")
        try simulator.write(Self.every(simulator), to: "docket.yaml")
        for (words, expected) in [
            (["viewer"], 0), (["viewer", "--strict"], 0), (["expiring"], 0), (["expiring", "--strict"], 2),
            (["expired"], 1), (["revoked"], 1), (["collector"], 1), (["nobody"], 1), ([], 1),
        ] as [([String], Int32)] {
            #expect(try await Self.docket(simulator, ["check", "--connect"] + words).status == expected, "\(words)")
        }
        #expect(try await Self.docket(simulator, ["check", "viewer"]).status == 64)
        #expect(try await Self.docket(simulator, ["check"]).status == 0)
    }

    @Test("tells what a writer's token may not do, which file is missing, and that a port is dead, without a wait")
    func troubles() async throws {
        let simulator = try Simulator()
        try await simulator.start("--agents=3")
        let url = "\(simulator.console)"
        try simulator.write(
            Self.settings([
                #"id: acts, url: "\#(url)", reader-token: "file:console/viewer.token", writer-token: "file:console/it.token""#,
                #"id: missing, url: "\#(url)", reader-token: "file:console/nowhere.token""#,
                #"id: gone, url: "http://127.0.0.1:1", reader-token: "file:console/viewer.token""#,
            ]), to: "docket.yaml")
        let start = ContinuousClock.now
        let all = try await Self.docket(simulator, ["check", "--connect"])
        #expect(all.status == 64)
        #expect(all.output.contains("playbook may not isolate endpoints"))
        #expect(all.output.contains("nowhere.token") && all.output.contains("the console cannot be reached"))
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(try await Self.docket(simulator, ["check", "--connect", "acts"]).status == 1)
        let gone = try await Self.docket(simulator, ["check", "--connect", "gone", "--json"])
        #expect(gone.status == 1)
        let token = try #require(Array(try JSONView(parsing: Bytes(gone.output))["tokens"].elements).first)
        #expect(try token["reachable"].text == "unreached")
        #expect(try token["troubles"].elements.contains { try $0["remedy"].text.contains("check url") })
        Self.expectNoToken(simulator, in: all.output + all.errors + gone.output + gone.errors)
    }

    @Test("shows on a terminal how far it is, and takes that away again")
    func progress() async throws {
        let simulator = try Simulator()
        try await simulator.start("--agents=3")
        try simulator.write(Self.every(simulator), to: "docket.yaml")
        let docket = try Deployment.executable("docket").path
        // script gives the command a terminal, and passes on what it shows.
        let line = "TERM=xterm script -qec \"'\(docket)' check --connect viewer\" /dev/null"
        let (status, output, _) = try await Self.run(
            URL(filePath: "/bin/sh"), ["-c", line], beside: simulator)
        #expect(status == 0 && output.contains("asking the consoles: ") && output.contains("\r\u{1b}[K"))
        Self.expectNoToken(simulator, in: output)
    }

    @Test("names a clock that differs from the console's as what stops actions")
    func clock() async throws {
        let simulator = try Simulator()
        try await simulator.start("--agents=3", "--time-scale", "1")
        #expect(try simulator.tell("/clock", #"{"advance":"5m"}"#).status == 200)
        try simulator.write(Self.every(simulator), to: "docket.yaml")
        let (status, output, _) = try await Self.docket(simulator, ["check", "--connect", "viewer"])
        #expect(status == 1 && output.contains("our clock is") && output.contains("behind the console's"))
    }
}
