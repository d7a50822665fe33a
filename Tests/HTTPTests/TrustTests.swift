import Foundation
import HTTPClient
import Ports
import Testing

@Suite("Trust in a server's certificate")
struct TrustTests {
    static let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    @Test(
        "an unknown authority or another name is refused before anything is sent; a named authority file is trusted",
        .enabled(if: hasOpenSSL, "needs /usr/bin/openssl for a server with a certificate"), .timeLimit(.minutes(1)))
    func certificate() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "docket-trust-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (key, certificate) = (folder.appending(path: "key.pem").path, folder.appending(path: "cert.pem").path)
        let making = try openSSL([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=loopback", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ])
        making.process.waitUntilExit()
        let serving = try openSSL(["s_server", "-accept", "127.0.0.1:0", "-www", "-key", key, "-cert", certificate])
        defer {
            // Not `terminate`: the child inherits this process's signal mask, in which SIGTERM may be blocked.
            kill(serving.process.processIdentifier, SIGKILL)
            serving.process.waitUntilExit()
        }
        let port = try #require(announcedPort(serving.output))
        let request = HTTPRequest(.get, origin(port, .https), path: "/")

        let unknown = try #require(HTTPClient().result(of: request).failure)
        #expect(unknown.delivery == .notSent)
        #expect(unknown.code == "http.tls")

        var settings = HTTPClientSettings()
        settings.certificateAuthorityFile = certificate
        let client = HTTPClient(settings)
        #expect(client.result(of: request).answer?.status == 200)

        var otherName = request
        otherName.origin = HTTPOrigin(.https, host: "localhost", port: port)
        let wrongName = try #require(client.result(of: otherName).failure)
        #expect(wrongName.delivery == .notSent)
        #expect(wrongName.code == "http.tls")
    }

    private func openSSL(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }

    /// From the line `ACCEPT 127.0.0.1:PORT`.
    private func announcedPort(_ output: Pipe) -> UInt16? {
        var text = ""
        while !text.contains("ACCEPT") || !text.hasSuffix("\n") {
            let part = output.fileHandleForReading.availableData
            if part.isEmpty { return nil }
            text += String(decoding: part, as: UTF8.self)
        }
        return text.split { $0.isWhitespace }.first { $0.contains(":") }?.split(separator: ":").last.flatMap {
            UInt16($0)
        }
    }
}
