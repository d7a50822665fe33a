import CMicroHTTPD
import Dispatch
import Foundation
package import Ports
import Synchronization

/// A small HTTP server on libmicrohttpd, for pages and tools on this machine. It listens from `init` until `stop`.
///
/// The handler is called on the server's threads, several at once, and must not block for long.
package final class HTTPServer {
    package typealias Handler = @Sendable (ServedRequest) -> ServedReply

    /// Where it listens, also where the settings said 0.
    package let port: UInt16
    private var daemon: OpaquePointer?
    private let reception: Reception

    package init(
        _ settings: HTTPServerSettings = HTTPServerSettings(), handler: @escaping Handler
    ) throws(HTTPServerFailure) {
        let seconds = max(settings.idleTimeout.components.seconds, 1)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = settings.port.bigEndian
        guard inet_pton(AF_INET, settings.address, &address.sin_addr) == 1 else {
            throw HTTPServerFailure(
                code: "server.bad_address", detail: "\(settings.address) is not a numeric IPv4 address")
        }
        let reception = Reception(settings, handler)
        self.reception = reception
        errno = 0
        let daemon = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                docket_mhd_start(
                    $0, UInt32(clamping: settings.connections), UInt32(clamping: seconds), settings.headerLimit,
                    settings.certificate?.chain, settings.certificate?.key.reveal(), serveCall, forgetCall,
                    noteConnection, Unmanaged.passUnretained(reception).toOpaque())
            }
        }
        guard let daemon else {
            let reason = errno
            reception.close()
            throw Self.failure(settings, reason)
        }
        self.daemon = daemon
        port = docket_mhd_port(daemon)
    }

    deinit { stop() }

    /// How many connections it has accepted: fewer than requests, where clients keep theirs.
    package var connectionsAccepted: Int { reception.connections }

    private static func failure(_ settings: HTTPServerSettings, _ reason: Int32) -> HTTPServerFailure {
        // What listening fails of; all else failed of the certificate, if there is one.
        if settings.certificate != nil, ![EADDRINUSE, EADDRNOTAVAIL, EACCES, EMFILE, ENFILE].contains(reason) {
            return HTTPServerFailure(
                code: ServerCertificate.code,
                detail: "the certificate chain and the key cannot be used: both must be PEM, not encrypted, "
                    + "and the key that of the chain's first certificate")
        }
        let address = "\(settings.address):\(settings.port)"
        return HTTPServerFailure(
            code: "server.cannot_listen",
            detail: "\(address): \(String(cString: strerror(reason))); choose another port or stop what uses it")
    }

    /// Ends every connection and waits for the handlers that are running. Calling it again does nothing.
    package func stop() {
        guard let daemon else { return }
        self.daemon = nil
        reception.close()
        MHD_stop_daemon(daemon)
    }
}

/// What the server's threads share: the handler, the body limit, and the closing time that ends every delay.
final class Reception: Sendable {
    private let handler: HTTPServer.Handler
    let bodyLimit: Int
    /// Entered once here and left once in `close`: whoever waits for it wakes at closing time.
    private let closingTime = DispatchGroup()

    init(_ settings: HTTPServerSettings, _ handler: @escaping HTTPServer.Handler) {
        self.handler = handler
        bodyLimit = settings.bodyLimit
        closingTime.enter()
    }

    private let accepted = Atomic<Int>(0)

    var connections: Int { accepted.load(ordering: .relaxed) }
    func connected() { accepted.add(1, ordering: .relaxed) }

    /// Exactly once.
    func close() { closingTime.leave() }

    var isClosed: Bool { closingTime.wait(timeout: .now()) == .success }

    /// Waits so long, and no longer than until closing time: false then.
    func rest(_ duration: Duration) -> Bool {
        let nanoseconds = Int(min(duration, .seconds(86_400)) / .nanoseconds(1))
        return closingTime.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .timedOut
    }

    func reply(to request: ServedRequest) -> ServedReply.Outcome {
        let reply = handler(request)
        if reply.delay > .zero { _ = rest(reply.delay) }
        return reply.outcome
    }
}
