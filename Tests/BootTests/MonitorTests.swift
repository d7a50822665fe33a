import Children
import Foundation
import Testing

/// A probe that listens, asked by an HTTP client that is not ours.
private final class Served {
    struct Answer {
        let status: Int
        let head: String
        let body: String
    }

    let probe: ProbeRun
    let address: String

    init(_ settings: String) throws {
        probe = try ProbeRun(settings)
        probe.wait(for: "monitor.listening")
        address = try #require(probe.text.firstMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+/)).output.description
    }

    func ask(_ page: String, _ arguments: [String] = []) throws -> Answer {
        let file = probe.folder.appending(path: UUID().uuidString)
        let curl = try Child(
            URL(filePath: "/usr/bin/curl"),
            ["--silent", "--max-time", "10", "--include", address + page] + arguments,
            output: .file(file), errors: .nothing)
        try #require(curl.wait() == .exit(0), "\(page): \(probe.text)")
        let text = try String(contentsOf: file, encoding: .utf8)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return Answer(status: status, head: String(parts[0]), body: parts.count > 1 ? String(parts[1]) : "")
    }

    /// Until the page says so.
    func wait(_ page: String, for words: String, status: Int) throws -> Answer {
        let deadline = ContinuousClock.now + .seconds(60)
        var answer = try ask(page)
        while !(answer.status == status && answer.body.contains(words)), ContinuousClock.now < deadline {
            usleep(20_000)
            answer = try ask(page)
        }
        return answer
    }
}

@Suite("Monitor", .serialized, .timeLimit(.minutes(2))) struct MonitorTests {
    private static func settings(_ mode: String, _ rest: String = "stalled-after: 30s") -> String {
        "mode: \(mode)\nmonitor: { probe: \"127.0.0.1:0\", \(rest) }\n"
    }

    @Test("a program at work is well and ready, and its numbers grow")
    func pages() throws {
        let served = try Served(Self.settings("step"))
        let ready = try served.wait("/readyz", for: "bystander: standing by", status: 200)
        #expect(ready.status == 200 && ready.body.contains("probe-loop: standing by"), "\(ready.body)")
        let health = try served.ask("/healthz")
        #expect(health.status == 200 && health.body.hasPrefix("ok\nbystander: stepped"), "\(health.body)")
        let metrics = try served.wait("/metrics", for: "docket_loop_turns_total{loop=\"probe-loop\"}", status: 200)
        #expect(metrics.head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"))
        #expect(metrics.body.contains("docket_build_info{service=\"probe\",version=\"0."))
        #expect(metrics.body.contains("docket_events_total{event=\"program.started\",level=\"info\"} 1\n"))
        #expect(metrics.body.contains("docket_process_resident_memory_bytes "))
        let asked = try served.ask("/metrics", ["--header", "Accept: application/openmetrics-text"])
        #expect(asked.head.contains("application/openmetrics-text; version=1.0.0; charset=utf-8"))
        #expect(asked.body.hasSuffix("# EOF\n"))
        let start = try served.ask("/")
        for page in ["/metrics", "/healthz", "/readyz"] { #expect(start.body.contains("href=\"\(page)\"")) }
        served.probe.send(SIGTERM)
        #expect(served.probe.end() == 0, "\(served.probe.text)")
    }

    @Test("only reading is allowed, and only what there is")
    func methods() throws {
        let served = try Served(Self.settings("step"))
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            let answer = try served.ask("/metrics", ["--request", method])
            #expect(answer.status == 405 && answer.head.contains("Allow: GET, HEAD"), "\(method)")
        }
        let head = try served.ask("/metrics", ["--head"])
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(try served.ask("/secrets").status == 404)
    }

    @Test("a loop that hangs turns the health to 503 and is named, and the others are not blamed")
    func stalled() throws {
        let served = try Served(Self.settings("stall", "stalled-after: 1s"))
        let health = try served.wait("/healthz", for: "probe-loop: has not stepped", status: 503)
        #expect(health.status == 503 && health.body.hasPrefix("stalled\n"), "\(health.body)")
        #expect(health.body.contains("bystander: stepped"), "\(health.body)")
    }

    @Test("a loop whose log does not answer is well and not ready, and says why")
    func away() throws {
        let served = try Served(Self.settings("hesitate"))
        let ready = try served.wait("/readyz", for: "probe-loop: the last step must be tried again", status: 503)
        #expect(ready.status == 503 && ready.body.contains("probe.away: asked for by the test"), "\(ready.body)")
        #expect(try served.ask("/healthz").status == 200)
    }

    @Test("a loop that never stepped is starting, and not ready")
    func starting() throws {
        let served = try Served(Self.settings("wait"))
        let ready = try served.ask("/readyz")
        #expect(ready.status == 503 && ready.body.contains("probe-loop: starting"), "\(ready.body)")
    }

    @Test("a port in use ends a program that was told to use it, and no other")
    func inUse() throws {
        let served = try Served(Self.settings("step"))
        let port = try #require(served.address.split(separator: ":").last)
        let named = try ProbeRun("mode: step\nmonitor: { probe: \"127.0.0.1:\(port)\" }\n")
        #expect(named.end() == 70, "\(named.text)")
        #expect(named.text.contains("choose another port or stop what uses it"), "\(named.text)")
        // The port of a program whose settings name none may be anybody's: whoever has it, ours goes on.
        let others = try (0..<2).map { _ in try ProbeRun("mode: step\nmonitor: {}\n") }
        for other in others { other.wait(for: "monitor.listening") }
        #expect(others.contains { $0.text.contains("monitor.moved") })
        #expect(others.allSatisfy { $0.text.contains("monitor.listening") })
        served.probe.send(SIGTERM)
        #expect(served.probe.end() == 0)
    }

    @Test("a program that is told to show nothing listens nowhere")
    func off() throws {
        let probe = try ProbeRun("mode: step\nmonitor: { probe: off }\n")
        probe.wait(for: "probe.ready")
        probe.send(SIGTERM)
        #expect(probe.end() == 0)
        #expect(!probe.text.contains("monitor."))
    }

    @Test(
        "on a terminal one line below the others tells how it goes; a dumb one gets lines alone, and nobody else codes",
        arguments: ["xterm", "dumb", nil])
    func terminal(kind: String?) throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        defer { close(terminal) }
        // TIOCSPTLCK and TIOCGPTN, which Swift's Glibc does not have: its lock off, its number told.
        var (lock, number) = (Int32(0), UInt32(0))
        try #require(ioctl(terminal, 0x4004_5431, &lock) == 0 && ioctl(terminal, 0x8004_5430, &number) == 0)
        let run = try ProbeRun(
            "mode: step\n", environment: kind.map { ["TERM": $0] } ?? [:],
            errors: .file(URL(filePath: "/dev/pts/\(number)")))
        var text = ""
        var isAsked = false
        while !text.contains("program.ended") {
            // The lines that follow must find a live line to stand above.
            if !isAsked, text.contains(kind == "xterm" ? " records" : "probe.ready") {
                isAsked = true
                run.send(SIGTERM)
            }
            var room = [UInt8](repeating: 0, count: 4_096)
            let count = read(terminal, &room, room.count)
            guard count > 0, text.utf8.count < 1 << 20 else { break }
            text += String(decoding: room[..<count], as: UTF8.self)
        }
        #expect(text.contains("loop.summed_up"), "\(text)")
        #expect(text.contains("\r\u{1b}[Kprobe  ") == (kind == "xterm"), "\(text)")
        #expect(text.contains("\u{1b}[") == (kind != "dumb"), "\(text)")
        #expect(run.end() == 0)
    }
}
