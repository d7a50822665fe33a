import Foundation
import Synchronization

/// An HTTP proxy that only makes tunnels, and keeps what it was told before each. With a refusal it makes none.
final class TunnelProxy: Sendable {
    let port: UInt16
    private let listener: Int32
    private let wishes = Mutex<[String]>([])

    init(refusal: String? = nil) throws {
        let (listener, port) = try listen()
        self.listener = listener
        self.port = port
        Thread.detachNewThread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                Thread.detachNewThread { [self] in
                    serve(client, refusal)
                    close(client)
                }
            }
        }
    }

    /// The heads of all requests for a tunnel.
    var asked: [String] { wishes.withLock { $0 } }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private func serve(_ client: Int32, _ refusal: String?) {
        var head = ""
        var byte: UInt8 = 0
        while !head.hasSuffix("\r\n\r\n"), recv(client, &byte, 1, 0) == 1 {
            head.unicodeScalars.append(Unicode.Scalar(byte))
        }
        wishes.withLock { $0.append(head) }
        if let refusal {
            write(refusal, to: client)
            return
        }
        guard head.hasPrefix("CONNECT 127.0.0.1:"),
            let target = head.split(separator: " ").dropFirst().first?.split(separator: ":").last.flatMap({ UInt16($0) }
            ),
            let server = connected(to: target)
        else { return write("HTTP/1.1 400 Bad Request\r\n\r\n", to: client) }
        defer { close(server) }
        write("HTTP/1.1 200 Connection established\r\n\r\n", to: client)
        var ends = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var part = [UInt8](repeating: 0, count: 65_536)
        while poll(&ends, 2, -1) > 0 {
            for (from, to) in [(0, 1), (1, 0)] where ends[from].revents != 0 {
                let count = recv(ends[from].fd, &part, part.count, 0)
                guard count > 0, send(ends[to].fd, part, count, Int32(MSG_NOSIGNAL)) == count else { return }
            }
        }
    }

    private func write(_ text: String, to socket: Int32) {
        let bytes = Array(text.utf8)
        _ = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

/// nil where nobody listens.
func connected(to port: UInt16) -> Int32? {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(port)
    let made = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    if !made { close(number) }
    return made ? number : nil
}

func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
}

/// A listening socket on a port of the system's choice.
func listen() throws -> (socket: Int32, port: UInt16) {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(number, address, length) == 0 && listen(number, 64) == 0
                && getsockname(number, address, &length) == 0
        }
    }
    guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
    return (number, UInt16(bigEndian: address.sin_port))
}
