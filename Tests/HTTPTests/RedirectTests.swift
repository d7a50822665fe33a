import HTTPClient
import HTTPServer
import Ports
import Testing

@Suite("A redirect", .timeLimit(.minutes(1)))
struct RedirectTests {
    @Test(
        "is an answer: it is never followed, and the token goes nowhere else",
        arguments: [301, 302, 303, 307, 308], [HTTPMethod.get, .post])
    func elsewhere(status: Int, method: HTTPMethod) throws {
        let elsewhere = Received()
        let other = try HTTPServer {
            elsewhere.note($0)
            return .answer(.text("give me the token"))
        }
        defer { other.stop() }
        let authority = "127.0.0.1:\(other.port)"
        let target = "http://\(authority)/stolen"
        let received = Received()
        let server = try HTTPServer {
            received.note($0)
            let headers = [
                ("Location", target), ("Refresh", "0; url=\(target)"), ("Alt-Svc", "h2=\"\(authority)\""),
                ("Content-Location", target),
            ]
            return .answer(HTTPAnswer(status: status, headers: headers, body: .empty))
        }
        defer { server.stop() }
        let client = HTTPClient()
        for _ in 0..<3 {
            let request = HTTPRequest(
                method, server.origin, path: "/here", authorization: Secret("ApiToken canary"),
                body: method == .get ? nil : "{}")
            let answer = try client.result(of: request).get()
            #expect(answer.status == status)
            #expect(answer.header("location") == target)
        }
        #expect(received.all.count == 3)
        #expect(elsewhere.all.isEmpty)
    }
}
