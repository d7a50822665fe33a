import CRDKafka
package import Ports

/// How brokers are trusted, and how this process proves who it is. TLS is always on with it, and so is the check of the
/// broker's name: there is no setting that turns either off.
package struct KafkaSecurity: Sendable {
    /// A PEM file of authorities to trust instead of the system's.
    package var authorityFile: String?
    /// Who this process is, where the brokers ask for a name and a password.
    package var login: Login?
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

    /// PEM files of a client's certificate and its key.
    package struct Certificate: Sendable {
        package let file: String
        package let keyFile: String

        package init(file: String, keyFile: String) {
            self.file = file
            self.keyFile = keyFile
        }
    }

    /// The library's properties: these, and no others, can be had by settings.
    var properties: [String: String] {
        var properties = [
            "security.protocol": login == nil ? "SSL" : "SASL_SSL",
            "enable.ssl.certificate.verification": "true",
            "ssl.endpoint.identification.algorithm": "https",
        ]
        properties["ssl.ca.location"] = authorityFile
        properties["ssl.certificate.location"] = certificate?.file
        properties["ssl.key.location"] = certificate?.keyFile
        properties["sasl.mechanism"] = login?.mechanism.rawValue
        properties["sasl.username"] = login?.user
        properties["sasl.password"] = login?.password.reveal()
        return properties
    }
}
