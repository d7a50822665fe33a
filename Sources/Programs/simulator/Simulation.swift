import Foundation
import HTTPServer
import Ports
import SimulatedConsole
import Synchronization

/// The simulated console behind two loopback ports: its API, and the control side.
final class Simulation {
    /// One line of JSON, the same that endpoint.json holds.
    let endpoint: String
    /// One line about how it goes.
    let statusLine: @Sendable () -> String
    private let api: HTTPServer
    private let control: HTTPServer

    init(_ arguments: Arguments) throws(Complaint) {
        let folder = TokenFolder(URL(filePath: arguments.directory ?? ".", directoryHint: .isDirectory))
        let state = ConsoleState(
            SimulatedConsole(arguments.console), SimulatedClock(arguments), folder)
        statusLine = { state.statusLine }
        do throws(HTTPServerFailure) {
            var settings = try Self.server(port: arguments.port)
            if let files = arguments.certificate {
                settings.certificate = try ServerCertificate(chainFile: files.chain, keyFile: files.key)
            }
            api = try HTTPServer(settings) { state.serve($0) }
            control = try HTTPServer(Self.server(port: arguments.controlPort)) { state.serveControl($0) }
        } catch {
            throw error.code == "server.bad_certificate" ? .unfit([error.detail]) : .failed(error.detail)
        }
        let scheme = arguments.certificate == nil ? "http" : "https"
        let origin = "\(scheme)://127.0.0.1:\(api.port)"
        endpoint = #"{"console":"\#(origin)","control":"http://127.0.0.1:\#(control.port)"}"#
        state.origin.withLock { $0 = origin }
        do {
            try folder.make()
            try state.writeTokens()
            // Last: whoever sees it finds the rest.
            try folder.write(endpoint, to: "endpoint.json", mode: 0o644)
        } catch {
            throw .failed("\(error)")
        }
    }

    private static func server(port: Int) throws(HTTPServerFailure) -> HTTPServerSettings {
        var settings = HTTPServerSettings()
        settings.port = UInt16(clamping: port)
        return settings
    }

    func stop() {
        api.stop()
        control.stop()
    }
}

/// The console's state, shared by the servers' threads.
private final class ConsoleState: Sendable {
    private let console: Mutex<SimulatedConsole>
    private let clock: SimulatedClock
    private let folder: TokenFolder
    private let written = Mutex<[String: Secret]>([:])
    let origin = Mutex("")

    init(_ console: consuming sending SimulatedConsole, _ clock: SimulatedClock, _ folder: TokenFolder) {
        self.console = Mutex(console)
        self.clock = clock
        self.folder = folder
    }

    var statusLine: String { console.withLock { $0.statusLine(at: clock.now) } }

    func serve(_ request: ServedRequest) -> ServedReply {
        if request.path == "/" {
            let origin = origin.withLock { $0 }
            let page = console.withLock {
                $0.statusPage(origin: origin, directory: folder.url.relativePath, at: clock.now)
            }
            return .answer(page)
        }
        let reply = console.withLock { $0.answer(request, at: clock.now) }
        let outcome: ServedReply.Outcome =
            switch reply.outcome {
            case .answer(let answer): .answer(answer)
            case .lost: .drop
            case .cut(let answer, let count): .cut(answer, after: count)
            case .drip(let answer, let bytes, let pause): .drip(answer, bytes: bytes, every: pause)
            case .misstated(let answer, let length): .misstated(answer, length: length)
            case .raw(let bytes): .raw(bytes)
            }
        return ServedReply(outcome, delay: reply.delay)
    }

    func serveControl(_ request: ServedRequest) -> ServedReply {
        let answer = console.withLock { $0.controlAnswer(request, at: clock.now) }
        do {
            // Before the answer: who rotated a token finds the new one in its file.
            try writeTokens()
            return .answer(answer)
        } catch {
            let body = Bytes("a token could not be written: \(error)\n")
            return .answer(HTTPAnswer(status: 500, headers: [("Content-Type", "text/plain")], body: body))
        }
    }

    /// Those that are new since the last time.
    func writeTokens() throws {
        let tokens = console.withLock { $0.tokens }
        try written.withLock { written in
            for (name, token) in tokens where written[name] != token {
                try folder.write(token.reveal(), to: "\(name).token", mode: 0o600)
                written[name] = token
            }
        }
    }
}

/// What time it is in the simulation: the wall clock's, or so many times as fast since its start.
private struct SimulatedClock: Sendable {
    private let start: Timestamp
    private let scale: Double?
    private let began = ContinuousClock.now

    init(_ arguments: Arguments) {
        start = arguments.console.start
        scale = arguments.timeScale
    }

    var now: Timestamp {
        guard let scale else { return .wallClock }
        let passed = Double((ContinuousClock.now - began).wholeMicroseconds) * scale
        return start + .microseconds(Int64(min(passed, 1e18)))
    }
}

extension Timestamp {
    static var wallClock: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
