import Ports

extension List {
    typealias OfGroups = Parameters<GroupRow>
    typealias OfSites = Parameters<SiteRow>
    typealias OfAccounts = Parameters<AccountRow>
    typealias OfTags = Parameters<TagRow>

    static let groups = Listing<GroupRow>(
        stream: "groups", maximum: 300, id: { $0.scope.id }, updatedAt: { $0.updatedAt },
        sorts: [
            "id": { SortKey($0.scope.id) }, "name": { SortKey($0.scope.name) }, "type": { SortKey($0.type) },
            "rank": { SortKey($0.rank.map(Int64.init)) }, "siteId": { SortKey($0.site.id) },
            "createdAt": { SortKey($0.createdAt) }, "updatedAt": { SortKey($0.updatedAt) },
            "description": { SortKey($0.description) },
        ],
        parameters: OfGroups.table([
            .scopes,
            .ids("id") { $0.scope.id },
            .times("updatedAt"),
            .exactly("name") { $0.scope.name },
            .exactly("description") { $0.description },
            .exactly("registrationToken") { $0.registrationToken },
            .exactly("type", of: Choices.groupTypes) { $0.type },
            .any("types", of: Choices.groupTypes) { [$0.type] },
            .flag("isDefault") { $0.isDefault },
            .number("rank") { $0.rank },
            .search("query") { [$0.scope.name, $0.description] },
        ]), write: { $0.write(to: &$1) })

    static let sites = Listing<SiteRow>(
        stream: "sites", id: { $0.scope.id }, updatedAt: { $0.updatedAt },
        sorts: [
            "id": { SortKey($0.scope.id) }, "name": { SortKey($0.scope.name) },
            "accountName": { SortKey($0.account.name) }, "totalLicenses": { SortKey($0.totalLicenses) },
            "activeLicenses": { SortKey($0.activeLicenses) }, "expiration": { SortKey($0.expiration) },
            "siteType": { SortKey($0.siteType) }, "state": { _ in SortKey("active") },
            "suite": { SortKey($0.suite) }, "sku": { SortKey($0.suite) }, "createdAt": { SortKey($0.createdAt) },
            "updatedAt": { SortKey($0.updatedAt) }, "description": { SortKey($0.description) },
        ],
        parameters: OfSites.table([
            Parameters([OfSites.scope("siteIds", .site), OfSites.scope("accountIds", .account)]),
            .ids("accountId") { $0.account.id },
            .exactly("name") { $0.scope.name },
            .contains("name") { [$0.scope.name] },
            .contains("accountName") { [$0.account.name] },
            .exactly("description") { $0.description },
            .contains("description") { [$0.description] },
            .exactly("externalId") { $0.externalID },
            .exactly("registrationToken") { $0.registrationToken },
            .exactly("state", of: Choices.states) { _ in "active" },
            .any("states", of: Choices.states) { _ in ["active"] },
            .exactly("siteType", of: Choices.siteTypes) { $0.siteType },
            .exactly("suite", of: Choices.suites) { $0.suite },
            .exactly("sku", of: Choices.suites) { $0.suite },
            .exactly("module") { _ in "star" },
            .any("features", of: Choices.features) { _ in Choices.features },
            .flag("isDefault") { $0.isDefault },
            .flag("healthStatus") { _ in true },
            .indifferentFlag("adminOnly"),
            .indifferentFlag("availableMoveSites"),
            .number("totalLicenses") { $0.totalLicenses },
            .number("activeLicenses") { $0.activeLicenses },
            .moment("createdAt") { $0.createdAt },
            .moment("updatedAt") { $0.updatedAt },
            .moment("expiration") { $0.expiration },
            .search("query") { [$0.scope.name, $0.description, $0.account.name] },
        ]), write: { $0.write(to: &$1) })

    static let accounts = Listing<AccountRow>(
        stream: "accounts", id: { $0.scope.id }, updatedAt: { $0.updatedAt },
        sorts: [
            "id": { SortKey($0.scope.id) }, "name": { SortKey($0.scope.name) },
            "totalLicenses": { SortKey($0.totalLicenses) }, "expiration": { SortKey($0.expiration) },
            "accountType": { SortKey($0.accountType) }, "state": { _ in SortKey("active") },
            "createdAt": { SortKey($0.createdAt) }, "updatedAt": { SortKey($0.updatedAt) },
            "activeLicenses": { SortKey($0.activeAgents) }, "activeAgents": { SortKey($0.activeAgents) },
            "numberOfSites": { SortKey($0.sites.count) }, "usageType": { SortKey($0.usageType) },
            "billingMode": { SortKey($0.billingMode) },
        ],
        parameters: OfAccounts.table([
            Parameters([OfAccounts.scope("accountIds", .account)]),
            .own("ids"),
            .exactly("name") { $0.scope.name },
            .any("states", of: Choices.states) { _ in ["active"] },
            .exactly("accountType", of: Choices.siteTypes) { $0.accountType },
            .exactly("usageType", of: Choices.usages) { $0.usageType },
            .exactly("billingMode", of: Choices.billings) { $0.billingMode },
            .any("features", of: Choices.features) { _ in Choices.features },
            .flag("isDefault") { $0.isDefault },
            .number("totalLicenses") { $0.totalLicenses },
            .number("activeLicenses") { $0.activeAgents },
            .moment("createdAt") { $0.createdAt },
            .moment("updatedAt") { $0.updatedAt },
            .moment("expiration") { $0.expiration },
            .search("query") { [$0.scope.name] },
        ]), write: { $0.write(to: &$1) })

    static let tags = Listing<TagRow>(
        stream: "agents/tags", id: { $0.id }, updatedAt: { $0.updatedAt },
        sorts: [
            "id": { SortKey($0.id) }, "key": { SortKey($0.tag.key) }, "value": { SortKey($0.tag.value) },
            "description": { SortKey($0.tag.description) }, "updatedAt": { SortKey($0.updatedAt) },
            "createdBy": { _ in SortKey("platform-team") }, "updatedBy": { _ in SortKey("platform-team") },
            "scopePath": { _ in .missing },
        ],
        parameters: OfTags.table([
            .scopes,
            .own("ids"),
            .exactly("key") { $0.tag.key },
            .contains("key") { [$0.tag.key] },
            .exactly("value") { $0.tag.value },
            .contains("value") { [$0.tag.value] },
            .exactly("description") { $0.tag.description },
            .indifferentFlag("includeChildren"),
            .indifferentFlag("includeParents"),
            .search("query") { [$0.tag.key, $0.tag.value, $0.tag.description] },
        ]), write: { $0.write(to: &$1) })
}
