import HTTPClient
import HTTPServer
import Ports
import Synchronization
import Testing

@Suite("A call from our client to our server")
struct CallTests {
    @Test(
        "brings status, headers and body as they were sent", .timeLimit(.minutes(1)), arguments: [200, 404, 429, 500])
    func roundTrip(status: Int) throws {
        let server = try HTTPServer { _ in
            .answer(HTTPAnswer(status: status, headers: [("X-RQID", "r-1"), ("Retry-After", "7")], body: "hëllo"))
        }
        defer { server.stop() }
        let answer = try HTTPClient().result(of: HTTPRequest(.get, server.origin, path: "/x")).get()
        #expect(answer.status == status)
        #expect(answer.header("x-rqid") == "r-1")
        #expect(answer.header("Retry-After") == "7")
        #expect(answer.body == "hëllo")
    }

    @Test("carries any query text unharmed", .timeLimit(.minutes(1)))
    func query() throws {
        let received = Received()
        let server = try HTTPServer {
            received.note($0)
            return .answer(.text("ok"))
        }
        defer { server.stop() }
        let query = [
            (name: "updatedAt__gte", value: "2026-11-20T10:15:31.804411Z"), (name: "q", value: "a&b=c d+e%41/é?#\"\n"),
            (name: "empty", value: ""), (name: "ids", value: "1,2,3"),
        ]
        let request = HTTPRequest(.get, server.origin, path: "/web/api/v2.1/threats", query: query)
        #expect(HTTPClient().result(of: request).answer?.status == 200)
        let seen = try #require(received.all.first)
        #expect(seen.path == "/web/api/v2.1/threats")
        #expect(seen.query.map(\.name) == query.map(\.name))
        #expect(seen.query.map(\.value) == query.map(\.value))
    }

    @Test(
        "carries method, body, headers and authorization", .timeLimit(.minutes(1)),
        arguments: [
            HTTPMethod.post, .put, .delete,
        ])
    func write(method: HTTPMethod) throws {
        let received = Received()
        let server = try HTTPServer {
            received.note($0)
            return .answer(.text("ok"))
        }
        defer { server.stop() }
        let body = Bytes([UInt8](repeating: 120, count: 2 << 20))
        let request = HTTPRequest(
            method, server.origin, path: "/a", headers: [("Content-Type", "application/json")],
            authorization: Secret("ApiToken abc"), body: body)
        #expect(HTTPClient().result(of: request).answer?.status == 200)
        let seen = try #require(received.all.first)
        #expect(seen.method == method.rawValue)
        #expect(seen.header("authorization") == "ApiToken abc")
        #expect(seen.header("content-type") == "application/json")
        #expect(seen.header("expect") == nil)
        #expect(seen.body == body)
    }

    @Test("runs beside many others, never more than allowed, and each gets its own answer", .timeLimit(.minutes(1)))
    func sideBySide() throws {
        let busy = Mutex((now: 0, most: 0))
        let server = try HTTPServer { request in
            busy.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            defer { busy.withLock { $0.now -= 1 } }
            var slow = 0
            for step in 0..<20_000 { slow &+= step }
            return .answer(.text(request.path + (slow == 1 ? "!" : "")))
        }
        defer { server.stop() }
        var settings = HTTPClientSettings()
        settings.callsInFlight = 16
        let client = try HTTPClient(settings)
        for number in 0..<400 {
            let method: HTTPMethod = number.isMultiple(of: 4) ? .post : .get
            client.start(HTTPRequest(method, server.origin, path: "/\(number)"), as: CallID("/\(number)"))
        }
        var bodies: [String: String?] = [:]
        while client.unfinished > 0 {
            for (call, result) in client.finished(waiting: .seconds(5)) {
                bodies[call.rawValue] = result.answer?.body.text
            }
        }
        #expect(bodies.count == 400)
        #expect(bodies.allSatisfy { $0.key == $0.value })
        #expect(busy.withLock { $0.most } <= 16)
    }

    @Test("reads on when the server closed a kept connection", .timeLimit(.minutes(1)))
    func closedConnection() throws {
        let server = try CannedServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        defer { server.stop() }
        let client = HTTPClient()
        for _ in 0..<3 {
            #expect(client.result(of: HTTPRequest(.get, origin(server.port), path: "/")).answer?.body == "ok")
        }
    }

    @Test("waits no longer than asked, and not at all with nothing in flight", .timeLimit(.minutes(1)))
    func waiting() throws {
        let silent = try CannedServer(nil)
        defer { silent.stop() }
        let client = HTTPClient()
        #expect(client.finished(waiting: .seconds(30)).isEmpty)
        client.start(HTTPRequest(.get, origin(silent.port), path: "/"), as: CallID("a"))
        let took = ContinuousClock().measure { #expect(client.finished(waiting: .milliseconds(50)).isEmpty) }
        #expect(took >= .milliseconds(45) && took < .seconds(5))
        #expect(client.unfinished == 1)
    }
}
