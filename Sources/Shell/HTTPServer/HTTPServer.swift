import CMicroHTTPD
import Dispatch
import Foundation
package import Ports

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
        let daemon = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                docket_mhd_start(
                    $0, UInt32(clamping: settings.connections), UInt32(clamping: seconds), settings.headerLimit,
                    serveCall, forgetCall, Unmanaged.passUnretained(reception).toOpaque())
            }
        }
        guard let daemon else {
            let reason = String(cString: strerror(errno))
            reception.close()
            throw HTTPServerFailure(
                code: "server.cannot_listen",
                detail: "\(settings.address):\(settings.port): \(reason); choose another port or stop what uses it")
        }
        self.daemon = daemon
        port = docket_mhd_port(daemon)
    }

    deinit { stop() }

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

    /// Exactly once.
    func close() { closingTime.leave() }

    func reply(to request: ServedRequest) -> ServedReply.Outcome {
        let reply = handler(request)
        if reply.delay > .zero {
            let nanoseconds = Int(min(reply.delay, .seconds(86_400)) / .nanoseconds(1))
            _ = closingTime.wait(timeout: .now() + .nanoseconds(nanoseconds))
        }
        return reply.outcome
    }
}
