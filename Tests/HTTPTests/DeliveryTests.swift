import Foundation
import HTTPClient
import HTTPServer
import Ports
import Testing

@Suite("What a failed call says about its delivery")
struct DeliveryTests {
    private func post(_ to: HTTPOrigin, deadline: Duration = .seconds(10)) -> HTTPRequest {
        HTTPRequest(.post, to, path: "/act", body: "{}", deadline: deadline)
    }

    @Test("a refused connection, an unknown host and a failed handshake were not sent", .timeLimit(.minutes(1)))
    func notSent() throws {
        let plain = try HTTPServer { _ in .answer(.text("ok")) }
        defer { plain.stop() }
        let silent = try CannedServer(nil)
        defer { silent.stop() }
        var settings = HTTPClientSettings()
        settings.connectTimeout = .milliseconds(500)
        let client = try HTTPClient(settings)
        let refused = client.result(of: post(origin(try unusedPort()))).failure
        #expect(refused?.delivery == .notSent)
        #expect(refused?.code == "http.no_connection")
        #expect(client.result(of: post(origin(plain.port, .https))).failure?.delivery == .notSent)
        #expect(client.result(of: post(origin(silent.port, .https))).failure?.delivery == .notSent)
        let nowhere = HTTPOrigin(.https, host: "console.invalid", port: 443)
        #expect(client.result(of: post(nowhere)).failure?.delivery == .notSent)
    }

    @Test("a reply that never comes may have arrived, and the deadline ends the wait", .timeLimit(.minutes(1)))
    func deadline() throws {
        let server = try HTTPServer { _ in .answer(.text("late"), delay: .seconds(20)) }
        defer { server.stop() }
        var failure: HTTPFailure?
        let took = ContinuousClock().measure {
            failure = HTTPClient().result(of: post(server.origin, deadline: .milliseconds(200))).failure
        }
        #expect(failure?.delivery == .mayHaveArrived)
        #expect(failure?.code == "http.timeout")
        #expect(took < .seconds(5))
    }

    @Test("a deadline that passes in the queue was not sent", .timeLimit(.minutes(1)))
    func queued() throws {
        let received = Received()
        let server = try HTTPServer {
            received.note($0)
            return .answer(.text("late"), delay: .milliseconds(600))
        }
        defer { server.stop() }
        var settings = HTTPClientSettings()
        settings.callsInFlight = 1
        settings.callsWaiting = 1
        let client = try HTTPClient(settings)
        client.start(post(server.origin), as: CallID("first"))
        client.start(post(server.origin, deadline: .milliseconds(100)), as: CallID("second"))
        client.start(post(server.origin), as: CallID("third"))
        var results: [CallID: HTTPResult] = [:]
        while client.unfinished > 0 {
            for (call, result) in client.finished(waiting: .seconds(5)) { results[call] = result }
        }
        #expect(results[CallID("first")]?.answer?.status == 200)
        #expect(results[CallID("second")]?.failure?.delivery == .notSent)
        #expect(results[CallID("third")]?.failure?.code == "http.queue_full")
        #expect(received.all.count == 1)
    }

    @Test("a deadline that passes while the owner is asleep is not sent when it wakes", .timeLimit(.minutes(1)))
    func asleep() throws {
        let received = Received()
        let server = try HTTPServer {
            received.note($0)
            return .answer(.text("ok"))
        }
        defer { server.stop() }
        let client = HTTPClient()
        client.start(post(server.origin, deadline: .milliseconds(50)), as: CallID("a"))
        Thread.sleep(forTimeInterval: 0.1)
        let result = client.finished(waiting: .seconds(5)).first?.result
        #expect(result?.failure?.delivery == .notSent)
        #expect(received.all.isEmpty)
    }

    @Test(
        "a connection closed without an answer may have carried the request", .timeLimit(.minutes(1)),
        arguments: [
            HTTPMethod.get, .post, .put, .delete,
        ])
    func dropped(method: HTTPMethod) throws {
        let server = try HTTPServer { _ in .drop }
        defer { server.stop() }
        let failure = HTTPClient().result(of: HTTPRequest(method, server.origin, path: "/act")).failure
        #expect(failure?.delivery == .mayHaveArrived)
        #expect(failure?.code == "http.connection_lost")
    }

    @Test(
        "a write that the server read and did not answer is sent exactly once", .timeLimit(.minutes(1)),
        arguments: [
            HTTPMethod.post, .put, .delete,
        ])
    func writtenOnce(method: HTTPMethod) throws {
        let received = Received()
        let server = try HTTPServer {
            received.note($0)
            return $0.method == "GET" ? .answer(.text("ok")) : .drop
        }
        defer { server.stop() }
        let client = HTTPClient()
        // The read leaves a kept connection behind; on that one libcurl would repeat the write by itself.
        #expect(client.result(of: HTTPRequest(.get, server.origin, path: "/look")).answer?.status == 200)
        let failure = client.result(of: HTTPRequest(method, server.origin, path: "/act", body: "{}")).failure
        #expect(failure?.delivery == .mayHaveArrived)
        #expect(received.count(of: method.rawValue) == 1)
    }

    struct Garbage: CustomTestStringConvertible {
        let testDescription: String
        let answer: String

        static let all = [
            Garbage(testDescription: "a cut body", answer: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut"),
            Garbage(testDescription: "not HTTP", answer: "hello\r\n\r\n"),
            Garbage(testDescription: "no status", answer: "HTTP/1.1 two hundred\r\n\r\n"),
            Garbage(testDescription: "nothing", answer: ""),
            Garbage(
                testDescription: "a bad chunk", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            Garbage(
                testDescription: "an unknown encoding",
                answer: "HTTP/1.1 200 OK\r\nContent-Encoding: unheard-of\r\nContent-Length: 2\r\n\r\nok"),
            Garbage(
                testDescription: "an endless header",
                answer: "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 300 << 10) + "\r\n\r\n"),
            Garbage(
                testDescription: "endless headers",
                answer: "HTTP/1.1 200 OK\r\n"
                    + String(repeating: "X: \(String(repeating: "x", count: 900))\r\n", count: 300)
                    + "\r\n"),
        ]
    }

    @Test("a garbled answer may follow a delivered request", .timeLimit(.minutes(1)), arguments: Garbage.all)
    func garbage(_ garbage: Garbage) throws {
        let server = try CannedServer(garbage.answer)
        defer { server.stop() }
        #expect(HTTPClient().result(of: post(origin(server.port))).failure?.delivery == .mayHaveArrived)
    }

    @Test(
        "a request that would mean something else on the wire is not sent", .timeLimit(.minutes(1)),
        arguments: [
            HTTPRequest(.get, origin(1), path: "/a b"), HTTPRequest(.get, origin(1), path: "/a?b"),
            HTTPRequest(.get, origin(1), path: "@evil.example/"), HTTPRequest(.get, origin(1), path: "/a\r\nX: y"),
            HTTPRequest(.get, HTTPOrigin(.http, host: "a@b", port: 1), path: "/"),
            HTTPRequest(.get, origin(1), path: "/", headers: [("X", "y\r\nZ: w")]),
            HTTPRequest(.get, origin(1), path: "/", headers: [("X Y", "z")]),
            HTTPRequest(.get, origin(1), path: "/", headers: [("Authorization", "ApiToken x")]),
            HTTPRequest(.get, origin(1), path: "/", authorization: Secret("ApiToken x\r\nZ: w")),
            HTTPRequest(.get, origin(1), path: "/", body: "{}"),
        ])
    func refused(request: HTTPRequest) throws {
        let failure = try #require(HTTPClient().result(of: request).failure)
        #expect(failure.delivery == .notSent)
        #expect(failure.code == "http.bad_request")
    }

    @Test("no error text holds the token, whatever goes wrong", .timeLimit(.minutes(1)))
    func canary() throws {
        let canary = "canary-5f3a9c"
        let dropping = try HTTPServer { _ in .drop }
        defer { dropping.stop() }
        let slow = try HTTPServer { _ in .answer(.text("late"), delay: .seconds(20)) }
        defer { slow.stop() }
        let echo = try CannedServer("HTTP/1.1 \(canary)\r\nLocation: \(canary)://\r\n\r\n")
        defer { echo.stop() }
        let chatty = try HTTPServer { .answer(.text($0.header("authorization") ?? "")) }
        defer { chatty.stop() }
        let client = HTTPClient()
        let targets = [
            origin(try unusedPort()), dropping.origin, slow.origin, origin(echo.port), origin(dropping.port, .https),
            chatty.origin, HTTPOrigin(.http, host: "not a host", port: 1),
        ]
        for target in targets {
            for method in [HTTPMethod.get, .post] {
                let request = HTTPRequest(
                    method, target, path: "/", authorization: Secret("ApiToken \(canary)"),
                    deadline: .milliseconds(300), bodyLimit: 4)
                let failure = try #require(client.result(of: request).failure)
                #expect(!"\(failure) \(failure.detail) \(String(reflecting: failure))".contains(canary))
                #expect(!String(reflecting: request).contains(canary))
            }
        }
    }
}
