import Foundation

/// The Kafkas that the tests of this run share: one that somebody named, or that is started for it and ends with it;
/// and one with TLS, passwords and permissions, which only a folder with a Kafka can give.
package enum TestCluster {
    private static let home = ProcessInfo.processInfo.environment["DOCKET_KAFKA_HOME"]
    private static let given = ProcessInfo.processInfo.environment["DOCKET_KAFKA_BOOTSTRAP"]

    package static let isThere = home != nil || given != nil
    /// Whether clusters can be started here.
    package static let canStart = home != nil && given == nil

    /// Whether there is time for what takes minutes and needs a machine of its own.
    package static let isSoak = canStart && ProcessInfo.processInfo.environment["DOCKET_SOAK"] != nil

    private static let opened = Result { try start([]) }
    private static let secured = Result { try start(["--secure"]) }
    private static let tripled = Result { try start(["--brokers", "3"]) }

    /// Where the brokers of the shared one are.
    package static func bootstrap() throws -> String { try given ?? opened.get().bootstrap }

    /// The shared one, where it was started here.
    package static func open() throws -> Cluster { try opened.get() }

    package static func secure() throws -> Cluster { try secured.get() }

    /// Three brokers, of which one may be away without anybody losing anything.
    package static func three() throws -> Cluster { try tripled.get() }

    /// The PEM file of the authority that the secure brokers' certificates are from.
    package static func authority() throws -> String { try secure().folder + "/tls/authority.pem" }

    /// A cluster for a test that torments it, which ends it.
    package static func own(_ options: String...) throws -> Cluster { try start(options) }

    private static func start(_ options: [String]) throws -> Cluster {
        guard let home else { throw Cluster.Failure(description: "DOCKET_KAFKA_HOME is not set") }
        return try Cluster(by: home, options)
    }
}
