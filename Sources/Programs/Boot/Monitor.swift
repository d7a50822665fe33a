import Ports
import Telemetry

/// What a program shows of itself: `/metrics`, `/healthz`, `/readyz`, and a page that links them. Only to read, and
/// without a secret; the names of consoles are in it.
struct Monitor: Sendable {
    let service: String
    let instance: String
    let vitals: Vitals
    let stalledAfter: Duration
    /// Every series as it stands.
    let samples: @Sendable () -> [Sample]
    let partitions: @Sendable (_ loop: String) -> Double?

    func answer(_ request: ServedRequest) -> HTTPAnswer {
        guard ["GET", "HEAD"].contains(request.method) else {
            return page(405, "only GET and HEAD\n", [("Allow", "GET, HEAD")])
        }
        switch request.path {
        case "/": return page(200, start, type: "text/html; charset=utf-8")
        case "/metrics":
            let exposition = Exposition(accepting: request.header("accept"))
            return page(200, exposition.text(samples()), type: exposition.contentType)
        case "/healthz": return health(at: .now)
        case "/readyz": return readiness
        default: return page(404, "there are /metrics, /healthz and /readyz\n")
        }
    }

    /// Whether every loop goes on. One that does not is for a supervisor to restart.
    private func health(at now: ContinuousClock.Instant) -> HTTPAnswer {
        var lines = ""
        var isWell = true
        for (name, loop) in vitals.all {
            let passed = now - loop.lastStep
            let seconds = Double(passed.wholeMilliseconds / 100) / 10
            if passed >= stalledAfter {
                isWell = false
                lines += "\(name): has not stepped for \(seconds) s; the limit is \(stalledAfter.asWritten)\n"
            } else {
                lines += loop.hasStepped ? "\(name): stepped \(seconds) s ago\n" : "\(name): starting\n"
            }
        }
        return page(isWell ? 200 : 503, (isWell ? "ok\n" : "stalled\n") + lines)
    }

    /// Whether every loop works, or would if it had something to work on.
    private var readiness: HTTPAnswer {
        var lines = ""
        var isReady = true
        for (name, loop) in vitals.all {
            if let trouble = loop.trouble {
                isReady = false
                lines += "\(name): the last step must be tried again: \(trouble.printable(atMost: 512))\n"
            } else if !loop.hasStepped {
                isReady = false
                lines += "\(name): starting\n"
            } else {
                let count = Int(partitions(name) ?? 0)
                lines += count == 0 ? "\(name): standing by\n" : "\(name): working on \(count) partitions\n"
            }
        }
        return page(isReady ? 200 : 503, (isReady ? "ready\n" : "not ready\n") + lines)
    }

    private func page(
        _ status: Int, _ text: String, _ headers: [(name: String, value: String)] = [],
        type: String = "text/plain; charset=utf-8"
    ) -> HTTPAnswer {
        HTTPAnswer(
            status: status,
            headers: [
                (name: "Content-Type", value: type), (name: "Cache-Control", value: "no-store"),
                (name: "X-Content-Type-Options", value: "nosniff"),
            ] + headers, body: Bytes(text))
    }

    private var start: String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>\(service)</title>
        <h1>Docket \(service) \(Boot.version)</h1>
        <p>\(escaped(instance))</p>
        <ul>
        <li><a href="/metrics">/metrics</a>: numbers, for Prometheus and whatever reads OpenMetrics</li>
        <li><a href="/healthz">/healthz</a>: whether every loop goes on</li>
        <li><a href="/readyz">/readyz</a>: whether every loop has what it needs</li>
        </ul>

        """
    }

    private func escaped(_ text: String) -> String {
        text.printable().replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
