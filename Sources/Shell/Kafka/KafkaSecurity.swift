import CRDKafka
package import Ports

/// How brokers are trusted, and how this process proves who it is. TLS is always on with it, and so is the check of the
/// broker's name: there is no setting that turns either off.
package struct KafkaSecurity: Sendable {
    /// A PEM file of authorities to trust instead of the system's.
    package var authorityFile: String?
    /// Who this process is, where the brokers ask for a name and a password.
    package var login: Login?
    /// Who this process is, where the brokers ask for a token (OAUTHBEARER). Called from the library's own threads, a
    /// while before the last token ends.
    package var token: TokenSource?

    package typealias TokenSource = @Sendable () -> Result<Secret, TokenMissing>
    /// Who this process is, where the brokers ask for a certificate.
    package var certificate: Certificate?

    package init() {}

    package struct Login: Sendable {
        package let mechanism: Mechanism
        package let user: String
        package let password: Secret

        package init(_ mechanism: Mechanism, user: String, password: Secret) {
            self.mechanism = mechanism
            self.user = user
            self.password = password
        }
    }

    package enum Mechanism: String, Sendable, CaseIterable {
        case plain = "PLAIN"
        case scramSHA256 = "SCRAM-SHA-256"
        case scramSHA512 = "SCRAM-SHA-512"

        /// Why this mechanism cannot work with the library that is installed; nil where it can. Known at start, because
        /// the brokers would only ever say that the password is wrong.
        package var refusal: String? { refusal(library: rd_kafka_version()) }

        func refusal(library version: Int32) -> String? {
            switch self {
            case .plain: return nil
            case .scramSHA256, .scramSHA512:
                // As the library writes it: 0xMMmmrrpp.
                guard version < 0x0206_01ff else { return nil }
                return "\(rawValue) needs librdkafka 2.6.1 or newer, and this is "
                    + "\(version >> 24 & 0xff).\(version >> 16 & 0xff).\(version >> 8 & 0xff): an older one repeats its "
                    + "nonce, which Kafka 4 refuses as invalid credentials. Use PLAIN, which TLS protects here"
            }
        }
    }

    /// Why there is no token now. It is asked for again.
    package struct TokenMissing: Error {
        let reason: String
        package init(_ reason: String) { self.reason = reason }
    }

    /// A client's certificate, a PEM file, and its key, the text of one.
    package struct Certificate: Sendable {
        package let file: String
        package let key: Secret
        package let keyPassword: Secret?

        package init(file: String, key: Secret, keyPassword: Secret? = nil) {
            self.file = file
            self.key = key
            self.keyPassword = keyPassword
        }
    }

    /// The library's properties: these, and no others, can be had by settings.
    var properties: [String: String] {
        var properties = [
            "security.protocol": login == nil && token == nil ? "SSL" : "SASL_SSL",
            "enable.ssl.certificate.verification": "true",
            "ssl.endpoint.identification.algorithm": "https",
        ]
        properties["ssl.ca.location"] = authorityFile
        properties["ssl.certificate.location"] = certificate?.file
        properties["ssl.key.pem"] = certificate?.key.reveal()
        properties["ssl.key.password"] = certificate?.keyPassword?.reveal()
        properties["sasl.mechanism"] = login?.mechanism.rawValue ?? token.map { _ in "OAUTHBEARER" }
        properties["sasl.username"] = login?.user
        properties["sasl.password"] = login?.password.reveal()
        return properties
    }
}
