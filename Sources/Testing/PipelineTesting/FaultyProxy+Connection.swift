import Foundation
import Glibc
import Synchronization

extension FaultyProxy {
    /// A client's connection and the broker's behind it, each way by a thread of its own.
    final class Connection: Sendable {
        private struct State {
            var client: String?
            var isHurt = false
            /// Both ways must have ended before the descriptors may be somebody else's.
            var waysOpen = 2
        }

        private let toClient: Int32
        private let toBroker: Int32
        private let proxy: FaultyProxy
        private let state = Mutex(State())

        init(_ client: Int32, _ broker: Int32, _ proxy: FaultyProxy) {
            toClient = client
            toBroker = broker
            self.proxy = proxy
        }

        /// As the client calls itself in its first request.
        var client: String? { state.withLock { $0.client } }
        /// Whether something that was sent over it was swallowed.
        var isHurt: Bool { state.withLock { $0.isHurt } }

        func start() {
            Thread.detachNewThread { [self] in
                while let request = nextRequest(), pass(request) {}
                end()
            }
            Thread.detachNewThread { [self] in
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = recv(toBroker, &buffer, buffer.count, 0)
                    guard count > 0 else { break }
                    if proxy.fault(of: client) == .silent {
                        state.withLock { $0.isHurt = true }
                    } else if !Self.send(buffer[..<count], to: toClient) {
                        break
                    }
                }
                end()
            }
        }

        func cut() {
            for descriptor in [toClient, toBroker] { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }

        private func end() {
            cut()
            let isLast = state.withLock { state in
                state.waysOpen -= 1
                return state.waysOpen == 0
            }
            guard isLast else { return }
            proxy.forget(self)
            close(toClient)
            close(toBroker)
        }

        /// Whether the connection lives on.
        private func pass(_ request: [UInt8]) -> Bool {
            // Behind the length: the kind, its version, a number, and the client's name with its length.
            let kind = Int16(request[4]) << 8 | Int16(request[5])
            let nameLength = Int(request[12]) << 8 | Int(request[13])
            if nameLength < 0x8000, request.count >= 14 + nameLength {
                let name = String(decoding: request[14..<(14 + nameLength)], as: UTF8.self)
                state.withLock { $0.client = name }
            }
            switch proxy.fault(of: client) {
            case .away: return false
            case .slow(let delay): usleep(UInt32(delay / .microseconds(1)))
            case .silent, nil: break
            }
            switch proxy.spring(kind, of: client) {
            case .loseRequest:
                state.withLock { $0.isHurt = true }
                return true
            case .cut(let count):
                _ = Self.send(count < 0 ? request.dropLast(-count) : request.prefix(count), to: toBroker)
                return false
            case .loseAnswer:
                state.withLock { $0.isHurt = true }
                return Self.send(request[...], to: toBroker)
            case nil: return Self.send(request[...], to: toBroker)
            }
        }

        private func nextRequest() -> [UInt8]? {
            guard let head = receive(4) else { return nil }
            let size = head.reduce(0) { $0 << 8 | Int($1) }
            guard (10...(256 << 20)).contains(size), let body = receive(size) else { return nil }
            return head + body
        }

        private func receive(_ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let more = bytes.withUnsafeMutableBytes {
                    recv(toClient, $0.baseAddress?.advanced(by: filled), count - filled, 0)
                }
                guard more > 0 else { return nil }
                filled += more
            }
            return bytes
        }

        private static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
            var rest = bytes
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }
}
