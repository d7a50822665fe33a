import Ports

/// How a console says that it was called too often.
package struct RateLimitAnswer: Sendable, Equatable {
    package enum Body: String, Sendable, CaseIterable { case json, html }

    /// As the `Retry-After` header has it: `seconds` for the true number of them, `none` for no header, else as it is.
    package var retryAfter = "seconds"
    package var body = Body.json

    package init() {}
}

/// So many calls in so long a time, with so many at once, for all that is called by one prefix: of each token.
struct RateLimit: Sendable {
    let prefix: String
    let calls: Double
    let period: Double
    let burst: Double

    private init(_ prefix: String, _ calls: Double, per period: Double = 1, burst: Double) {
        self.prefix = prefix
        self.calls = calls
        self.period = period
        self.burst = burst
    }

    /// The longest that fits counts. Those of alerts and groups are not published, and are taken for 10 a second.
    static let published = [
        RateLimit("/accounts", 100, burst: 10), RateLimit("/sites", 100, burst: 10),
        RateLimit("/activities", 10, burst: 30), RateLimit("/agents", 25, burst: 1),
        RateLimit("/threats", 10, burst: 50), RateLimit("/threats/", 100, burst: 1_000),
        RateLimit("/cloud-detection/rules", 30, per: 60, burst: 1),
        RateLimit("/cloud-detection/alerts", 10, burst: 10), RateLimit("/groups", 10, burst: 10),
        RateLimit("/application-management/inventory", 3, burst: 1),
        RateLimit("/application-management/scan", 1, per: 28_800, burst: 1),
        RateLimit("/dv/init-query", 1, per: 60, burst: 1), RateLimit("/dv/query-status", 1, burst: 1),
        RateLimit("/dv/events/pq", 4, burst: 1), RateLimit("/exclusions", 25, burst: 25),
        RateLimit("/export", 1, burst: 30), RateLimit("/rbac", 50, burst: 100),
        RateLimit("/remote-scripts", 1, burst: 30), RateLimit("/service-users", 5, burst: 10),
        RateLimit("/system/status", 2, burst: 1), RateLimit("/tag-manager", 1, burst: 50),
        RateLimit("/threat-intelligence", 30, per: 60, burst: 1), RateLimit("/upgrade-policy", 1, burst: 50),
        RateLimit("/user-groups", 15, burst: 50), RateLimit("/users/login", 1, burst: 1),
        RateLimit("/users", 40, burst: 80), RateLimit("/user", 2, burst: 5), RateLimit("/licenses", 10, burst: 5),
        RateLimit("/xdr", 25, burst: 1), RateLimit("/cloud-funnel", 2, burst: 10),
    ].sorted { $0.prefix.count > $1.prefix.count }

    /// What applies to a path; where nothing is published, a rate that nobody reaches.
    static func of(_ operation: Operation) -> RateLimit {
        published.first { operation.path.hasPrefix($0.prefix) }
            ?? RateLimit("/" + (operation.path.split(separator: "/").first ?? ""), 1_000, burst: 1_000)
    }
}

/// Tokens of the bucket kind: each call takes one, time brings them back.
struct Buckets: Sendable {
    private struct Key: Hashable {
        let caller: Int64
        let prefix: String
    }

    private var levels: [Key: (level: Double, at: Timestamp)] = [:]

    /// How long to wait, if this call is one too many; nil where it may pass.
    mutating func take(_ limit: RateLimit, by caller: Int64, at moment: Timestamp) -> Duration? {
        let key = Key(caller: caller, prefix: limit.prefix)
        let (level, since) = levels[key] ?? (limit.burst, moment)
        let passed = Double((moment - since).wholeMicroseconds) / 1_000_000
        let now = min(limit.burst, level + passed * limit.calls / limit.period)
        guard now < 1 else {
            levels[key] = (now - 1, moment)
            return nil
        }
        levels[key] = (now, moment)
        return .microseconds(Int64(((1 - now) * limit.period / limit.calls * 1_000_000).rounded(.up)))
    }
}
