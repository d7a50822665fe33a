import Foundation
import HTTPClient
import HTTPServer
import Ports
import Synchronization

/// What a server of these tests received, in order.
final class Received: Sendable {
    private let requests = Mutex<[ServedRequest]>([])

    func note(_ request: ServedRequest) { requests.withLock { $0.append(request) } }
    var all: [ServedRequest] { requests.withLock { $0 } }
    func count(of method: String) -> Int { all.count { $0.method == method } }
}

func origin(_ port: UInt16, _ scheme: HTTPOrigin.Scheme = .http) -> HTTPOrigin {
    HTTPOrigin(scheme, host: "127.0.0.1", port: port)
}

extension HTTPServer {
    var origin: HTTPOrigin { HTTPTests.origin(port) }
}

extension HTTPAnswer {
    static func text(_ text: String, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: [("Content-Type", "text/plain")], body: Bytes(text))
    }
}

extension HTTPClient {
    /// One call, waited for.
    func result(of request: HTTPRequest) -> HTTPResult {
        start(request, as: CallID("only"))
        while unfinished > 0 {
            if let ended = finished(waiting: .seconds(1)).first { return ended.result }
        }
        return .failure(HTTPFailure(.notSent, code: "test.lost", detail: "the call vanished"))
    }
}

extension HTTPResult {
    var failure: HTTPFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
    var answer: HTTPAnswer? {
        if case .success(let answer) = self { answer } else { nil }
    }
}

/// A listening socket that answers every request with the same bytes, right or wrong, and closes; with none it accepts
/// and stays silent.
final class CannedServer: Sendable {
    let port: UInt16
    private let socketNumber: Int32

    init(_ answer: String?) throws {
        let (number, port) = try listen()
        socketNumber = number
        self.port = port
        guard let answer else { return }
        Thread.detachNewThread {
            while true {
                let connection = accept(number, nil, nil)
                guard connection >= 0 else { return }
                var request: [UInt8] = []
                var part = [UInt8](repeating: 0, count: 4096)
                while !String(decoding: request, as: UTF8.self).contains("\r\n\r\n") {
                    let count = recv(connection, &part, part.count, 0)
                    guard count > 0 else { break }
                    request += part.prefix(count)
                }
                let bytes = Array(answer.utf8)
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                shutdown(connection, Int32(SHUT_RDWR))
                close(connection)
            }
        }
    }

    /// Once, at the test's end: a server that is merely dropped may be gone before its last request.
    func stop() {
        shutdown(socketNumber, Int32(SHUT_RDWR))
        close(socketNumber)
    }
}

/// A port of this machine on which nobody listens.
func unusedPort() throws -> UInt16 {
    let server = try HTTPServer { _ in .drop }
    defer { server.stop() }
    return server.port
}
