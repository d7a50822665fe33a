import Foundation
package import Ports

/// How the client connects and how much it does at once. TLS verification is not among them: it is always on.
package struct HTTPClientSettings: Sendable, Equatable {
    /// What the client shows of itself where a server asks for a certificate.
    package struct ClientCertificate: Sendable, Equatable {
        /// A PEM file: the certificate, then those between it and its authority.
        package var file: String
        /// PEM text.
        package var key: Secret
        /// Of a key that is encrypted.
        package var passphrase: Secret?

        package init(file: String, key: Secret, passphrase: Secret? = nil) {
            self.file = file
            self.key = key
            self.passphrase = passphrase
        }
    }

    /// An HTTP proxy: it is asked for a tunnel and sees which host and port, nothing of what goes through.
    package struct Proxy: Sendable, Equatable {
        package var host: String
        package var port: UInt16
        /// `user:password`.
        package var credentials: Secret?

        package init(host: String, port: UInt16, credentials: Secret? = nil) {
            self.host = host
            self.port = port
            self.credentials = credentials
        }
    }

    /// For address, connection and TLS handshake together.
    package var connectTimeout: Duration = .seconds(10)
    /// Calls on the wire at one time; the rest wait their turn.
    package var callsInFlight = 64
    /// Calls that may wait; one more fails at once as not sent. 10,000 small requests are some 10 MB.
    package var callsWaiting = 10_000
    /// Whether reads over TLS may share one HTTP/2 connection. Writes never do.
    package var readsOverHTTP2 = true
    /// A PEM file of authorities to trust instead of the system's.
    package var certificateAuthorityFile: String?
    package var clientCertificate: ClientCertificate?
    /// Without it no proxy is used, whatever the environment says.
    package var proxy: Proxy?
    package var userAgent = "docket"

    package init() {}
}

/// Why settings cannot be connected with. Never says what a secret is.
package struct HTTPClientFailure: Failure, Equatable {
    package let remedy = Remedy.stop
    package let exitCode = ExitCode.usage
    package let code: String
    package let detail: String

    package init(code: String, detail: String) {
        self.code = code
        self.detail = detail
    }
}

extension HTTPClientSettings {
    /// What would fail at every call is said once, before the first.
    func check() throws(HTTPClientFailure) {
        if let file = certificateAuthorityFile { try Self.check(file, holds: "CERTIFICATE-----", "a PEM certificate") }
        if let proxy {
            let authority = HTTPOrigin(.http, host: proxy.host, port: proxy.port)
            guard RequestLine.isHost(proxy.host), proxy.port > 0 else {
                throw HTTPClientFailure(
                    code: "client.bad_proxy", detail: "\(authority) is no proxy; expected http://HOST:PORT")
            }
            if let credentials = proxy.credentials?.reveal(),
                !credentials.contains(":") || !RequestLine.isOneLine(credentials)
            {
                throw HTTPClientFailure(
                    code: "client.bad_proxy", detail: "the credentials for \(authority) are not USER:PASSWORD")
            }
        }
        guard let certificate = clientCertificate else { return }
        try Self.check(certificate.file, holds: "CERTIFICATE-----", "a PEM certificate")
        let key = certificate.key.reveal()
        guard key.contains("PRIVATE KEY-----") else {
            throw HTTPClientFailure(
                code: "client.bad_key", detail: "the key of \(certificate.file) is not a private key in PEM")
        }
        guard !key.contains("ENCRYPTED") || certificate.passphrase != nil else {
            throw HTTPClientFailure(
                code: "client.bad_key",
                detail: "the key of \(certificate.file) is encrypted; name the file of its passphrase beside it")
        }
    }

    private static func check(_ file: String, holds mark: String, _ what: String) throws(HTTPClientFailure) {
        guard let content = FileManager.default.contents(atPath: file) else {
            throw HTTPClientFailure(
                code: "client.no_file",
                detail: "\(file.printable()) is missing or may not be read; put \(what) there, or change the settings")
        }
        guard content.range(of: Data(mark.utf8)) != nil else {
            throw HTTPClientFailure(
                code: "client.bad_file", detail: "\(file.printable()) does not hold \(what); put one there")
        }
    }

    /// What must never be seen in an error.
    var secrets: [String] {
        let credentials = proxy?.credentials?.reveal() ?? ""
        let password = credentials.split(separator: ":", maxSplits: 1).last.map(String.init)
        return [password, clientCertificate?.passphrase?.reveal()].compactMap { $0 }.filter { !$0.isEmpty }
    }
}
