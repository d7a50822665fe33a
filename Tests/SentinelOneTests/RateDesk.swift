import PipelineTesting
import Ports
import SentinelOne
import Synchronization
import Testing

/// Paced calls over scripted ones on a scripted clock: waiting moves it.
final class PacedDesk {
    let clock = ScriptedClock()
    let inner: ScriptedCalls
    let paced: PacedCalls
    let told = Told()

    final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func note(_ signal: Signal) {
            lines.withLock {
                $0.append("\(signal.event) \(signal.fields.map { "\($0.field)=\($0.value)" }.joined(separator: " "))")
            }
        }
    }

    init(
        shares: [HTTPOrigin: RateShare] = [:], limits: PacedCalls.Limits = .init(), seed: UInt64 = 1,
        serve: @escaping (HTTPRequest, CallID) -> ScriptedCalls.Reply = { _, _ in .ok("{}") }
    ) {
        let start = clock.now
        inner = ScriptedCalls(clock: clock, serve: serve)
        paced = PacedCalls(
            inner, shares: shares, limits: limits, clock: { [clock] in clock.now - start },
            pause: { [clock] in clock.advance(by: $0) }, generator: SplitMix64(seed: seed),
            signals: Signals { [told] in told.note($0) })
    }

    /// Until so many ended or so long has passed.
    func collect(_ count: Int, within limit: Duration = .seconds(600)) -> [CallID: HTTPResult] {
        var results: [CallID: HTTPResult] = [:]
        let end = clock.now + limit
        while results.count < count, clock.now < end {
            let ended = paced.finished(waiting: .milliseconds(50))
            for (call, result) in ended {
                #expect(results.updateValue(result, forKey: call) == nil, "\(call) ended twice")
            }
            if ended.isEmpty { clock.advance(by: .milliseconds(1)) }
        }
        return results
    }

    func get(_ path: String, as name: String, deadline: Duration = .seconds(60)) {
        paced.start(pacedRequest(.get, path, deadline: deadline), as: CallID(name))
    }
}

let pacedOrigin = HTTPOrigin(.https, host: "console.example", port: 443)

func pacedRequest(
    _ method: HTTPMethod, _ path: String, token: String = "canary-token", deadline: Duration = .seconds(60)
) -> HTTPRequest {
    HTTPRequest(
        method, pacedOrigin, path: "/web/api/v2.1" + path, authorization: Secret("ApiToken \(token)"),
        body: method == .get ? nil : "{}", deadline: deadline)
}

func consoleAnswer(_ status: Int, _ headers: [(String, String)] = []) -> ScriptedCalls.Reply {
    .result(.success(HTTPAnswer(status: status, headers: headers.map { (name: $0.0, value: $0.1) }, body: "x")))
}

extension HTTPResult {
    var status: Int? { if case .success(let answer) = self { answer.status } else { nil } }
    var failure: HTTPFailure? { if case .failure(let failure) = self { failure } else { nil } }
}
