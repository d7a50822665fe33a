import Foundation
import HTTPClient
import HTTPServer
import Ports
import Testing

@Suite(
    "HTTP/2",
    .enabled(
        if: Certificates.isPossible && ForeignServer.nghttpd != nil,
        "needs /usr/bin/openssl and nghttpd (Debian's nghttp2-server)"), .timeLimit(.minutes(1)))
struct HTTP2Tests {
    private struct House {
        let certificates = try? Certificates()
        let server: ForeignServer
        let client: HTTPClient
        let body: [UInt8]

        init(_ options: [String] = [], size: Int = 3_000_000) throws {
            let certificates = try #require(certificates)
            let pair = try certificates.make("server")
            let files = certificates.folder.appending(path: "files")
            try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
            body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            try Data(body).write(to: files.appending(path: "page"))
            server = try ForeignServer.http2(pair, files: files, options: options, in: certificates)
            var settings = HTTPClientSettings()
            settings.certificateAuthorityFile = pair.certificate.path
            client = try HTTPClient(settings)
        }

        func read(_ times: Int) -> [HTTPResult] {
            for number in 0..<times {
                client.start(
                    HTTPRequest(.get, origin(server.port, .https), path: "/page"), as: CallID("\(number)"))
            }
            var results: [HTTPResult] = []
            while client.unfinished > 0 { results += client.finished(waiting: .seconds(1)).map(\.result) }
            return results
        }

        var connections: Int {
            get throws { try server.written.components(separatedBy: "handshake completed").count - 1 }
        }
    }

    @Test("many reads side by side share one TLS connection, and each gets its own answer whole")
    func multiplexed() throws {
        let house = try House()
        defer { house.server.stop() }
        let results = house.read(40) + house.read(10)
        #expect(results.count == 50)
        #expect(results.allSatisfy { $0.answer?.status == 200 && $0.answer?.body.array == house.body })
        #expect(try house.connections == 1)
        #expect(try house.server.written.contains("The negotiated protocol: h2"))
    }

    @Test("a server that takes few streams at a time gets no more, and every read is answered")
    func fewStreams() throws {
        let house = try House(["-m", "2"], size: 100_000)
        defer { house.server.stop() }
        let results = house.read(30)
        #expect(results.count == 30)
        #expect(results.allSatisfy { $0.answer?.body.array == house.body })
    }

    @Test("a write is never made over HTTP/2, also where a connection with it is open", arguments: [false, true])
    func writes(isOpen: Bool) throws {
        let house = try House(size: 10)
        defer { house.server.stop() }
        if isOpen { #expect(house.read(1).first?.answer?.status == 200) }
        for method in [HTTPMethod.post, .put, .delete] {
            let request = HTTPRequest(method, origin(house.server.port, .https), path: "/page", body: "{}")
            // This server speaks nothing else and hangs up.
            #expect(house.client.result(of: request).answer == nil)
        }
        let log = try house.server.written
        #expect(!log.contains(":method: POST") && !log.contains(":method: PUT") && !log.contains(":method: DELETE"))
        #expect(log.components(separatedBy: "Client did not advertise HTTP/2").count == 4)
        if isOpen {
            // The reads keep what they have.
            #expect(house.read(3).allSatisfy { $0.answer?.status == 200 })
            let connections = try house.connections
            #expect(connections == 4)
        }
    }

    @Test("reads over HTTP/2 can be turned off")
    func turnedOff() throws {
        let house = try House(size: 10)
        defer { house.server.stop() }
        var settings = HTTPClientSettings()
        settings.certificateAuthorityFile = try #require(house.certificates).folder.appending(path: "server.pem").path
        settings.readsOverHTTP2 = false
        let request = HTTPRequest(.get, origin(house.server.port, .https), path: "/page")
        #expect(try HTTPClient(settings).result(of: request).answer == nil)
        #expect(try house.server.written.contains("Client did not advertise HTTP/2"))
    }

    @Test("a server that dies in the middle of many reads fails each of them, and none twice")
    func died() throws {
        let house = try House()
        let address = origin(house.server.port, .https)
        for number in 0..<40 {
            house.client.start(HTTPRequest(.get, address, path: "/page"), as: CallID("\(number)"))
        }
        var results: [(call: CallID, result: HTTPResult)] = []
        while results.isEmpty { results += house.client.finished(waiting: .seconds(1)) }
        house.server.stop()
        while house.client.unfinished > 0 { results += house.client.finished(waiting: .seconds(1)) }
        #expect(Set(results.map(\.call)).count == 40 && results.count == 40)
        let known: Set = ["http.connection_lost", "http.no_connection", "http.partial_answer", "http.tls"]
        for failure in results.compactMap(\.result.failure) { #expect(known.contains(failure.code), "\(failure)") }
    }
}
