package import SentinelOne

/// What is said of every record of a console beside what the console says: words of the operator's, and whose it is. How
/// both travel is `ObservedRecord`'s to say.
package struct Shaping: Hashable, Sendable {
    package let labels: [String: String]
    /// By site.
    private let tenants: [SiteID: String]
    private let defaultTenant: String?

    package init(labels: [String: String] = [:], tenants: [SiteID: String] = [:], defaultTenant: String? = nil) {
        self.labels = labels
        self.tenants = tenants
        self.defaultTenant = defaultTenant
    }

    /// By the site that the row belongs to now. What belongs to no site, or to one of nobody's, is the default tenant's.
    package func tenant(of item: Page.Item) -> String? {
        item.siteID.flatMap { SiteID($0) }.flatMap { tenants[$0] } ?? defaultTenant
    }

    /// How many sites have a tenant, and how many tenants there are.
    package var reach: (sites: Int, tenants: Int) { (tenants.count, Set(tenants.values).count) }
    package var fallback: String? { defaultTenant }
}
