import Ports

/// So many calls in a period, and so many at once after a rest.
package struct Rate: Hashable, Sendable {
    package let calls: Int
    package let period: Duration
    package let burst: Int

    package init(_ calls: Int, per period: Duration = .seconds(1), burst: Int) {
        precondition(calls > 0 && burst > 0 && period > .zero, "a rate allows something")
        // So that a bucket can count in millionths of a call per microsecond.
        precondition(
            period.wholeMicroseconds <= 1_000_000_000_000 / Int64(burst), "a rate counts in less than eleven days")
        self.calls = calls
        self.period = period
        self.burst = burst
    }
}

/// What a console allows one user to ask, by the path of the request.
package struct RateTable: Sendable {
    package struct Rule: Hashable, Sendable {
        /// Whole words of the path. With a slash at its end it means only what lies below.
        package let prefix: String
        package let rate: Rate

        package init(_ prefix: String, _ rate: Rate) {
            self.prefix = prefix
            self.rate = rate
        }
    }

    private let rules: [Rule]
    private let otherwise: Rule

    package init(_ rules: [Rule], otherwise: Rate) {
        self.rules = rules.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
        self.otherwise = Rule("", otherwise)
    }

    /// The rule with the longest prefix.
    package func rule(for path: String) -> Rule {
        let route = Self.bases.first { path.hasPrefix($0 + "/") }.map { path.dropFirst($0.count) } ?? path[...]
        return rules.first { $0.applies(to: route) } ?? otherwise
    }

    private static let bases = ["/web/api/v2.1", "/web/api/v2.0"]

    /// The vendor's table. What it does not name is taken for ten a second.
    package static let published = RateTable(
        everyday + slow + other, otherwise: Rate(10, burst: 10))

    private static let everyday = [
        Rule("/threats", Rate(10, burst: 50)), Rule("/threats/", Rate(100, burst: 1000)),
        Rule("/agents", Rate(25, burst: 1)), Rule("/activities", Rate(10, burst: 30)),
        Rule("/cloud-detection/alerts", Rate(10, burst: 10)),
        Rule("/cloud-detection/rules", Rate(30, per: .seconds(60), burst: 1)),
        Rule("/detection-library/rules", Rate(30, per: .seconds(60), burst: 1)),
        Rule("/accounts", Rate(100, burst: 10)), Rule("/sites", Rate(100, burst: 10)),
        Rule("/exclusions", Rate(25, burst: 25)), Rule("/user", Rate(2, burst: 5)),
        Rule("/users", Rate(40, burst: 80)), Rule("/users/login", Rate(1, burst: 1)),
        Rule("/rbac", Rate(50, burst: 100)), Rule("/xdr", Rate(25, burst: 1)),
        // By address and not by user, so the slower of the two numbers that are told.
        Rule("/system/status", Rate(1, burst: 1)),
    ]

    private static let slow = [
        Rule("/application-management/scan", Rate(1, per: .seconds(8 * 3_600), burst: 1)),
        Rule("/dv/init-query", Rate(1, per: .seconds(60), burst: 1)), Rule("/dv/query-status", Rate(1, burst: 1)),
        Rule("/dv/events/pq", Rate(4, burst: 1)), Rule("/dv/events/pq-ping", Rate(4, burst: 1)),
        Rule("/export", Rate(1, burst: 30)), Rule("/remote-ops", Rate(1, burst: 5)),
        Rule("/remote-scripts", Rate(1, burst: 30)), Rule("/tag-manager", Rate(1, burst: 50)),
        Rule("/threat-intelligence", Rate(30, per: .seconds(60), burst: 1)),
        Rule("/update/agent/download", Rate(2, per: .seconds(60), burst: 1)),
        Rule("/upgrade-policy", Rate(1, burst: 50)), Rule("/upload", Rate(1, burst: 5)),
        // Long-running queries, per user.
        Rule("/sdl/v2/api/queries", Rate(3, burst: 1)),
    ]

    private static let other = [
        Rule("/application-management/inventory", Rate(3, burst: 1)), Rule("/identity", Rate(50, burst: 100)),
        Rule("/ranger-ad", Rate(50, burst: 100)), Rule("/service-users", Rate(5, burst: 10)),
        Rule("/singularity-marketplace", Rate(5, burst: 20)), Rule("/user-groups", Rate(15, burst: 50)),
        Rule("/licenses", Rate(10, burst: 5)), Rule("/cloud-funnel", Rate(2, burst: 10)),
        Rule("/hyper-automate/webhook", Rate(150, burst: 1)), Rule("/hyper-automate/api", Rate(60, burst: 1)),
    ]
}

extension RateTable.Rule {
    fileprivate func applies(to route: Substring) -> Bool {
        guard route.hasPrefix(prefix) else { return false }
        let rest = route.dropFirst(prefix.count)
        return prefix.hasSuffix("/") ? !rest.isEmpty : rest.isEmpty || rest.hasPrefix("/")
    }
}
