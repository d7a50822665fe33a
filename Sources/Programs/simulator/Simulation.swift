import Foundation
import HTTPServer
import Ports
import SimulatedConsole
import Synchronization

/// The simulated console behind two loopback ports: its API, and the control side.
final class Simulation {
    /// One line of JSON, the same that endpoint.json holds.
    let endpoint: String
    private let api: HTTPServer
    private let control: HTTPServer

    init(_ arguments: Arguments) throws {
        let state = ConsoleState(SimulatedConsole(arguments.settings(start: .now)))
        api = try HTTPServer(arguments.server(port: arguments.port)) { state.serve($0) }
        control = try HTTPServer(arguments.server(port: arguments.controlPort)) { state.serveControl($0) }
        endpoint =
            #"{"console":"http://127.0.0.1:\#(api.port)","control":"http://127.0.0.1:\#(control.port)"}"#
        let folder = URL(filePath: arguments.directory ?? ".", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (viewer, responder) = state.tokens
        try write(viewer.reveal(), to: folder.appending(path: "viewer.token"), mode: 0o600)
        try write(responder.reveal(), to: folder.appending(path: "ir-team.token"), mode: 0o600)
        // Last: whoever sees it finds the rest.
        try write(endpoint, to: folder.appending(path: "endpoint.json"), mode: 0o644)
    }

    func stop() {
        api.stop()
        control.stop()
    }
}

/// The console's state, shared by the servers' threads.
private final class ConsoleState: Sendable {
    private let console: Mutex<SimulatedConsole>

    init(_ console: consuming sending SimulatedConsole) { self.console = Mutex(console) }

    var tokens: (viewer: Secret, responder: Secret) { console.withLock { ($0.viewerToken, $0.responderToken) } }

    func serve(_ request: ServedRequest) -> ServedReply {
        if request.path == "/" { return .answer(Page.welcome) }
        let reply = console.withLock { $0.answer(request, at: .now) }
        return switch reply.outcome {
        case .answer(let answer): .answer(answer, delay: reply.delay)
        // What a broken network makes of an answer, as far as this server can.
        case .lost, .cut, .misstated, .raw: .drop
        case .drip(let answer, _, let pause): .answer(answer, delay: pause)
        }
    }

    func serveControl(_ request: ServedRequest) -> ServedReply {
        .answer(console.withLock { $0.controlAnswer(request, at: .now) })
    }
}

private enum Page {
    static let welcome = HTTPAnswer(
        status: 200, headers: [("Content-Type", "text/plain; charset=utf-8")],
        body: """
            This is a simulated SentinelOne console. Nothing here is real: no endpoint, no threat, no person.

            The API is under /web/api/v2.1: threats, agents, activities, user, rbac/role/{id},
            users/viewer-auth-check, system/status, agents/actions/disconnect and agents/actions/connect.
            Send "Authorization: ApiToken …" with the token from viewer.token (reads only) or ir-team.token.
            What it does not imitate it refuses by name with 501; `simulator --help` tells the rest.

            """)
}

extension Arguments {
    fileprivate func settings(start: Timestamp) -> SimulatedConsoleSettings {
        var settings = SimulatedConsoleSettings(start: start)
        settings.seed = seed
        settings.agents = agents
        settings.threatInterval = threatInterval
        settings.maximumThreats = maximumThreats
        settings.effectDelay = effectDelay
        return settings
    }

    fileprivate func server(port: UInt16) -> HTTPServerSettings {
        var settings = HTTPServerSettings()
        settings.port = port
        return settings
    }
}

extension Timestamp {
    fileprivate static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}

/// Whole or not at all, and never readable by others for a moment: made beside its place with its mode, then moved.
private func write(_ text: String, to file: URL, mode: mode_t) throws {
    let beside = file.path + ".\(getpid())"
    unlink(beside)
    let number = open(beside, O_WRONLY | O_CREAT | O_EXCL, mode)
    guard number >= 0 else { throw FileProblem(path: beside, reason: String(cString: strerror(errno))) }
    let handle = FileHandle(fileDescriptor: number, closeOnDealloc: true)
    try handle.write(contentsOf: Data((text + "\n").utf8))
    try handle.close()
    guard rename(beside, file.path) == 0 else {
        throw FileProblem(path: file.path, reason: String(cString: strerror(errno)))
    }
}

private struct FileProblem: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path): \(reason)" }
}
