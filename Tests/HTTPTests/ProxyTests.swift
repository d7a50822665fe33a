import Foundation
import HTTPClient
import HTTPServer
import Ports
import Testing

@Suite("A call through a proxy", .timeLimit(.minutes(1)))
struct ProxyTests {
    private static let token = "canary-token-71c0"
    private static let password = "canary-password-%3A:92aa"

    private func client(_ proxy: TunnelProxy, _ authority: String? = nil) throws -> HTTPClient {
        var settings = HTTPClientSettings()
        settings.certificateAuthorityFile = authority
        settings.proxy = .init(
            host: "127.0.0.1", port: proxy.port, credentials: Secret("docket:\(Self.password)"))
        return try HTTPClient(settings)
    }

    private func request(_ method: HTTPMethod, _ origin: HTTPOrigin) -> HTTPRequest {
        HTTPRequest(
            method, origin, path: "/a", authorization: Secret("ApiToken \(Self.token)"),
            body: method == .get ? nil : "{}")
    }

    @Test("goes through a tunnel, and the proxy sees its own credentials and never the token")
    func tunnel() throws {
        let received = Received()
        let server = try HTTPServer {
            received.note($0)
            return .answer(.text("ok"))
        }
        defer { server.stop() }
        let proxy = try TunnelProxy()
        defer { proxy.stop() }
        let client = try client(proxy)
        for method in [HTTPMethod.get, .post] {
            #expect(client.result(of: request(method, server.origin)).answer?.body == "ok")
        }
        #expect(received.all.map { $0.header("authorization") } == Array(repeating: "ApiToken \(Self.token)", count: 2))
        #expect(received.all.allSatisfy { $0.header("proxy-authorization") == nil })
        let credentials = Data("docket:\(Self.password)".utf8).base64EncodedString()
        #expect(proxy.asked.count == 2)
        for head in proxy.asked {
            #expect(head.hasPrefix("CONNECT 127.0.0.1:\(server.port) "))
            #expect(head.contains("Proxy-Authorization: Basic \(credentials)\r\n"))
            #expect(!head.contains(Self.token))
        }
    }

    @Test(
        "is encrypted to the console's own certificate inside the tunnel",
        .enabled(if: Certificates.isPossible, "needs /usr/bin/openssl for a server with a certificate"))
    func encrypted() throws {
        let certificates = try Certificates()
        let pair = try certificates.make("server")
        let server = try ForeignServer.openSSL(pair, in: certificates)
        defer { server.stop() }
        let proxy = try TunnelProxy()
        defer { proxy.stop() }
        let trusting = try client(proxy, pair.certificate.path)
        #expect(trusting.result(of: request(.get, origin(server.port, .https))).answer?.status == 200)
        let failure = try client(proxy).result(of: request(.post, origin(server.port, .https))).failure
        #expect(failure?.delivery == .notSent)
        #expect(failure?.code == "http.tls")
        #expect(proxy.asked.allSatisfy { !$0.contains(Self.token) })
    }

    @Test(
        "that the proxy refuses was not sent, and the error says neither its credentials nor the token",
        arguments: [
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"\(password)\"\r\n\r\n",
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"y\"\r\n\r\n",
            "HTTP/1.1 403 \(password)\r\n\r\n", "HTTP/1.1 502 \(token)\r\n\r\n", "\(password)\r\n\r\n", "",
            "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        ])
    func refused(answer: String) throws {
        let proxy = try TunnelProxy(refusal: answer)
        defer { proxy.stop() }
        for method in [HTTPMethod.get, .post] {
            let failure = try #require(try client(proxy).result(of: request(method, origin(1, .https))).failure)
            #expect(failure.delivery == .notSent, "\(failure)")
            #expect(!"\(failure) \(String(reflecting: failure))".contains("canary"), "\(failure)")
            if answer.hasPrefix("HTTP/1.1 4") { #expect(failure.code == "http.proxy_refused", "\(failure)") }
        }
        #expect(proxy.asked.count == 2, "a refused tunnel is not asked for again")
    }

    @Test("with nobody at the proxy's address was not sent")
    func nobody() throws {
        var settings = HTTPClientSettings()
        settings.proxy = .init(host: "127.0.0.1", port: try unusedPort())
        let failure = try HTTPClient(settings).result(of: request(.post, origin(1))).failure
        #expect(failure?.delivery == .notSent)
        #expect(failure?.code == "http.no_connection")
    }
}
