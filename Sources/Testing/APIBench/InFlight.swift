import Foundation
import HTTPClient
import HTTPServer
import Ports

/// Look-ups in flight all at once on one thread, against a server that takes 200 ms for each: how many a second, and
/// what processor time the client's thread and the whole process take.
func measureInFlight(calls count: Int) throws {
    let latency = Duration.milliseconds(200)
    let rounds = 5
    var served = HTTPServerSettings()
    served.connections = count + 50
    let page = Bytes([UInt8](repeating: 120, count: 4_000))
    let server = try HTTPServer(served) { _ in
        .answer(HTTPAnswer(status: 200, headers: [("Content-Type", "application/json")], body: page), delay: latency)
    }
    defer { server.stop() }
    var settings = HTTPClientSettings()
    settings.callsInFlight = count
    let client = try HTTPClient(settings)
    let origin = HTTPOrigin(.http, host: "127.0.0.1", port: server.port)
    // The first round makes the connections and is not counted.
    try run(client, count, origin)
    let (thread, process) = (processorTime(of: CLOCK_THREAD_CPUTIME_ID), processorTime(of: CLOCK_PROCESS_CPUTIME_ID))
    let took = try ContinuousClock().measure { for _ in 0..<rounds { try run(client, count, origin) } }
    let calls = Double(count * rounds)
    let onThread = (processorTime(of: CLOCK_THREAD_CPUTIME_ID) - thread) / calls
    let altogether = (processorTime(of: CLOCK_PROCESS_CPUTIME_ID) - process) / calls
    print(
        String(
            format: "%.0f %.0f %.0f %.0f", calls / (took / .seconds(1)), Double(count) / (latency / .seconds(1)),
            onThread * 1e6, altogether * 1e6))
}

private struct Lost: Error, CustomStringConvertible {
    let description: String
}

private func run(_ client: HTTPClient, _ count: Int, _ origin: HTTPOrigin) throws {
    for number in 0..<count {
        client.start(HTTPRequest(.get, origin, path: "/web/api/v2.1/agents"), as: CallID("\(number)"))
    }
    while client.unfinished > 0 {
        for (call, result) in client.finished(waiting: .seconds(1)) {
            if case .failure(let failure) = result { throw Lost(description: "\(call): \(failure)") }
        }
    }
}

func processorTime(of clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
