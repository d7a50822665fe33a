package import HTTPClient
package import Ports
import Settings

/// How consoles are reached. Secrets are named by their files here, and read when a client is made.
package struct CallSettings: Sendable {
    fileprivate struct Certificate: Sendable {
        let file: String
        let key: SecretFile
        let passphrase: SecretFile?
    }

    private var plain = HTTPClientSettings()
    private let proxy: HTTPOrigin?
    private let proxyCredentials: SecretFile?
    private let certificate: Certificate?

    package init(_ section: inout SettingsSection) {
        plain.connectTimeout = section.duration(
            "connect-timeout", default: plain.connectTimeout, in: .milliseconds(100) ... .seconds(60))
        plain.readsOverHTTP2 = section.flag("http2", default: true)
        plain.certificateAuthorityFile = section.optional("ca-file") { $0.path($1) }
        proxy = section.optional("proxy") { $0.proxy($1) }
        proxyCredentials = section.optional("proxy-credentials") { $0.secretFile($1) }
        if proxyCredentials != nil && proxy == nil {
            section.refuse("there is no proxy for them", at: "proxy-credentials")
        }
        certificate = Certificate.read(&section)
    }

    /// A client for the thread of one loop.
    package func client() throws(HTTPClientFailure) -> HTTPClient {
        var settings = plain
        do {
            settings.proxy = try proxy.map { proxy throws(FileFailure) in
                HTTPClientSettings.Proxy(
                    host: proxy.host, port: proxy.port,
                    credentials: try proxyCredentials.map { file throws(FileFailure) in try file.secret() })
            }
            settings.clientCertificate = try certificate.map { certificate throws(FileFailure) in
                HTTPClientSettings.ClientCertificate(
                    file: certificate.file, key: try certificate.key.wholeText(),
                    passphrase: try certificate.passphrase.map { file throws(FileFailure) in try file.secret() })
            }
        } catch {
            throw HTTPClientFailure(code: error.code, detail: error.detail)
        }
        return try HTTPClient(settings)
    }

    /// The files that must be readable, because what is in them is needed.
    package var secretFiles: [SecretFile] { [proxyCredentials, certificate?.passphrase].compactMap { $0 } }
    package var keyFiles: [SecretFile] { certificate.map { [$0.key] } ?? [] }
}

extension CallSettings.Certificate {
    fileprivate static func read(_ section: inout SettingsSection) -> Self? {
        let file = section.optional("client-certificate") { $0.path($1) }
        let key = section.optional("client-key") { $0.secretFile($1) }
        let passphrase = section.optional("client-key-passphrase") { $0.secretFile($1) }
        switch (file, key) {
        case (let file?, let key?): return Self(file: file, key: key, passphrase: passphrase)
        case (nil, nil): if passphrase != nil { section.refuse("there is no key for it", at: "client-key-passphrase") }
        case (_?, nil): section.refuse("needs client-key beside it", at: "client-certificate")
        case (nil, _?): section.refuse("needs client-certificate beside it", at: "client-key")
        }
        return nil
    }
}
