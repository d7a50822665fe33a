import Foundation
import HTTPClient
import Ports
import Testing

@Suite(
    "Trust between client and server",
    .enabled(if: Certificates.isPossible, "needs /usr/bin/openssl for a server with a certificate"),
    .timeLimit(.minutes(1)))
struct TrustTests {
    @Test("an unknown authority or another name is refused before anything is sent; a named authority file is trusted")
    func certificate() throws {
        let certificates = try Certificates()
        let pair = try certificates.make("server")
        let server = try ForeignServer.openSSL(pair, in: certificates)
        defer { server.stop() }
        let request = HTTPRequest(.get, origin(server.port, .https), path: "/")

        let unknown = try #require(HTTPClient().result(of: request).failure)
        #expect(unknown.delivery == .notSent)
        #expect(unknown.code == "http.tls")

        var settings = HTTPClientSettings()
        settings.certificateAuthorityFile = pair.certificate.path
        let client = try HTTPClient(settings)
        #expect(client.result(of: request).answer?.status == 200)

        var otherName = request
        otherName.origin = HTTPOrigin(.https, host: "localhost", port: server.port)
        let wrongName = try #require(client.result(of: otherName).failure)
        #expect(wrongName.delivery == .notSent)
        #expect(wrongName.code == "http.tls")
    }

    @Test(
        "a certificate of ours opens a server that asks for one, with a plain key or an encrypted one",
        arguments: [nil, "canary-8b1f0e passphrase"])
    func clientCertificate(passphrase: String?) throws {
        let certificates = try Certificates()
        let pair = try certificates.make("server")
        let ours = try certificates.make("client", passphrase: passphrase)
        let server = try ForeignServer.openSSL(pair, clients: ours, in: certificates)
        defer { server.stop() }
        let request = HTTPRequest(.get, origin(server.port, .https), path: "/")
        var settings = HTTPClientSettings()
        settings.certificateAuthorityFile = pair.certificate.path

        #expect(try HTTPClient(settings).result(of: request).answer == nil)

        settings.clientCertificate = .init(
            file: ours.certificate.path, key: Secret(try ours.keyText), passphrase: passphrase.map { Secret($0) })
        #expect(try HTTPClient(settings).result(of: request).answer?.status == 200)

        let other = try certificates.make("other")
        settings.clientCertificate?.file = other.certificate.path
        let unfit = try #require(try HTTPClient(settings).result(of: request).failure)
        #expect(unfit.delivery == .notSent)
        #expect(unfit.code == "http.client_certificate")

        guard passphrase != nil else { return }
        settings.clientCertificate?.file = ours.certificate.path
        settings.clientCertificate?.passphrase = Secret("canary-wrong")
        let locked = try #require(try HTTPClient(settings).result(of: request).failure)
        #expect(locked.delivery == .notSent)
        #expect(!locked.detail.contains("canary"))
    }

    @Test("an authority file that vanishes later is named, and nothing is sent")
    func vanished() throws {
        let certificates = try Certificates()
        let pair = try certificates.make("server")
        let server = try ForeignServer.openSSL(pair, in: certificates)
        defer { server.stop() }
        let file = try certificates.write(try String(contentsOf: pair.certificate, encoding: .utf8), as: "ca.pem")
        var settings = HTTPClientSettings()
        settings.certificateAuthorityFile = file.path
        let client = try HTTPClient(settings)
        try FileManager.default.removeItem(at: file)
        let failure = client.result(of: HTTPRequest(.get, origin(server.port, .https), path: "/")).failure
        #expect(failure?.delivery == .notSent)
        #expect(failure?.code == "http.authority_file")
        #expect(failure?.detail.contains(file.path) == true)
    }
}

@Suite("Settings of a client")
struct ClientSettingsTests {
    struct Mistake: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: String
        let words: [String]
        let make: @Sendable (URL) throws -> HTTPClientSettings
    }

    static let mistakes = [
        Mistake(
            testDescription: "no authority file", code: "client.no_file", words: ["/nowhere.pem", "put", "certificate"]
        ) { folder in
            var settings = HTTPClientSettings()
            settings.certificateAuthorityFile = folder.path + "/nowhere.pem"
            return settings
        },
        Mistake(
            testDescription: "an authority file with something else", code: "client.bad_file",
            words: ["/other.pem", "put"]
        ) { folder in
            var settings = HTTPClientSettings()
            settings.certificateAuthorityFile = folder.path + "/other.pem"
            try "canary".write(toFile: folder.path + "/other.pem", atomically: true, encoding: .utf8)
            return settings
        },
        Mistake(testDescription: "a key that is none", code: "client.bad_key", words: ["/mine.pem", "private key"]) {
            try settings(in: $0, key: "canary")
        },
        Mistake(
            testDescription: "an encrypted key without its passphrase", code: "client.bad_key",
            words: ["/mine.pem", "passphrase"]
        ) {
            try settings(in: $0, key: "-----BEGIN ENCRYPTED PRIVATE KEY-----\ncanary\n")
        },
        Mistake(testDescription: "a proxy with a path", code: "client.bad_proxy", words: ["http://HOST:PORT"]) { _ in
            var settings = HTTPClientSettings()
            settings.proxy = .init(host: "proxy/path", port: 3128)
            return settings
        },
        Mistake(testDescription: "credentials without a user", code: "client.bad_proxy", words: ["USER:PASSWORD"]) {
            _ in
            var settings = HTTPClientSettings()
            settings.proxy = .init(host: "proxy", port: 3128, credentials: Secret("canary"))
            return settings
        },
    ]

    private static func settings(in folder: URL, key: String) throws -> HTTPClientSettings {
        var settings = HTTPClientSettings()
        let file = folder.path + "/mine.pem"
        try "-----BEGIN CERTIFICATE-----\n".write(toFile: file, atomically: true, encoding: .utf8)
        settings.clientCertificate = .init(file: file, key: Secret(key))
        return settings
    }

    @Test("what cannot be connected with is said when the client is made, with file and remedy", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        let certificates = try Certificates()
        let settings = try mistake.make(certificates.folder)
        let failure = try #require(throws: HTTPClientFailure.self) { try HTTPClient(settings) }
        #expect(failure.code == mistake.code)
        #expect(failure.remedy == .stop && failure.exitCode == .usage)
        for word in mistake.words { #expect(failure.detail.contains(word), "\(failure.detail)") }
        #expect(!"\(failure) \(settings)".contains("canary"))
    }
}
