import Ports

/// Which part of the console a request is about: what its caller reaches, narrowed by what it asks for.
struct Scoping {
    /// Where a record belongs.
    enum Place: Equatable {
        case group(Int)
        case site(Int)
        case account(Int)
    }

    enum Level: String, CaseIterable { case account, site, group }

    private let cast: Cast
    private let reach: Reach
    private var accounts: [Bool]
    private var sites: [Bool]
    private var groups: [Bool]
    /// Whether nothing has to be looked at to know that it belongs here.
    private(set) var isWhole: Bool
    private var isNarrowed = false

    init(_ reach: Reach, _ cast: Cast) {
        self.cast = cast
        self.reach = reach
        groups = cast.groups.indices.map { reach.holds(group: $0, cast) }
        sites = [Bool](repeating: reach == .tenant, count: cast.sites.count)
        accounts = [Bool](repeating: reach == .tenant, count: cast.accounts.count)
        for (group, isHeld) in groups.enumerated() where isHeld {
            sites[cast.groups[group].site] = true
            accounts[cast.site(ofGroup: group).account] = true
        }
        isWhole = groups.allSatisfy { $0 } && sites.allSatisfy { $0 } && accounts.allSatisfy { $0 }
    }

    /// What belongs to no group, site or account is the console's own: shown to whoever asks for no part of it.
    func holds(_ place: Place?) -> Bool {
        switch place {
        case .group(let group): groups[group]
        case .site(let site): sites[site]
        case .account(let account): accounts[account]
        case nil: !isNarrowed && !isOfOneSite
        }
    }

    /// Of a site's token, which does not see accounts.
    var isOfOneSite: Bool { if case .site = reach { true } else { false } }

    /// Refuses an id that does not exist or lies outside of the caller's reach with the same misleading words as a
    /// permission that is missing.
    mutating func narrow(to level: Level, _ ids: Set<Int64>) throws(Refusal) {
        let all: (scopes: [Scope], isHeld: [Bool]) =
            switch level {
            case .account: (cast.accounts, accounts)
            case .site: (cast.sites.map(\.scope), sites)
            case .group: (cast.groups.map(\.scope), groups)
            }
        let wanted = all.scopes.indices.filter { ids.contains(all.scopes[$0].id) }
        guard wanted.count == ids.count, wanted.allSatisfy({ all.isHeld[$0] }) else {
            throw .insufficientPermissions
        }
        keep(level, Set(wanted))
    }

    /// Everything, which only a token of the whole console may ask for.
    func requireTenant() throws(Refusal) {
        guard reach == .tenant else { throw .insufficientPermissions }
    }

    private mutating func keep(_ level: Level, _ wanted: Set<Int>) {
        isWhole = false
        isNarrowed = true
        for group in groups.indices {
            let site = cast.groups[group].site
            let number = [Level.account: cast.sites[site].account, .site: site, .group: group][level] ?? group
            groups[group] = groups[group] && wanted.contains(number)
        }
        guard level != .group else { return }
        for site in sites.indices {
            sites[site] = sites[site] && wanted.contains(level == .site ? site : cast.sites[site].account)
        }
        guard level == .account else { return }
        for account in accounts.indices { accounts[account] = accounts[account] && wanted.contains(account) }
    }
}
