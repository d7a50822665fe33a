import Foundation
import Glibc
import Synchronization

/// A way to a Kafka broker over which tests decide: on command it cuts, delays and drops what one client sends or is
/// sent. It reads of each request which one it is and whose, so that a test can meet the one that matters; everybody
/// else's connections are passed through as they are.
package final class FaultyProxy: Sendable {
    /// What befalls all connections of a client, those to come too, until it is taken back.
    package enum Fault: Sendable, Equatable {
        /// Connections are cut, and new ones are cut at once.
        case away
        /// What the broker answers is swallowed.
        case silent
        /// Each request waits for so long.
        case slow(Duration)
    }

    /// What befalls the next request of one kind, once.
    package enum Trap: Sendable, Equatable {
        /// The broker gets it, and from then on the client is not answered.
        case loseAnswer
        /// The broker does not get it, and from then on the client is not answered.
        case loseRequest
        /// The broker gets so many bytes of it, counted from the end where negative, and the connection is cut.
        case cut(after: Int)
    }

    /// The kinds of requests by their numbers in Kafka's protocol.
    package enum Request: Int16, Sendable {
        case listOffsets = 2
        case endTransaction = 26
    }

    struct Failure: Error, CustomStringConvertible { let description: String }

    private struct State {
        var broker: UInt16 = 0
        var faults: [String: Fault] = [:]
        var traps: [String: (request: Request, trap: Trap)] = [:]
        var connections: [ObjectIdentifier: Connection] = [:]
    }

    /// The port on loopback that clients connect to.
    package let port: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    package init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutableBytes(of: &address) {
            guard let place = $0.assumingMemoryBound(to: sockaddr.self).baseAddress else { return false }
            return bind(listener, place, length) == 0 && listen(listener, 64) == 0
                && getsockname(listener, place, &length) == 0
        }
        guard isBound else { throw Failure(description: "no port for a proxy: errno \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in accept() }
    }

    /// Where the broker listens. Until this is told, nobody gets through.
    package func forward(to port: UInt16) { state.withLock { $0.broker = port } }

    /// Takes back whatever befell the client before. Connections that were hurt are cut: a stream with a gap is none.
    package func inflict(_ fault: Fault?, on client: String) {
        let hurt = state.withLock { state in
            state.faults[client] = fault
            return state.connections.values.filter { $0.client == client && ($0.isHurt || fault == .away) }
        }
        for connection in hurt { connection.cut() }
    }

    package func set(_ trap: Trap, for request: Request, of client: String) {
        state.withLock { $0.traps[client] = (request, trap) }
    }

    /// Whether the trap that was set for a client has been sprung.
    package func isSprung(of client: String) -> Bool { state.withLock { $0.traps[client] == nil } }

    // MARK: For connections

    func fault(of client: String?) -> Fault? { client.flatMap { client in state.withLock { $0.faults[client] } } }

    /// The trap for this request, which is sprung by that.
    func spring(_ request: Int16, of client: String?) -> Trap? {
        guard let client else { return nil }
        return state.withLock { state in
            guard let set = state.traps[client], set.request.rawValue == request else { return nil }
            state.traps[client] = nil
            if case .cut = set.trap {} else { state.faults[client] = .silent }
            return set.trap
        }
    }

    func forget(_ connection: Connection) { state.withLock { $0.connections[ObjectIdentifier(connection)] = nil } }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { continue }
            let broker = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            let isConnected = withUnsafeBytes(of: Self.loopback(state.withLock { $0.broker })) {
                connect(broker, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count)) == 0
            }
            let connection = Connection(client, broker, self)
            state.withLock { $0.connections[ObjectIdentifier(connection)] = connection }
            if isConnected { connection.start() } else { connection.cut() }
        }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
