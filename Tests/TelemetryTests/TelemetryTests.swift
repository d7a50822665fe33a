import Foundation
import Ports
import Synchronization
import Telemetry
import Testing

/// Keeps the lines that a telemetry writes.
private final class Lines: Sendable {
    private let kept = Mutex<[String]>([])
    var all: [String] { kept.withLock { $0 } }
    var last: String { all.last ?? "" }

    func telemetry(_ level: Signal.Level = .debug, _ style: Telemetry.Style = .json) -> Telemetry {
        Telemetry(level: level, style: style, now: { Timestamp(microseconds: 1_795_256_131_804_411) }) { line in
            self.kept.withLock { $0.append(line) }
        }
    }
}

private struct Refused: Failure {
    var remedy: Remedy { .stop }
    var code: String { "test.refused" }
    var detail: String { "a \"quoted\" detail" }
}

private let styles: [Telemetry.Style] = [.json, .readable, .coloured]

@Suite("Telemetry") struct TelemetryTests {
    @Test("a signal is one JSON object on one line, context first")
    func json() throws {
        let lines = Lines()
        let signals = lines.telemetry().signals.adding([.service: "enrich", .stage: "investigate"])
        signals.info("turn.committed", [.count: 3, .durationMilliseconds: .milliseconds(.milliseconds(12))])
        #expect(
            lines.all == [
                "{\"at\":\"2026-11-21T10:15:31.804411Z\",\"level\":\"info\",\"event\":\"turn.committed\","
                    + "\"service\":\"enrich\",\"stage\":\"investigate\",\"count\":3,\"duration_ms\":12}\n"
            ])
        #expect(try JSONSerialization.jsonObject(with: Data(lines.last.utf8)) is [String: Any])
    }

    @Test("on a terminal a line is aligned, and coloured only where colours are welcome")
    func readable() {
        let plain = Lines()
        plain.telemetry(.debug, .readable).signals.warning(
            "turn.aborted", [.stage: "enrich", .errorDetail: "two words"])
        #expect(
            plain.all == ["10:15:31.804 warning turn.aborted             stage=enrich error.detail=\"two words\"\n"])
        let coloured = Lines()
        coloured.telemetry(.debug, .coloured).signals.warning("turn.aborted")
        #expect(coloured.last.contains("\u{1b}[33mwarning\u{1b}[0m"))
        #expect(Telemetry.style(environment: [:]) == .json || isatty(STDERR_FILENO) == 1)
    }

    @Test("a failure carries its code, remedy and detail, as loud as its remedy")
    func failures() throws {
        let lines = Lines()
        lines.telemetry().signals.failure("loop.failed", Refused(), [.loop: "plan"])
        #expect(lines.last.contains("\"level\":\"error\""))
        #expect(lines.last.contains("\"error.code\":\"test.refused\",\"error.remedy\":\"stop\""))
        #expect(lines.last.contains("\"error.detail\":\"a \\\"quoted\\\" detail\""))
        #expect(try JSONSerialization.jsonObject(with: Data(lines.last.utf8)) is [String: Any])
    }

    @Test("a secret never appears, in whichever field, style or wrapping it comes", arguments: styles)
    func canary(style: Telemetry.Style) {
        let canary = "canary-7f3a"
        let secret = Secret(canary)
        let lines = Lines()
        let telemetry = lines.telemetry(.debug, style)
        for field in LogField.allCases {
            let values: [LogValue] = [
                .secret(secret), .name(secret), "\(secret)", "\(Optional(secret) as Any)",
                .text(String(reflecting: secret)),
                .text("\([secret])"), .text(String(describing: ["token": secret])),
                .text(String(describing: HTTPOriginWithSecret(secret: secret))),
            ]
            for value in values { telemetry.signals.adding([field: value]).error("secret.told", [field: value]) }
        }
        var dumped = ""
        dump(HTTPOriginWithSecret(secret: secret), to: &dumped)
        #expect(lines.all.count == LogField.allCases.count * 8)
        #expect(!(lines.all.joined() + dumped).contains(canary))
        #expect(lines.all.allSatisfy { $0.contains("•••") })
    }

    private struct HTTPOriginWithSecret {
        let secret: Secret
    }

    @Test("foreign text cannot end a line, move the cursor, or turn the text around", arguments: styles)
    func foreign(style: Telemetry.Style) {
        let lines = Lines()
        let evil: [Unicode.Scalar] = [
            "\n", "\r", "\t", "\u{0}", "\u{1b}", "\u{7f}", "\u{85}", "\u{9b}", "\u{200b}", "\u{200e}", "\u{200f}",
            "\u{2028}", "\u{2029}", "\u{202a}", "\u{202b}", "\u{202d}", "\u{202e}", "\u{2066}", "\u{2069}", "\u{61c}",
            "\u{feff}", "\u{e0041}",
        ]
        let text = evil.reduce("a") { $0 + String($1) + "{\"level\":\"error\"}" }
        lines.telemetry(.debug, style).signals.info("record.read", [.errorDetail: .text(text)])
        #expect(lines.last.hasSuffix("\n"))
        // The writer's own colours aside.
        let shown = ["\u{1b}[2m", "\u{1b}[36m", "\u{1b}[0m"].reduce(String(lines.last.dropLast())) { line, colour in
            line.replacing(colour, with: "")
        }
        #expect(!shown.unicodeScalars.contains { evil.contains($0) })
        #expect(shown.contains("\\u{202e}"))
    }

    @Test("a line is never longer than a pipe takes at once, and says what it left out", arguments: styles)
    func bounded(style: Telemetry.Style) throws {
        let lines = Lines()
        let signals = lines.telemetry(.debug, style).signals
        for filler in ["x", "\u{1}", "\"", "🂡", "\u{202e}"] {
            let long = LogValue.text(String(repeating: filler, count: 100_000))
            signals.info(
                "record.read",
                [.topic: long, .stage: long, .case: long, .action: long, .trace: long, .outcome: long, .count: 7])
            #expect(lines.last.utf8.count <= 4_096)
            #expect(lines.last.contains("fields_left_out"))
            #expect(lines.last.contains(style == .json ? "\"count\":7" : "7"))
            if style == .json {
                #expect(try JSONSerialization.jsonObject(with: Data(lines.last.utf8)) is [String: Any])
            }
        }
    }

    @Test("events below the level are counted and not written")
    func level() {
        let lines = Lines()
        let telemetry = lines.telemetry(.warning)
        for _ in 0..<3 { telemetry.signals.debug("turn.committed") }
        telemetry.signals.error("turn.committed")
        telemetry.signals.warning("record.set_aside")
        #expect(lines.all.count == 2)
        #expect(telemetry.told.map(\.event) == ["record.set_aside", "turn.committed", "turn.committed"])
        #expect(telemetry.told.map(\.level) == [.warning, .debug, .error])
        #expect(telemetry.told.map(\.count) == [1, 3, 1])
    }

    @Test("lines of several threads arrive whole, and every one is counted", .timeLimit(.minutes(1)))
    func threads() async {
        let lines = Lines()
        let telemetry = lines.telemetry()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<200 { telemetry.signals.info("turn.committed", [.partition: .number(task)]) }
                }
            }
        }
        #expect(lines.all.count == 1_600)
        #expect(telemetry.told.map(\.count) == [1_600])
    }
}
