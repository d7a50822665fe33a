import Foundation
import PipelineTesting
import Ports

/// The Kafkas that the tests of this run share: one that somebody named, or that is started for it and ends with it;
/// and one with TLS, passwords and permissions, which only a folder with a Kafka can give.
enum TestCluster {
    private static let home = ProcessInfo.processInfo.environment["DOCKET_KAFKA_HOME"]
    private static let given = ProcessInfo.processInfo.environment["DOCKET_KAFKA_BOOTSTRAP"]

    static let isThere = home != nil || given != nil
    /// Whether clusters can be started here.
    static let canStart = home != nil && given == nil

    /// Whether there is time for what takes minutes and needs a machine of its own.
    static let isSoak = canStart && ProcessInfo.processInfo.environment["DOCKET_SOAK"] != nil

    private static let opened = Result { try start([]) }
    private static let secured = Result { try start(["--secure"]) }
    private static let tripled = Result { try start(["--brokers", "3"]) }
    private static let proxied = Result {
        let proxy = try FaultyProxy()
        let cluster = try start(["--set", "advertised.listeners=CLIENT://127.0.0.1:\(proxy.port)"])
        proxy.forward(to: try cluster.port(of: 1))
        return (proxy: proxy, cluster: cluster)
    }

    /// Where the brokers of the shared one are.
    static func bootstrap() throws -> String { try given ?? opened.get().bootstrap }

    /// The shared one, where it was started here.
    static func open() throws -> Cluster { try opened.get() }

    static func secure() throws -> Cluster { try secured.get() }

    /// Three brokers, of which one may be away without anybody losing anything.
    static func three() throws -> Cluster { try tripled.get() }

    /// One whose every client comes by a proxy.
    static func behindProxy() throws -> (proxy: FaultyProxy, cluster: Cluster) { try proxied.get() }

    /// The PEM file of the authority that the secure brokers' certificates are from.
    static func authority() throws -> String { try secure().folder + "/tls/authority.pem" }

    /// A cluster for a test that torments it, which ends it.
    static func own(_ options: String...) throws -> Cluster { try start(options) }

    private static func start(_ options: [String]) throws -> Cluster {
        guard let home else { throw Cluster.Failure(description: "DOCKET_KAFKA_HOME is not set") }
        return try Cluster(by: home, options)
    }
}
