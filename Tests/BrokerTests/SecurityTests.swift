import Children
import PipelineTesting
import Ports
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

        @Test("brokers with a certificate of somebody else are never talked to", arguments: ["authority", "password"])
        func untrusted(missing: String) throws {
            var security = try security("admin", password: missing == "password" ? "wrong" : nil)
            if missing == "authority" { security.authorityFile = nil }
            var settings = try KafkaSettings(
                bootstrap: try TestCluster.secure().bootstrap, instance: "one", security: security)
            settings.timing.patience = .seconds(3)
            let store = try KafkaStore(settings, signals: .none)
            #expect(throws: LogFailure.self) { try store.tail(of: ["any"], from: .start) }
        }
    }
}
