import Ports

/// How many endpoints there are, of those that still live, by group.
struct Census: Sendable {
    private let ofGroup: [Int]
    private let cast: Cast

    init(_ fleet: Fleet, _ cast: Cast) {
        var counts = [Int](repeating: 0, count: cast.groups.count)
        for agent in fleet.agents where !agent.isDecommissioned { counts[agent.group] += 1 }
        ofGroup = counts
        self.cast = cast
    }

    func count(ofGroup group: Int) -> Int { ofGroup[group] }

    func count(ofSite site: Int) -> Int {
        cast.groups.indices.reduce(0) { $0 + (cast.groups[$1].site == site ? ofGroup[$1] : 0) }
    }

    func count(ofAccount account: Int) -> Int {
        cast.groups.indices.reduce(0) { $0 + (cast.site(ofGroup: $1).account == account ? ofGroup[$1] : 0) }
    }
}

// When the scopes came to be: long before anything happened in them.
extension Cast {
    fileprivate func birth(_ kind: Numbering.Kind, _ number: Int) -> Timestamp {
        var dice = Dice(seed, 600_000_000 + Int(kind.rawValue) * 1_000_000 + number)
        return start - .seconds(86_400 * 400 - dice.below(86_400 * 30)) + .microseconds(dice.below(1_000_000))
    }

    /// Some at the same moment, as bulk changes leave them.
    fileprivate func lastTouch(_ kind: Numbering.Kind, _ number: Int) -> Timestamp {
        start - .seconds(86_400 * Int(20 + kind.rawValue + Int64(number % 3)))
    }

    /// Whoever has it can put endpoints into the scope; invented, as everything here.
    fileprivate func registration(_ kind: Numbering.Kind, _ number: Int) -> String {
        var dice = Dice(seed, 650_000_000 + Int(kind.rawValue) * 1_000_000 + number)
        return "sim-registration-\(dice.hex(32))"
    }
}

/// What groups, sites and accounts all tell.
protocol ScopeRow {
    var cast: Cast { get }
    var kind: Numbering.Kind { get }
    var number: Int { get }
}

extension ScopeRow {
    var createdAt: Timestamp { cast.birth(kind, number) }
    var updatedAt: Timestamp { cast.lastTouch(kind, number) }
    var creator: String { "H. Amari" }
    var creatorID: Int64 { cast.numbering.id(.user, 3) }
    var registrationToken: String { cast.registration(kind, number) }
}

struct GroupRow: ScopeRow, Sendable {
    let number: Int
    let cast: Cast
    let census: Census

    var kind: Numbering.Kind { .group }
    var scope: Scope { cast.groups[number].scope }
    var site: Scope { cast.site(ofGroup: number).scope }
    /// The first of a site takes whoever belongs nowhere else.
    private var place: Int { number - (cast.groups.firstIndex { $0.site == cast.groups[number].site } ?? number) }
    var isDefault: Bool { place == 0 }
    var type: String { ["static", "dynamic", "pinned"][place % 3] }
    var rank: Int? { type == "dynamic" ? place : nil }
    var description: String? { isDefault ? nil : "Endpoints of \(scope.name)" }
    private var filter: Int64? { type == "dynamic" ? cast.numbering.id(.part, 700 + number) : nil }

    func write(to out: inout JSONWriter) {
        out.object { out in
            out.id("id", scope.id)
            out.id("siteId", site.id)
            out.text("name", scope.name)
            out.text("description", description)
            out.text("type", type)
            out.flag("isDefault", isDefault)
            out.flag("inherits", place < 2)
            if let rank { out.number("rank", rank) } else { out.null("rank") }
            out.id("filterId", filter)
            out.text("filterName", filter == nil ? nil : "\(scope.name) desks")
            out.number("totalAgents", census.count(ofGroup: number))
            out.text("creator", creator)
            out.id("creatorId", creatorID)
            out.text("registrationToken", registrationToken)
            out.time("createdAt", createdAt)
            out.time("updatedAt", updatedAt)
        }
    }
}

struct SiteRow: ScopeRow, Sendable {
    let number: Int
    let cast: Cast
    let census: Census

    var kind: Numbering.Kind { .site }
    var scope: Scope { cast.sites[number].scope }
    var account: Scope { cast.accounts[cast.sites[number].account] }
    /// The first of an account.
    var isDefault: Bool { number == 0 || cast.sites[number - 1].account != cast.sites[number].account }
    var isLimited: Bool { number % 3 == 2 }
    var expiration: Timestamp? { isLimited ? cast.start + .seconds(86_400 * 200) : nil }
    var totalLicenses: Int { isLimited ? 5_000 : 0 }
    var activeLicenses: Int { census.count(ofSite: number) }
    var siteType: String { number % 4 == 3 ? "Trial" : "Paid" }
    var suite: String { number % 2 == 0 ? "Complete" : "Control" }
    var description: String? { number % 2 == 0 ? "Where \(scope.name) is" : nil }
    var externalID: String? { number % 2 == 0 ? "site-\(number)" : nil }

    func write(to out: inout JSONWriter) {
        out.object { write(into: &$0) }
    }

    func write(into out: inout JSONWriter) {
        out.id("id", scope.id)
        out.text("name", scope.name)
        out.text("description", description)
        out.id("accountId", account.id)
        out.text("accountName", account.name)
        out.text("state", "active")
        out.flag("isDefault", isDefault)
        out.text("siteType", siteType)
        out.text("suite", suite)
        out.text("sku", suite)
        out.number("totalLicenses", totalLicenses)
        out.number("activeLicenses", activeLicenses)
        out.flag("unlimitedLicenses", !isLimited)
        out.flag("unlimitedExpiration", !isLimited)
        out.time("expiration", expiration)
        out.flag("healthStatus", true)
        out.text("externalId", externalID)
        out.text("creator", creator)
        out.id("creatorId", creatorID)
        out.text("registrationToken", registrationToken)
        out.time("createdAt", createdAt)
        out.time("updatedAt", updatedAt)
        Licences.write(suite, surfaces: isLimited ? totalLicenses : -1, to: &out)
    }
}

struct AccountRow: ScopeRow, Sendable {
    let number: Int
    let cast: Cast
    let census: Census

    var kind: Numbering.Kind { .account }
    var scope: Scope { cast.accounts[number] }
    var isDefault: Bool { number == 0 }
    var sites: [Int] { cast.sites.indices.filter { cast.sites[$0].account == number } }
    var activeAgents: Int { census.count(ofAccount: number) }
    var totalLicenses: Int { 0 }
    var expiration: Timestamp? { number % 2 == 1 ? cast.start + .seconds(86_400 * 300) : nil }
    var accountType: String { "Paid" }
    var usageType: String { number == 0 ? "customer" : "mssp" }
    var billingMode: String { number == 0 ? "subscription" : "consumption" }

    func write(to out: inout JSONWriter) {
        out.object { write(into: &$0) }
    }

    func write(into out: inout JSONWriter) {
        out.id("id", scope.id)
        out.text("name", scope.name)
        out.text("state", "active")
        out.text("accountType", accountType)
        out.text("usageType", usageType)
        out.text("billingMode", billingMode)
        out.flag("isDefault", isDefault)
        out.number("numberOfSites", sites.count)
        out.number("activeAgents", activeAgents)
        out.number("totalLicenses", totalLicenses)
        writeSuites(to: &out)
        out.time("expiration", expiration)
        out.flag("unlimitedExpiration", expiration == nil)
        out.null("externalId")
        out.text("salesforceId", "")
        out.text("creator", creator)
        out.id("creatorId", creatorID)
        out.time("createdAt", createdAt)
        out.time("updatedAt", updatedAt)
        Licences.write("Complete", surfaces: -1, to: &out)
    }

    private func writeSuites(to out: inout JSONWriter) {
        let rows = self.sites.map { SiteRow(number: $0, cast: cast, census: census) }
        func agents(_ suite: String) -> Int { rows.reduce(0) { $0 + ($1.suite == suite ? $1.activeLicenses : 0) } }
        func sites(_ suite: String) -> Int { rows.count { $0.suite == suite } }
        out.number("agentsInCompleteSku", agents("Complete"))
        out.number("agentsInControlSku", agents("Control"))
        out.number("agentsInCoreSku", agents("Core"))
        out.number("completeSites", sites("Complete"))
        out.number("controlSites", sites("Control"))
        out.number("coreSites", sites("Core"))
        for name: StaticString in ["totalComplete", "totalControl", "totalCore"] { out.number(name, 0) }
        out.flag("unlimitedComplete", true)
        out.flag("unlimitedControl", true)
        out.flag("unlimitedCore", false)
        out.list("skus", of: ["Complete", "Control"]) { out, suite in
            out.object {
                $0.text("type", suite)
                $0.number("totalLicenses", 0)
                $0.number("agentsInSku", agents(suite))
                $0.flag("unlimited", true)
            }
        }
    }
}

/// What was bought.
private enum Licences {
    static func write(_ suite: String, surfaces: Int, to out: inout JSONWriter) {
        out.object("licenses") { out in
            out.list("bundles") { out in
                out.object { out in
                    out.text("displayName", suite)
                    out.number("majorVersion", 1)
                    out.number("minorVersion", 1)
                    out.text("name", suite.lowercased())
                    out.list("surfaces") { out in
                        out.object {
                            $0.text("name", "Total Agents")
                            $0.number("count", surfaces)
                        }
                    }
                    out.number("totalSurfaces", surfaces)
                }
            }
            out.list("modules") { out in
                out.object {
                    $0.text("displayName", "STAR")
                    $0.number("majorVersion", 1)
                    $0.text("name", "star")
                }
            }
            out.list("settings") { out in
                out.object {
                    $0.text("displayName", "365 Days")
                    $0.text("groupName", "dv_retention")
                    $0.text("setting", "365 Days")
                    $0.text("settingGroup", "dv_retention")
                    $0.text("settingGroupDisplayName", "Deep Visibility Data Retention")
                }
            }
        }
    }
}
