import Foundation
import Kafka
import Ports
import Settings
import Testing

@testable import Boot

@Suite("Settings of the log") struct BrokerSettingsTests {
    private static func read(_ lines: String) throws -> LogSettings {
        try SettingsFile.parse(lines, file: "docket.yaml", environment: ["NAME": "ingest"]).read { LogSettings(&$0) }
    }

    private static func brokers(_ lines: String) throws -> BrokerSettings {
        guard case .kafka(let brokers) = try read("kafka:\n" + lines.indented) else {
            throw CocoaError(.fileReadUnknown)
        }
        return brokers
    }

    /// The sentences of all that is wrong.
    private static func problems(_ lines: String) -> [String] {
        do {
            _ = try read(lines)
            return []
        } catch {
            return (error as? SettingsProblems)?.problems.map(\.description) ?? ["\(error)"]
        }
    }

    @Test("a log is a directory or brokers, and one of them")
    func which() throws {
        guard case .directory("log") = try Self.read("directory: log\n") else {
            Issue.record("no directory")
            return
        }
        #expect(Self.problems("{}\n").first?.contains("directory: with a path") == true)
        #expect(
            Self.problems("directory: log\nkafka: { bootstrap.servers: 'a:1' }\n").first?.contains("not both") == true)
    }

    @Test("brokers need only be named")
    func least() throws {
        let brokers = try Self.brokers("bootstrap.servers: one:9092,two:9092\n")
        let settings = try brokers.connection(as: "host-1")
        #expect(settings.bootstrap == "one:9092,two:9092" && settings.instance == "host-1")
        #expect(settings.security == nil)
        #expect(settings.timing.session == .seconds(10) && settings.timing.transaction == .seconds(10))
        #expect(brokers.isExposed)
        #expect(try !Self.brokers("bootstrap.servers: 127.0.0.1:9092\n").isExposed)
    }

    @Test("a password comes from a file that nobody else reads, and is never shown")
    func password() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "docket-\(UUID().uuidString)")
        try Data("hidden\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let brokers = try Self.brokers(
            """
            bootstrap.servers: one:9093
            security.protocol: SASL_SSL
            ssl.ca.location: authority.pem
            sasl.mechanism: PLAIN
            sasl.username: ${NAME}
            sasl.password: file:\(file.path)

            """)
        #expect(throws: LogFailure.self, "everybody may read it") { try brokers.connection(as: "one") }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let security = try #require(try brokers.connection(as: "one").security)
        #expect(security.login?.user == "ingest" && security.login?.password.reveal() == "hidden")
        #expect(security.authorityFile == "authority.pem")
        #expect(brokers.secretFiles == [SecretFile(path: file.path)])
        #expect(brokers.summary == "kafka one:9093 (TLS, PLAIN as ingest)" && !brokers.isExposed)
        #expect(!"\(security)".contains("hidden"))
    }

    @Test("a token is read anew whenever the library wants one")
    func token() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "docket-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let brokers = try Self.brokers(
            """
            bootstrap.servers: one:9093
            security.protocol: SASL_SSL
            sasl.mechanism: OAUTHBEARER
            sasl.oauthbearer.token: file:\(file.path)

            """)
        let token = try #require(try brokers.connection(as: "one").security?.token)
        guard case .failure = token() else { return #expect(Bool(false), "there is no file yet") }
        for text in ["first", "second"] {
            try Data(text.utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            #expect(try token().get().reveal() == text)
        }
    }

    @Test(
        "what cannot be meant is told, with the key that was meant or what to write instead",
        arguments: [
            ("bootstrap.servers: http://a:1", "expected HOST:PORT"), ("bootstrap.servers: a", "expected HOST:PORT"),
            ("bootstrap.severs: 'a:1'", "did you mean \"bootstrap.servers\"?"),
            ("enable.idempotence: false", "unknown key"), ("isolation.level: read_uncommitted", "unknown key"),
            ("ssl.ca.locaton: a", "did you mean \"ssl.ca.location\"?"),
            ("security.protocol: SASL_PLAINTEXT", "expected one of PLAINTEXT, SSL, SASL_SSL"),
            ("sasl.mechanism: PLAIN", "does not travel in the clear"),
            ("ssl.ca.location: a", "want security.protocol SSL or SASL_SSL"),
            ("security.protocol: SASL_SSL", "wants sasl.mechanism"),
            (
                "{security.protocol: SASL_SSL, sasl.mechanism: PLAIN, sasl.username: a}",
                "wants sasl.username and sasl.p"
            ),
            (
                "{security.protocol: SASL_SSL, sasl.mechanism: PLAIN, sasl.username: a, sasl.password: hunter2}",
                "file:PATH"
            ),
            ("{security.protocol: SASL_SSL, sasl.mechanism: OAUTHBEARER}", "wants sasl.oauthbearer.token"),
            ("{security.protocol: SSL, ssl.certificate.location: a}", "needs ssl.key.location"),
            ("{security.protocol: SSL, ssl.key.location: a}", "needs ssl.certificate.location"),
            ("{security.protocol: SSL, ssl.key.password: 'file:a'}", "there is no key for it"),
            ("session.timeout.ms: 5", "from 1000 to 300000"),
            ("{session.timeout.ms: 60000, max.poll.interval.ms: 10000}", "longer than max.poll.interval.ms"),
        ])
    func mistakes(line: String, says: String) {
        let inner = line.hasPrefix("{") ? String(line.dropFirst().dropLast()) : line
        let servers = inner.hasPrefix("bootstrap") ? "" : "bootstrap.servers: 'a:1', "
        let problems = Self.problems("kafka: { \(servers)\(inner) }\n")
        #expect(problems.contains { $0.contains(says) && $0.hasPrefix("docket.yaml:1:") }, "\(problems)")
        #expect(!problems.joined().contains("hunter2"))
    }

    @Test("SCRAM is refused where the library is too old for it, at its line")
    func scram() {
        let problems = Self.problems(
            """
            kafka:
              bootstrap.servers: one:9093
              security.protocol: SASL_SSL
              sasl.mechanism: SCRAM-SHA-512
              sasl.username: a
              sasl.password: file:b

            """)
        let refusal = KafkaSecurity.Mechanism.scramSHA512.refusal
        #expect(problems.count == (refusal == nil ? 0 : 1))
        if refusal != nil { #expect(problems.first?.hasPrefix("docket.yaml:4:") == true, "\(problems)") }
    }
}

extension String {
    fileprivate var indented: String {
        split(separator: "\n").map { "  \($0)\n" }.joined()
    }
}
