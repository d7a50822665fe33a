import HTTPClient
import HTTPServer
import Ports
import Testing

@Suite("Limits of client and server")
struct LimitTests {
    @Test(
        "an answer of exactly the limit is taken, one byte more is not", .timeLimit(.minutes(1)),
        arguments: [
            (1000, true), (1001, false), (5_000_000, false),
        ])
    func answerLimit(size: Int, fits: Bool) throws {
        let server = try HTTPServer { _ in
            .answer(HTTPAnswer(status: 200, body: Bytes([UInt8](repeating: 65, count: size))))
        }
        defer { server.stop() }
        let result = HTTPClient().result(of: HTTPRequest(.get, server.origin, path: "/", bodyLimit: 1000))
        #expect(result.answer?.body.count == (fits ? size : nil))
        #expect(result.failure?.code == (fits ? nil : "http.answer_too_large"))
        #expect(result.failure?.delivery == (fits ? nil : .mayHaveArrived))
    }

    @Test(
        "a compressed answer is opened, and its limit counts what comes out", .timeLimit(.minutes(1)),
        arguments: [
            (10_000, 10_000, true), (10_000, 9_999, false), (500_000_000, 1 << 20, false),
        ])
    func bomb(size: Int, limit: Int, fits: Bool) throws {
        let bomb = Bytes(gzipped(zeros: size))
        let server = try HTTPServer { _ in
            .answer(HTTPAnswer(status: 200, headers: [("Content-Encoding", "gzip")], body: bomb))
        }
        defer { server.stop() }
        let result = HTTPClient().result(of: HTTPRequest(.get, server.origin, path: "/", bodyLimit: limit))
        #expect(result.answer?.body.count == (fits ? size : nil))
        #expect(result.failure?.code == (fits ? nil : "http.answer_too_large"))
    }

    @Test(
        "the server refuses a longer body with 413", .timeLimit(.minutes(1)),
        arguments: [
            (1000, 200), (1001, 413), (3_000_000, 413),
        ])
    func requestLimit(size: Int, status: Int) throws {
        var settings = HTTPServerSettings()
        settings.bodyLimit = 1000
        let received = Received()
        let server = try HTTPServer(settings) {
            received.note($0)
            return .answer(.text("ok"))
        }
        defer { server.stop() }
        let body = Bytes([UInt8](repeating: 65, count: size))
        let result = HTTPClient().result(of: HTTPRequest(.post, server.origin, path: "/", body: body))
        #expect(result.answer?.status == status)
        #expect(received.all.count == (status == 200 ? 1 : 0))
    }

    @Test("the server closes the connection on a body without end", .timeLimit(.minutes(1)))
    func endlessRequest() throws {
        var settings = HTTPServerSettings()
        settings.bodyLimit = 1000
        let received = Received()
        let server = try HTTPServer(settings) {
            received.note($0)
            return .answer(.text("ok"))
        }
        defer { server.stop() }
        let body = Bytes([UInt8](repeating: 65, count: 30_000_000))
        let result = HTTPClient().result(of: HTTPRequest(.post, server.origin, path: "/", body: body))
        #expect(result.failure?.delivery == .mayHaveArrived)
        #expect(received.all.isEmpty)
    }

    @Test("a port in use and a bad address are named", .timeLimit(.minutes(1)))
    func cannotListen() throws {
        let first = try HTTPServer { _ in .drop }
        defer { first.stop() }
        var settings = HTTPServerSettings()
        settings.port = first.port
        let taken = #expect(throws: HTTPServerFailure.self) { try HTTPServer(settings) { _ in .drop } }
        #expect(taken?.code == "server.cannot_listen")
        #expect(taken?.detail.contains("\(first.port): Address already in use") == true)
        settings.address = "localhost"
        let unreadable = #expect(throws: HTTPServerFailure.self) { try HTTPServer(settings) { _ in .drop } }
        #expect(unreadable?.code == "server.bad_address")
    }

    @Test("a stopped server does not wait for replies that it holds back, and frees its port", .timeLimit(.minutes(1)))
    func stops() throws {
        let received = Received()
        let server = try HTTPServer {
            received.note($0)
            return .answer(.text("late"), delay: .seconds(50))
        }
        defer { server.stop() }
        let client = HTTPClient()
        client.start(HTTPRequest(.get, server.origin, path: "/"), as: CallID("held"))
        while received.all.isEmpty { _ = client.finished(waiting: .milliseconds(20)) }
        let took = ContinuousClock().measure { server.stop() }
        #expect(took < .seconds(10))
        var settings = HTTPServerSettings()
        settings.port = server.port
        _ = try HTTPServer(settings) { _ in .drop }
    }

    @Test("a client that goes away with calls in flight leaves nothing behind", .timeLimit(.minutes(1)))
    func abandoned() throws {
        let silent = try CannedServer(nil)
        defer { silent.stop() }
        for _ in 0..<20 {
            let client = HTTPClient()
            for number in 0..<100 {
                client.start(HTTPRequest(.post, origin(silent.port), path: "/", body: "{}"), as: CallID("\(number)"))
            }
            #expect(client.finished(waiting: .milliseconds(1)).isEmpty)
        }
    }
}

/// A gzip stream of so many zeros: one block of fixed Huffman codes that says "258 times the byte before" over and over.
func gzipped(zeros: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    var pending: UInt32 = 0
    var count = 0
    func put(_ bits: UInt32, _ width: Int) {
        pending |= bits << UInt32(count)
        count += width
        while count >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            count -= 8
        }
    }
    put(0b011, 3)
    // Huffman codes go in with their highest bit first: literal 0 is 00110000, end of block 0000000, length 258
    // (symbol 285) 11000101, distance 1 00000.
    let literal: UInt32 = 0b0000_1100
    let repeats = (zeros - 1) / 258
    put(literal, 8)
    for _ in 0..<repeats {
        put(0b1010_0011, 8)
        put(0, 5)
    }
    for _ in 0..<(zeros - 1 - repeats * 258) { put(literal, 8) }
    put(0, 7)
    if count > 0 { put(0, 8 - count) }
    var crc: UInt32 = 0xffff_ffff
    // The check sum of a bomb is never reached.
    for _ in 0..<(zeros > 1_000_000 ? 0 : zeros) {
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    for word in [crc ^ 0xffff_ffff, UInt32(truncatingIfNeeded: zeros)] {
        for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return bytes
}
