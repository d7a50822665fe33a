import Foundation
import HTTPClient
import HTTPServer
import Ports

/// Pages of 3 MB, as a thousand threats make them, one after the other over one kept connection.
func measurePages(count: Int) throws {
    let page = Bytes([UInt8](repeating: 120, count: 3_000_000))
    let server = try HTTPServer { _ in .answer(HTTPAnswer(status: 200, body: page)) }
    defer { server.stop() }
    let client = HTTPClient()
    let request = HTTPRequest(
        .get, HTTPOrigin(.http, host: "127.0.0.1", port: server.port), path: "/web/api/v2.1/threats")
    let process = processorTime(of: CLOCK_PROCESS_CPUTIME_ID)
    let took = try ContinuousClock().measure {
        for number in 0..<count {
            client.start(request, as: CallID("\(number)"))
            while client.unfinished > 0 {
                for (_, result) in client.finished(waiting: .seconds(1)) { _ = try result.get() }
            }
        }
    }
    let each = (processorTime(of: CLOCK_PROCESS_CPUTIME_ID) - process) / Double(count)
    print(
        String(
            format: "%.0f %.2f %d", Double(count) / (took / .seconds(1)), each * 1e3, server.connectionsAccepted))
}
