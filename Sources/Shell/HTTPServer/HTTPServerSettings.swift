import Foundation
package import Ports

/// Where a server listens and how much it takes on.
package struct HTTPServerSettings: Sendable, Equatable {
    /// A numeric IPv4 address. Others than this machine are let in only on purpose.
    package var address = "127.0.0.1"
    /// 0 lets the system choose; `HTTPServer.port` tells which.
    package var port: UInt16 = 0
    /// With one it speaks TLS, 1.2 or newer, and nothing else.
    package var certificate: ServerCertificate?
    /// One thread each. Further connections wait in the system's backlog or are refused.
    package var connections = 128
    /// A connection that says nothing for so long is closed. Whole seconds, at least one.
    package var idleTimeout: Duration = .seconds(30)
    /// A longer request body is answered with 413, a very much longer one by closing the connection.
    package var bodyLimit = 8 << 20
    /// Request line and headers together must fit into this.
    package var headerLimit = 64 << 10

    package init() {}
}

/// What a server shows to prove who it is: PEM text.
package struct ServerCertificate: Sendable, Equatable {
    let chain: String
    let key: Secret

    /// The server's own certificate first, then those between it and its authority.
    package init(chain: String, key: Secret) throws(HTTPServerFailure) {
        try self.init(chain: chain, key: key, called: ("the certificate chain", "the key"))
    }

    package init(chainFile: String, keyFile: String) throws(HTTPServerFailure) {
        try self.init(
            chain: try Self.text(of: chainFile), key: Secret(try Self.text(of: keyFile)),
            called: (chainFile.printable(), keyFile.printable()))
    }

    private init(
        chain: String, key: Secret, called names: (chain: String, key: String)
    ) throws(HTTPServerFailure) {
        guard chain.contains("-----BEGIN CERTIFICATE-----") else {
            throw HTTPServerFailure(code: Self.code, detail: "\(names.chain) does not hold a PEM certificate")
        }
        guard key.reveal().contains("PRIVATE KEY-----") else {
            throw HTTPServerFailure(code: Self.code, detail: "\(names.key) does not hold a private key in PEM")
        }
        guard !key.reveal().contains("ENCRYPTED") else {
            throw HTTPServerFailure(
                code: Self.code, detail: "\(names.key) is encrypted; a server starts with nobody there to ask")
        }
        self.chain = chain
        self.key = key
    }

    static let code = "server.bad_certificate"

    private static func text(of file: String) throws(HTTPServerFailure) -> String {
        guard let content = FileManager.default.contents(atPath: file) else {
            throw HTTPServerFailure(
                code: code, detail: "\(file.printable()) is missing or may not be read; put the PEM file there")
        }
        return String(decoding: content, as: UTF8.self)
    }
}

/// Why a server does not listen.
package struct HTTPServerFailure: Failure, Equatable {
    package let remedy = Remedy.stop
    package let code: String
    package let detail: String
}
