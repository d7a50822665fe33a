import Foundation
import HTTPClient
import HTTPServer
import Ports
import Testing

@Suite("A server that lies", .timeLimit(.minutes(1)))
struct LyingServerTests {
    private static let page = Bytes((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })

    struct Lie: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let outcome: ServedReply.Outcome
        let code: String
        var size: Int?
    }

    private static let answer = HTTPAnswer(status: 200, headers: [("Content-Type", "application/json")], body: page)

    static let lies = [
        Lie(testDescription: "no byte", outcome: .drop, code: "http.connection_lost"),
        Lie(testDescription: "no body", outcome: .cut(answer, after: 0), code: "http.partial_answer"),
        Lie(testDescription: "half a body", outcome: .cut(answer, after: 1_500_000), code: "http.partial_answer"),
        Lie(
            testDescription: "a longer length than the body has", outcome: .misstated(answer, length: 3_000_001),
            code: "http.partial_answer"),
        Lie(
            testDescription: "a shorter length than the body has", outcome: .misstated(answer, length: 1_000),
            code: "none", size: 1_000),
        Lie(testDescription: "a body without end", outcome: .endless(answer), code: "http.answer_too_large"),
        Lie(
            testDescription: "an empty body without end", outcome: .endless(HTTPAnswer(status: 200, body: .empty)),
            code: "http.answer_too_large"),
        Lie(
            testDescription: "a bomb",
            outcome: .answer(
                HTTPAnswer(
                    status: 200, headers: [("Content-Encoding", "gzip")], body: Bytes(gzipped(zeros: 50_000_000)))),
            code: "http.answer_too_large"),
        Lie(
            testDescription: "a bomb of two stages in chunks",
            outcome: .endless(
                HTTPAnswer(
                    status: 200, headers: [("Content-Encoding", "gzip, gzip")], body: Bytes(gzipped(zeros: 5_000)))),
            code: "http.garbage"),
        Lie(testDescription: "no HTTP", outcome: .raw("SSH-2.0-OpenSSH_9.2\r\n"), code: "http.garbage"),
        Lie(
            testDescription: "HTTP by hand", outcome: .raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            code: "none", size: 2),
        Lie(
            testDescription: "a body a few bytes at a time",
            outcome: .drip(answer, bytes: 10, every: .milliseconds(20)), code: "http.timeout"),
    ]

    @Test("is found out by our client, over TLS as well", arguments: lies, [false, true])
    func found(lie: Lie, isTLS: Bool) throws {
        if isTLS && !Certificates.isPossible { return }
        let (server, client) = try Pair.start(tls: isTLS) { _ in ServedReply(lie.outcome) }
        defer { server.stop() }
        let origin = origin(server.port, isTLS ? .https : .http)
        let result = client.result(
            of: HTTPRequest(.get, origin, path: "/", deadline: .seconds(2), bodyLimit: 4 << 20))
        #expect(result.failure?.code ?? "none" == lie.code, "\(result)")
        #expect(result.answer?.body.count == lie.size)
        if let failure = result.failure { #expect(failure.delivery == .mayHaveArrived) }
    }

    @Test("keeps nobody else waiting, and stops at once in the middle of it", arguments: [false, true])
    func others(isTLS: Bool) throws {
        if isTLS && !Certificates.isPossible { return }
        let (server, client) = try Pair.start(tls: isTLS) { request in
            switch request.path {
            case "/drip": ServedReply(.drip(Self.answer, bytes: 1, every: .seconds(30)))
            case "/late": .answer(.text("late"), delay: .seconds(50))
            case "/endless": ServedReply(.endless(Self.answer))
            default: .answer(.text("ok"))
            }
        }
        defer { server.stop() }
        let origin = origin(server.port, isTLS ? .https : .http)
        for (number, path) in ["/drip", "/late", "/drip", "/late"].enumerated() {
            client.start(HTTPRequest(.get, origin, path: path), as: CallID("\(number)"))
        }
        // One who asks and never reads.
        let deaf = try #require(connected(to: server.port))
        defer { close(deaf) }
        if !isTLS { _ = "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".withCString { send(deaf, $0, strlen($0), 0) } }
        client.start(HTTPRequest(.get, origin, path: "/quick"), as: CallID("quick"))
        #expect(client.finished(waiting: .seconds(20)).first?.call == CallID("quick"))
        let took = ContinuousClock().measure { server.stop() }
        #expect(took < .seconds(5))
    }

    @Test("brings what it says it brings slowly, when nobody runs out of patience")
    func drip() throws {
        let body = Bytes("slowly does it")
        let (server, client) = try Pair.start(tls: false) { _ in
            ServedReply(.drip(HTTPAnswer(status: 200, body: body), bytes: 3, every: .milliseconds(20)))
        }
        defer { server.stop() }
        var answer: HTTPAnswer?
        let took = try ContinuousClock().measure {
            answer = try client.result(of: HTTPRequest(.get, server.origin, path: "/")).get()
        }
        #expect(answer?.body == body)
        #expect(took >= .milliseconds(80))
    }
}

@Suite("A server over TLS", .enabled(if: Certificates.isPossible, "needs /usr/bin/openssl"), .timeLimit(.minutes(1)))
struct TLSServerTests {
    @Test("is trusted by its certificate, and answers large pages again and again over one connection")
    func pages() throws {
        let page = Bytes([UInt8](repeating: 97, count: 3_000_000))
        let (server, client) = try Pair.start(tls: true) { _ in .answer(HTTPAnswer(status: 200, body: page)) }
        defer { server.stop() }
        for _ in 0..<20 {
            let request = HTTPRequest(.get, origin(server.port, .https), path: "/")
            #expect(client.result(of: request).answer?.body == page)
        }
        #expect(server.connectionsAccepted == 1)
        let write = HTTPRequest(.post, origin(server.port, .https), path: "/", body: "{}")
        #expect(client.result(of: write).answer?.status == 200)
        #expect(client.result(of: write).answer?.status == 200)
        #expect(server.connectionsAccepted == 3)
    }

    @Test("a certificate or key that cannot be used is named, with the remedy, and not shown")
    func unfit() throws {
        let certificates = try Certificates()
        let one = try certificates.make("one")
        let other = try certificates.make("other")
        let locked = try certificates.make("locked", passphrase: "canary")
        let nowhere = certificates.folder.path + "/nowhere.pem"
        let cases: [(chain: String, key: String, words: String)] = [
            (nowhere, one.key.path, "nowhere.pem is missing"),
            (one.certificate.path, nowhere, "nowhere.pem is missing"),
            (one.key.path, one.key.path, "one.key does not hold a PEM certificate"),
            (one.certificate.path, one.certificate.path, "one.pem does not hold a private key"),
            (locked.certificate.path, locked.key.path, "locked.key is encrypted"),
        ]
        for (chain, key, words) in cases {
            let failure = #expect(throws: HTTPServerFailure.self) {
                try ServerCertificate(chainFile: chain, keyFile: key)
            }
            #expect(failure?.code == "server.bad_certificate")
            #expect(failure?.detail.contains(words) == true, "\(failure?.detail ?? "")")
        }
        var settings = HTTPServerSettings()
        let unfit = [
            try ServerCertificate(chainFile: one.certificate.path, keyFile: other.key.path),
            try ServerCertificate(
                chain: "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n",
                key: Secret("-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n")),
        ]
        for certificate in unfit {
            settings.certificate = certificate
            let failure = #expect(throws: HTTPServerFailure.self) { try HTTPServer(settings) { _ in .drop } }
            #expect(failure?.code == "server.bad_certificate", "\(String(describing: failure))")
            #expect(failure?.detail.contains("canary") == false)
        }
        settings.certificate = try ServerCertificate(chainFile: one.certificate.path, keyFile: one.key.path)
        let first = try HTTPServer(settings) { _ in .drop }
        defer { first.stop() }
        settings.port = first.port
        let taken = #expect(throws: HTTPServerFailure.self) { try HTTPServer(settings) { _ in .drop } }
        #expect(taken?.code == "server.cannot_listen")
    }
}

/// A server of ours and a client that trusts it.
enum Pair {
    static func start(
        tls isTLS: Bool, _ handler: @escaping HTTPServer.Handler
    ) throws -> (server: HTTPServer, client: HTTPClient) {
        var settings = HTTPServerSettings()
        guard isTLS else { return (try HTTPServer(settings, handler: handler), HTTPClient()) }
        let certificates = try Certificates()
        let pair = try certificates.make("server")
        settings.certificate = try ServerCertificate(chainFile: pair.certificate.path, keyFile: pair.key.path)
        var trust = HTTPClientSettings()
        trust.certificateAuthorityFile = pair.certificate.path
        // libcurl reads the file at each new connection, and the folder goes with its value.
        let server = try HTTPServer(settings) { [certificates] request in
            withExtendedLifetime(certificates) { handler(request) }
        }
        return (server, try HTTPClient(trust))
    }
}
