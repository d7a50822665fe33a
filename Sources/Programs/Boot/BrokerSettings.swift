import Kafka
import Ports

/// The brokers, and how this process presents itself to them, in the words of the Kafka library. Of its many properties
/// only these can be set: on the others rests what the log guarantees, or nobody has needed them yet.
package struct BrokerSettings: Sendable {
    enum Login: Sendable {
        case password(KafkaSecurity.Mechanism, user: String, SecretFile)
        case token(SecretFile)
    }

    /// PEM files of a client's certificate and its key.
    struct Certificate: Sendable {
        let file: String
        let key: SecretFile
        let keyPassword: SecretFile?
    }

    let servers: String
    let isEncrypted: Bool
    let login: Login?
    let authorityFile: String?
    let certificate: Certificate?
    let rack: String?
    let timing: KafkaSettings.Timing
    let recordLimit: Int

    init(_ section: inout SettingsSection) {
        servers = section.text(
            "bootstrap.servers", atMost: 4_096, expecting: "HOST:PORT, several with commas between them",
            where: Self.areBrokers)
        let transport = section.choice("security.protocol", default: Transport.plaintext)
        isEncrypted = transport != .plaintext
        authorityFile = section.optional("ssl.ca.location") { $0.path($1) }
        certificate = Certificate.read(&section)
        login = Login.read(&section, isWanted: transport == .loginOverTLS)
        rack = section.optional("client.rack") { $0.text($1, atMost: 249) }
        timing = KafkaSettings.Timing(&section)
        recordLimit = section.integer(
            "message.max.bytes", default: KafkaSettings.standardRecordLimit, in: 100_000...64_000_000)
        if !isEncrypted && (authorityFile != nil || certificate != nil) {
            section.refuse("certificates want security.protocol SSL or SASL_SSL", at: "security.protocol")
        }
    }

    /// Without SASL_PLAINTEXT: no password travels in the clear.
    private enum Transport: String, CaseIterable {
        case plaintext = "PLAINTEXT"
        case tls = "SSL"
        case loginOverTLS = "SASL_SSL"
    }

    private static func areBrokers(_ text: String) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { broker in
            guard let colon = broker.lastIndex(of: ":"), let port = UInt16(broker[broker.index(after: colon)...])
            else { return false }
            // No scheme and no path: what is pasted from elsewhere.
            return port > 0 && colon > broker.startIndex
                && broker[..<colon].utf8.allSatisfy { (33...126).contains($0) && $0 != UInt8(ascii: "/") }
        }
    }

    /// For people, without a secret: whom this process talks to, and as who.
    var summary: String {
        let identity =
            switch login {
            case nil: isEncrypted ? certificate == nil ? "TLS" : "TLS with a certificate" : "no TLS"
            case .password(let mechanism, let user, _): "TLS, \(mechanism.rawValue) as \(user)"
            case .token: "TLS, a token"
            }
        return "kafka \(servers) (\(identity))"
    }

    /// Whether what travels can be read and changed on the way to another machine.
    var isExposed: Bool {
        !isEncrypted
            && servers.split(separator: ",").contains { broker in
                !["127.", "localhost:", "[::1]:"].contains { broker.hasPrefix($0) }
            }
    }

    /// The files that must be readable, because what is in them is needed.
    var secretFiles: [SecretFile] {
        var files = certificate?.keyPassword.map { [$0] } ?? []
        switch login {
        case nil: break
        case .password(_, _, let file), .token(let file): files.append(file)
        }
        return files
    }

    var keyFiles: [SecretFile] { certificate.map { [$0.key] } ?? [] }
}

extension BrokerSettings.Certificate {
    fileprivate static func read(_ section: inout SettingsSection) -> Self? {
        let file = section.optional("ssl.certificate.location") { $0.path($1) }
        let key = section.optional("ssl.key.location") { $0.path($1) }
        let keyPassword = section.optional("ssl.key.password") { $0.secretFile($1) }
        switch (file, key) {
        case (let file?, let key?): return Self(file: file, key: SecretFile(path: key), keyPassword: keyPassword)
        case (nil, nil): if keyPassword != nil { section.refuse("there is no key for it", at: "ssl.key.password") }
        case (_?, nil): section.refuse("needs ssl.key.location beside it", at: "ssl.certificate.location")
        case (nil, _?): section.refuse("needs ssl.certificate.location beside it", at: "ssl.key.location")
        }
        return nil
    }
}

extension BrokerSettings.Login {
    private enum Mechanism: String, CaseIterable {
        case plain = "PLAIN"
        case scramSHA256 = "SCRAM-SHA-256"
        case scramSHA512 = "SCRAM-SHA-512"
        case token = "OAUTHBEARER"
    }

    fileprivate static func read(_ section: inout SettingsSection, isWanted: Bool) -> Self? {
        let mechanism = section.optional("sasl.mechanism") { $0.choice($1) as Mechanism }
        let user = section.optional("sasl.username") { $0.text($1) }
        let password = section.optional("sasl.password") { $0.secretFile($1) }
        let token = section.optional("sasl.oauthbearer.token") { $0.secretFile($1) }
        guard isWanted else {
            if mechanism != nil || user != nil || password != nil || token != nil {
                section.refuse(
                    "a login wants SASL_SSL, so that it does not travel in the clear", at: "security.protocol")
            }
            return nil
        }
        guard let mechanism else {
            section.refuse("SASL_SSL wants sasl.mechanism", at: "security.protocol")
            return nil
        }
        guard let named = KafkaSecurity.Mechanism(rawValue: mechanism.rawValue) else {
            if let token, user == nil, password == nil { return .token(token) }
            section.refuse("wants sasl.oauthbearer.token, and neither user nor password", at: "sasl.mechanism")
            return nil
        }
        // Refused here, because the brokers would only ever say that the password is wrong.
        if let refusal = named.refusal { section.refuse(refusal, at: "sasl.mechanism") }
        if let user, let password, token == nil { return .password(named, user: user, password) }
        section.refuse("wants sasl.username and sasl.password, and no token", at: "sasl.mechanism")
        return nil
    }
}

extension KafkaSettings.Timing {
    fileprivate init(_ section: inout SettingsSection) {
        self.init()
        session = section.milliseconds("session.timeout.ms", default: session, in: 1_000...300_000)
        transaction = section.milliseconds("transaction.timeout.ms", default: transaction, in: 1_000...300_000)
        betweenPolls = section.milliseconds("max.poll.interval.ms", default: betweenPolls, in: 10_000...600_000)
        if session > betweenPolls { section.refuse("longer than max.poll.interval.ms", at: "session.timeout.ms") }
    }
}

extension SettingsSection {
    /// As the Kafka library writes durations.
    fileprivate mutating func milliseconds(
        _ key: String, default standard: Duration, in limits: ClosedRange<Int>
    ) -> Duration {
        .milliseconds(integer(key, default: Int(standard.wholeMilliseconds), in: limits))
    }
}
