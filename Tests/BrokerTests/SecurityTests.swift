import Children
import Foundation
import PipelineTesting
import Ports
import Synchronization
import Testing

@testable import Kafka

@Suite("Kafka: what settings may ask for")
struct KafkaSecurityTests {
    @Test("SCRAM is refused on a library that cannot do it, with the reason, and PLAIN never is")
    func mechanisms() {
        for mechanism in [KafkaSecurity.Mechanism.scramSHA256, .scramSHA512] {
            #expect(mechanism.refusal(library: 0x0200_02ff)?.contains("this is 2.0.2") == true)
            #expect(mechanism.refusal(library: 0x0206_00ff) != nil)
            #expect(mechanism.refusal(library: 0x0206_01ff) == nil)
        }
        #expect(KafkaSecurity.Mechanism.plain.refusal(library: 0x0200_02ff) == nil)
    }

    @Test("whoever logs in does so under TLS, and the broker's certificate and name are always checked")
    func alwaysTLS() {
        var security = KafkaSecurity()
        security.login = .init(.plain, user: "ingest", password: Secret("hidden"))
        #expect(security.properties["security.protocol"] == "SASL_SSL")
        #expect(security.properties["enable.ssl.certificate.verification"] == "true")
        #expect(security.properties["ssl.endpoint.identification.algorithm"] == "https")
        #expect(!"\(security)".contains("hidden"))
    }
}

extension BrokerTests {
    @Suite(
        "Kafka: TLS, passwords, permissions", .enabled(if: TestCluster.canStart, "set DOCKET_KAFKA_HOME"),
        .timeLimit(.minutes(2)))
    struct SecureTests {
        private func security(_ user: String, password: String? = nil) throws -> KafkaSecurity {
            var security = KafkaSecurity()
            security.authorityFile = try TestCluster.authority()
            security.login = .init(.plain, user: user, password: Secret(password ?? "\(user)-secret"))
            return security
        }

        @Test("a turn over TLS and a password is visible whole or not at all")
        func turns() throws {
            let log = try KafkaUnderTest(on: try TestCluster.secure().bootstrap, security: try security("admin"))
            try LogContract.turnIsVisibleWholeOrNotAtAll(log)
        }

        @Test("a program that may not read its topics is stopped, and told which")
        func forbidden() throws {
            let log = try KafkaUnderTest(on: try TestCluster.secure().bootstrap, security: try security("admin"))
            let settings = try KafkaSettings(
                bootstrap: log.settings.bootstrap, instance: "stranger", security: try security("stranger"))
            let store = try KafkaStore(settings, signals: .none)
            let failure = #expect(throws: LogFailure.self) {
                try store.member(of: "strangers", reading: [log.prefix + "input"], journal: nil)
            }
            #expect(failure?.remedy == .stop)
            #expect(failure?.code == "kafka.TOPIC_AUTHORIZATION_FAILED")
            #expect(failure?.detail.contains(log.prefix + "input") == true)
        }

        @Test(
            "who is not let in is told why at once, and not after all patience that nobody answered",
            arguments: [("authority", "certificate verify failed"), ("password", "Invalid username or password")])
        func refused(wrong: String, says: String) throws {
            var security = try security("admin", password: wrong == "password" ? "mistaken" : nil)
            if wrong == "authority" { security.authorityFile = nil }
            let settings = try KafkaSettings(
                bootstrap: try TestCluster.secure().bootstrap, instance: "one", security: security)
            let store = try KafkaStore(settings, signals: .none)
            let start = ContinuousClock.now
            let failure = #expect(throws: LogFailure.self) { try store.tail(of: ["any"], from: .start) }
            #expect(ContinuousClock.now - start < settings.timing.patience / 2)
            #expect(failure?.exitCode == .unavailable)
            #expect(failure?.detail.contains(says) == true, "\(failure?.detail ?? "")")
            #expect(failure?.detail.contains("mistaken") == false)
        }

        @Test("brokers that ask for a client's certificate get it, its key from an encrypted file or a plain one")
        func certificates() throws {
            let cluster = try TestCluster.own("--secure", "--set", "listener.name.client.ssl.client.auth=required")
            defer { #expect(throws: Never.self) { try cluster.end() } }
            let client = try ClientCertificate(in: cluster.folder + "/tls")
            var security = try security("admin")
            security.authorityFile = cluster.folder + "/tls/authority.pem"
            func topics() throws { _ = try Self.store(cluster, security).create([client.topic]) }
            let failure = #expect(throws: LogFailure.self) {
                try Self.store(cluster, security, patience: .seconds(5)).tail(of: ["any"], from: .start)
            }
            #expect(failure?.detail.contains("certificate") == true, "\(failure?.detail ?? "")")
            security.certificate = .init(file: client.certificate, key: client.key)
            try topics()
            security.certificate = .init(
                file: client.certificate, key: client.encryptedKey, keyPassword: client.password)
            try topics()
            let wrong = KafkaSecurity.Certificate(
                file: client.certificate, key: client.encryptedKey, keyPassword: Secret("mistaken"))
            security.certificate = wrong
            let unopened = #expect(throws: LogFailure.self) { try topics() }
            #expect(unopened?.remedy == .stop && unopened?.detail.contains("mistaken") == false)
        }

        @Test("a token is asked for again before it ends, and one that has ended is told as such")
        func tokens() throws {
            let module = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
            let cluster = try TestCluster.own(
                "--secure", "--set", "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512,OAUTHBEARER", "--set",
                "listener.name.client.oauthbearer.sasl.jaas.config=\(module) unsecuredLoginStringClaim_sub=\"admin\";",
                // Whoever does not come with a new token in time loses its connection.
                "--set", "connections.max.reauth.ms=3000")
            defer { #expect(throws: Never.self) { try cluster.end() } }
            var security = KafkaSecurity()
            security.authorityFile = cluster.folder + "/tls/authority.pem"
            let given = Counter()
            security.token = {
                given.add()
                return .success(unsecured("admin", livesFor: 2))
            }
            let log = try KafkaUnderTest(on: cluster.bootstrap, security: security)
            let (appender, tail) = (try log.appender(), try log.tail(of: ["output"], from: .start))
            // Each of its clients had one at its start.
            let first = given.value
            let end = ContinuousClock.now + .seconds(30)
            var written = 0
            while given.value < first + 3, ContinuousClock.now < end {
                try appender.append([OutgoingRecord(topic: "output", key: nil, value: Bytes("\(written)"))])
                written += 1
            }
            #expect(given.value >= first + 3, "tokens of two seconds are replaced")
            var read = 0
            while read < written, ContinuousClock.now < end {
                read += try tail.next(atMost: 1_000, waiting: .seconds(1)).records.count
            }
            #expect(read == written)

            for (token, says) in [
                (Result.success(unsecured("admin", livesFor: -5)), "the token has expired"),
                (.failure(KafkaSecurity.TokenMissing("no file there")), "no file there"),
            ] {
                security.token = { token }
                let refused = #expect(throws: LogFailure.self) {
                    try Self.store(cluster, security).tail(of: ["any"], from: .start)
                }
                #expect(refused?.detail.contains(says) == true, "\(refused?.detail ?? "")")
            }
        }

        private static func store(
            _ cluster: Cluster, _ security: KafkaSecurity, patience: Duration = .seconds(30)
        ) throws -> KafkaStore {
            var settings = try KafkaSettings(bootstrap: cluster.bootstrap, instance: "one", security: security)
            settings.timing.patience = patience
            return try KafkaStore(settings, signals: .none)
        }
    }
}

/// A token that the tests' brokers take: nobody has signed it.
private func unsecured(_ user: String, livesFor seconds: Double) -> Secret {
    func part(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    }
    let now = Date().timeIntervalSince1970
    let claims = "{\"sub\":\"\(user)\",\"iat\":\(Int(now) - 60),\"exp\":\(now + seconds)}"
    return Secret(part("{\"alg\":\"none\"}") + "." + part(claims) + ".")
}

private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock(\.self) }
    func add() { count.withLock { $0 += 1 } }
}

/// A client's certificate from the authority of a cluster, its key once in the plain and once encrypted.
private struct ClientCertificate {
    let certificate: String
    let key: Secret
    let encryptedKey: Secret
    let password = Secret("opens-it")
    let topic = TopicDeclaration("made-with-a-certificate", partitions: 1, kind: .events)

    private static let script = """
        set -e
        openssl req -newkey rsa:2048 -nodes -subj /CN=client -keyout client.key -out client.csr
        openssl x509 -req -in client.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 1 -out client.pem
        openssl rsa -aes256 -passout "pass:$1" -in client.key -out client.encrypted.key
        """

    init(in folder: String) throws {
        let place = URL(filePath: folder)
        let child = try Child(
            URL(filePath: "/bin/bash"), ["-c", Self.script, "certificate", password.reveal()], in: place,
            environment: ["PATH": "/usr/bin:/bin"], output: .nothing, errors: .nothing)
        #expect(child.wait() == .exit(0))
        certificate = place.appending(path: "client.pem").path
        key = Secret(try String(contentsOf: place.appending(path: "client.key"), encoding: .utf8))
        encryptedKey = Secret(try String(contentsOf: place.appending(path: "client.encrypted.key"), encoding: .utf8))
    }
}
