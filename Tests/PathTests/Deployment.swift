import Children
import Foundation
import Glibc
import HTTPClient
import JSONView
import Ports
import Testing

/// Simulator, ingest, enrich and playbook as processes in a folder of their own, on an embedded log unless another is
/// named, seen from outside: through `docket`, and through what the simulator says really happened.
final class Deployment {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let programs = ["ingest", "enrich", "playbook"]
    /// Far above what any of these tests needs, on a machine that is busy with others.
    static let patience: TimeInterval = 120

    let folder: URL
    private let log: DeploymentLog
    private var processes: [String: Child] = [:]
    /// Whether programs that failed are started again too, as those that were killed are.
    var isSupervised = false
    /// The programs that were killed and started again, in order.
    private(set) var killed: [String] = []
    private let simulator: Child
    let console: HTTPOrigin
    let control: HTTPOrigin
    let calls = HTTPClient()

    /// What the simulator plays, and what ingest makes of it.
    struct Scene {
        var agents = 5
        var threats = 3
        var threatInterval = "50ms"
        var simulating: [String] = []
        /// All of them are the one simulator, each with an id of its own.
        var consoles = ["demo"]
        var ingest = "poll: 200ms"
    }

    /// Runs `body` with a deployment of its own; a few run side by side, so that a small machine is not drowned.
    static func run(
        _ scene: Scene = Scene(), isDryRun: Bool = false, on log: DeploymentLog = .embedded,
        _ body: (Deployment) async throws -> Void
    ) async throws {
        await slots.take()
        do {
            let deployment = try await Deployment(scene, isDryRun: isDryRun, log: log)
            try await body(deployment)
        } catch {
            await slots.giveBack()
            throw error
        }
        await slots.giveBack()
    }

    private static let slots = Slots(3)

    private init(_ scene: Scene, isDryRun: Bool, log: DeploymentLog) async throws {
        self.log = log
        folder = FileManager.default.temporaryDirectory.appending(path: "docket-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        simulator = try Self.launch(
            "simulator",
            [
                "--directory", folder.appending(path: "console").path, "--seed", "6",
                "--agents", String(scene.agents), "--threat-interval", scene.threatInterval,
                "--max-threats", String(scene.threats), "--effect-delay", "200ms",
            ] + scene.simulating, in: folder)
        let endpoint = folder.appending(path: "console/endpoint.json")
        let told = try await Self.wait(for: "the simulator") { try? Bytes(Array(Data(contentsOf: endpoint))) }
        let view = try JSONView(parsing: told)
        console = try Self.origin(view["console"].text)
        control = try Self.origin(view["control"].text)
        _ = try await docket("key", "create", "you.key")
        let key = try await docket("key", "show", "you.key").trimmingCharacters(in: .newlines)
        let tokens = "reader-token: \"file:console/viewer.token\", writer-token: \"file:console/ir-team.token\""
        let consoles = scene.consoles.map { "  - { id: \($0), url: \"\(console)\", \(tokens) }" }
        try Data(
            """
            deployment: test
            \(log.settings)
            consoles:
            \(consoles.joined(separator: "\n"))
            ingest: { \(scene.ingest) }
            actions:
              dry-run: \(isDryRun)
              approvers: [ { name: you, key: "\(key)" } ]
              limits: { visibility-horizon: 2s, absence-gap: 300ms, write-deadline: 1s, grace: 500ms }

            """.utf8
        ).write(to: folder.appending(path: "docket.yaml"))
        try log.writeSecrets(in: folder)
    }

    deinit {
        for process in processes.values { process.kill() }
        simulator.kill()
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: Programs

    /// As many as wanted of each program, each under a name of its own: `ingest`, `ingest-2`.
    func start(_ name: String, environment: [String: String] = [:]) throws {
        let program = String(name.prefix { $0 != "-" })
        let identity = ["DOCKET_INSTANCE": "\(folder.lastPathComponent)-\(name)"].merging(log.environment(of: program))
        { $1 }
        processes[name] = try Self.launch(
            program, [], in: folder, log: name, environment: identity.merging(environment) { $1 })
    }

    func startAll(environment: [String: String] = [:]) throws {
        for program in Self.programs { try start(program, environment: environment) }
    }

    /// SIGTERM, as an operator would; returns how it ended.
    func stop(_ program: String) async throws -> Child.End {
        guard let process = processes.removeValue(forKey: program) else { throw Failure(description: "no \(program)") }
        process.send(SIGTERM)
        return try await Self.wait(for: "\(program) to stop") { process.ended }
    }

    /// As a machine that loses its power. It is started again at the next wait, unless for good.
    func kill(_ program: String, forGood: Bool = false) throws {
        guard let process = processes[program] else { throw Failure(description: "no \(program)") }
        process.kill()
        if forGood { processes[program] = nil }
    }

    /// How it ended, by itself.
    func end(of program: String) async throws -> Child.End {
        guard let process = processes.removeValue(forKey: program) else { throw Failure(description: "no \(program)") }
        return try await Self.wait(for: "the end of \(program)") { process.ended }
    }

    /// Starts again, without crash points, whatever was killed.
    private func restartKilled() throws {
        for (program, process) in processes {
            guard let end = process.ended else { continue }
            guard end == .signal(SIGKILL) || isSupervised && end == .exit(70) else {
                throw Failure(description: "\(program) ended by itself (\(end)):\n\(log(of: program))")
            }
            try start(program)
            killed.append(program)
        }
    }

    func log(of program: String) -> String {
        (try? String(contentsOf: folder.appending(path: "\(program).log"), encoding: .utf8)) ?? ""
    }

    // MARK: Docket, as an operator uses it

    /// As the operator, or as somebody else whom the log knows.
    @discardableResult
    func docket(as who: String = "docket", _ words: String...) async throws -> String {
        let (status, output, errors) = try await run(Self.executable("docket"), words, as: who)
        guard status == 0 else {
            throw Failure(description: "docket \(words.joined(separator: " ")): \(status) \(errors)")
        }
        return output
    }

    func run(_ program: String, _ words: [String]) async throws -> (status: Int32, output: String, errors: String) {
        try await run(Self.executable(program), words)
    }

    func run(
        _ program: URL, _ words: [String], as who: String = "docket"
    ) async throws -> (status: Int32, output: String, errors: String) {
        let name = folder.appending(path: "said-\(UUID().uuidString)").path
        let (output, errors) = (URL(filePath: name + ".out"), URL(filePath: name + ".err"))
        let process = try Child(
            program, words, in: folder, environment: log.environment(of: who), output: .file(output),
            errors: .file(errors))
        let end = try await Self.wait(for: "docket \(words.joined(separator: " "))") { process.ended }
        guard case .exit(let status) = end else { throw Failure(description: "\(program.path): \(end)") }
        return (
            status, try String(contentsOf: output, encoding: .utf8), try String(contentsOf: errors, encoding: .utf8)
        )
    }

    struct Action: Equatable {
        let id: String
        let kind: String
        let endpoint: String
        let state: String
    }

    /// None while there is no log yet.
    func actions() async throws -> [Action] {
        guard log.isMade(in: folder) else { return [] }
        return try JSONView(parsing: Bytes(await docket("actions", "--all", "--json"))).elements.map {
            Action(
                id: try $0["action"].text, kind: try $0["kind"].text, endpoint: try $0["endpoint"].text,
                state: try $0["state"].text)
        }
    }

    /// As a subscriber reads them; none while there is no log yet.
    func records(on topic: String) async throws -> [JSONView] {
        guard log.isMade(in: folder) else { return [] }
        return try await docket("read", topic, "--json").split(separator: "\n").map {
            try JSONView(parsing: Bytes(String($0)))
        }
    }

    func action(_ id: String) async throws -> Action? { try await actions().first { $0.id == id } }

    func wait(for action: String, toBe state: String) async throws {
        try await wait(for: "\(action) to be \(state)") { try await self.action(action)?.state == state ? () : nil }
    }

    /// Until the case that asked for the action has noted this state of it.
    func wait(forCaseToKnow action: String, as state: String) async throws {
        let id = String(action.prefix { $0 != "#" })
        try await wait(for: "the case to know that \(action) is \(state)") {
            try await docket("case", id, "--json").contains("action \(action): \(state)") ? () : nil
        }
    }

    /// Each threat is in one case, and each event in the history of a case and of an action is there once.
    func expectNothingTwice() async throws {
        let cases = try JSONView(parsing: Bytes(await docket("cases", "--json"))).elements.map { try $0["case"].text }
        var threats: [String] = []
        for id in cases {
            let one = try JSONView(parsing: Bytes(await docket("case", id, "--json")))
            threats += try one["threats"].elements.map { try $0.text }
            let events = try one["history"].elements.map { try $0["event"].text }
            #expect(Set(events).count == events.count, "case \(id)")
            for action in try one["actions"].elements {
                let events = try action["history"].elements.map { try $0["event"].text }
                #expect(Set(events).count == events.count, "an action of case \(id)")
            }
        }
        #expect(Set(threats).count == threats.count)
    }

    func approve(_ id: String) async throws { _ = try await docket("approve", id, "--key", "you.key", "--no-wait") }

    /// The threats of the case that asked for the action.
    func threats(of action: String) async throws -> [String] {
        let id = String(action.prefix { $0 != "#" })
        return try JSONView(parsing: Bytes(await docket("case", id, "--json")))["threats"].elements.map { try $0.text }
    }

    /// The log and the logs: everything that the programs wrote.
    func writtenFiles() throws -> [URL] {
        let log = folder.appending(path: "log")
        return try FileManager.default.contentsOfDirectory(at: log, includingPropertiesForKeys: nil)
            + Self.programs.map { folder.appending(path: "\($0).log") }
    }

    // MARK: Waiting

    /// The first value that `look` brings; what was killed meanwhile is started again.
    func wait<T>(for what: String, _ look: () async throws -> T?) async throws -> T {
        do {
            return try await Self.wait(for: what) {
                try restartKilled()
                return try await look()
            }
        } catch let failure as Failure {
            let logs = processes.keys.sorted().map { "--- \($0)\n\(log(of: $0).suffix(2_000))" }.joined(separator: "\n")
            let actions = (try? await docket("actions", "--all")) ?? ""
            throw Failure(description: "\(failure)\n\(logs)\n\(actions)")
        }
    }

    private static func wait<T>(for what: String, _ look: () async throws -> T?) async throws -> T {
        let end = Date().addingTimeInterval(patience)
        while Date() < end {
            if let found = try await look() { return found }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Failure(description: "\(what) did not come within \(patience) s")
    }

    // MARK: Processes

    private static func launch(
        _ program: String, _ arguments: [String], in folder: URL, log name: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Child {
        let log = folder.appending(path: "\(name ?? program).log")
        return try Child(
            try executable(program), arguments, in: folder, environment: environment,
            output: .file(log), errors: .file(log))
    }

    /// Programs lie beside the test bundle.
    static func executable(_ name: String) throws -> URL {
        guard let bundle = CommandLine.arguments.first(where: { $0.contains(".xctest") }) ?? CommandLine.arguments.first
        else { throw Failure(description: "the test bundle has no path") }
        return URL(filePath: bundle).deletingLastPathComponent().appending(path: name)
    }

    private static func origin(_ text: String) throws -> HTTPOrigin {
        guard let port = text.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw Failure(description: "\(text) has no port")
        }
        return HTTPOrigin(.http, host: "127.0.0.1", port: port)
    }
}

/// So many at once; the rest wait without holding a thread.
private actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func giveBack() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
