import Foundation

/// Where a deployment keeps its records, and who its programs are there.
struct DeploymentLog: Sendable {
    private let lines: String
    /// What each program logs in as, where it must; docket's is under its own name.
    private let users: [String: String]
    private let isEmbedded: Bool

    static let embedded = DeploymentLog(lines: "log: { directory: log }", users: [:], isEmbedded: true)

    /// Brokers that know nobody by name, with topics of this deployment's own.
    static func kafka(_ bootstrap: String, prefix: String) -> DeploymentLog {
        DeploymentLog(lines: cluster(bootstrap, prefix: prefix, more: ""), users: [:], isEmbedded: false)
    }

    /// Brokers that want TLS and a password.
    static func kafka(
        _ bootstrap: String, authority: String, prefix: String, users: [String: String]
    ) -> DeploymentLog {
        let login = """

                security.protocol: SASL_SSL
                ssl.ca.location: \(authority)
                sasl.mechanism: PLAIN
                sasl.username: ${KAFKA_USER}
                sasl.password: file:secrets/${KAFKA_USER}
            """
        return DeploymentLog(
            lines: cluster(bootstrap, prefix: prefix, more: login), users: users, isEmbedded: false)
    }

    /// With the time-outs of the tests, so that who was killed is replaced soon.
    private static func cluster(_ bootstrap: String, prefix: String, more: String) -> String {
        """
        topics: { prefix: "\(prefix)" }
        log:
          kafka:
            bootstrap.servers: "\(bootstrap)"
            session.timeout.ms: 2000
            transaction.timeout.ms: 3000\(more)
        """
    }

    var settings: String { lines }

    func environment(of program: String) -> [String: String] {
        users[program].map { ["KAFKA_USER": $0] } ?? [:]
    }

    /// The passwords of the tests' brokers, each in a file of its own.
    func writeSecrets(in folder: URL) throws {
        let place = folder.appending(path: "secrets")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for user in Set(users.values) {
            let file = place.appending(path: user)
            try Data("\(user)-secret".utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        }
    }

    /// Whether somebody could look into it; before that there is nothing to see.
    func isMade(in folder: URL) -> Bool {
        !isEmbedded || FileManager.default.fileExists(atPath: folder.appending(path: "log/made").path)
    }
}
