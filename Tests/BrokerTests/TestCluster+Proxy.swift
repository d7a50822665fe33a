import Children
import PipelineTesting

extension TestCluster {
    private static let proxied = Result {
        let proxy = try FaultyProxy()
        let cluster = try own("--set", "advertised.listeners=CLIENT://127.0.0.1:\(proxy.port)")
        proxy.forward(to: try cluster.port(of: 1))
        return (proxy: proxy, cluster: cluster)
    }

    /// One whose every client comes by a proxy.
    static func behindProxy() throws -> (proxy: FaultyProxy, cluster: Cluster) { try proxied.get() }
}
