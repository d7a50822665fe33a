import Ports

/// What never changes about a console: its scopes, its numbering, and who its endpoints are. All of it follows from the
/// settings and is made when asked for, so that two hundred thousand endpoints cost what changes about them.
final class Cast: Sendable {
    let seed: UInt64
    let start: Timestamp
    let numbering: Numbering
    let accounts: [Scope]
    let sites: [Site]
    let groups: [Group]
    /// What the names of a site's endpoints begin with.
    let prefixes: [String]

    struct Site: Sendable {
        let scope: Scope
        let account: Int
    }

    struct Group: Sendable {
        let scope: Scope
        let site: Int
    }

    init(_ settings: SimulatedConsoleSettings) {
        let numbering = Numbering(seed: settings.seed, start: settings.start, history: settings.history)
        seed = settings.seed
        start = settings.start
        self.numbering = numbering
        accounts = (0..<settings.accounts).map {
            Scope(id: numbering.id(.account, $0 + 1), name: Names.account($0))
        }
        let sites = (0..<settings.accounts * settings.sitesPerAccount).map {
            Site(
                scope: Scope(id: numbering.id(.site, $0), name: Names.site($0)),
                account: $0 / settings.sitesPerAccount)
        }
        self.sites = sites
        prefixes = sites.map { site in
            String(decoding: site.scope.name.utf8.filter { $0 > UInt8(ascii: " ") }.prefix(3), as: UTF8.self)
                .uppercased()
        }
        groups = (0..<sites.count * settings.groupsPerSite).map {
            Group(
                scope: Scope(id: numbering.id(.group, $0), name: Names.group($0 % settings.groupsPerSite)),
                site: $0 / settings.groupsPerSite)
        }
    }

    func site(ofGroup group: Int) -> Site { sites[groups[group].site] }
    func account(ofGroup group: Int) -> Scope { accounts[site(ofGroup: group).account] }

    /// Where an endpoint was installed; it may have moved since.
    func home(of agent: Int) -> Int {
        var dice = Dice(seed, 1000 + agent)
        return dice.below(groups.count)
    }

    func identity(of agent: Int) -> Identity {
        var dice = Dice(seed, 1000 + agent)
        let home = dice.below(groups.count)
        let platform = dice.below(Platform.all.count)
        let machine = dice.below(Platform.all[platform].machineTypes.count)
        let user = dice.below(Names.people.count)
        return Identity(
            ordinal: agent, home: home, platformNumber: platform, machineNumber: machine, userNumber: user,
            registeredAt: start - .seconds(86_400 * (30 + dice.below(300))), traits: dice.roll(), cast: self)
    }
}

/// An account, a site or a group.
struct Scope: Sendable, Equatable {
    let id: Int64
    let name: String
}

/// Invented names, numbered where the list ends.
enum Names {
    static let people = [
        "n.okafor", "j.lindqvist", "p.moreau", "s.tanaka", "r.castillo", "m.weber", "l.novak", "d.haddad", "e.brandt",
    ]
    private static let accounts = ["Tidewater Instruments", "Juniper Freight", "Alder & Finch"]
    private static let sites = ["Harbour", "Ridgeway", "Old Mill", "Northgate"]
    private static let groups = ["Default Group", "Finance", "Workshop"]

    static func account(_ number: Int) -> String { numbered(accounts, number) }
    static func site(_ number: Int) -> String { numbered(sites, number) }
    static func group(_ number: Int) -> String { numbered(groups, number) }

    private static func numbered(_ names: [String], _ number: Int) -> String {
        let round = number / names.count
        return names[number % names.count] + (round == 0 ? "" : " \(round + 1)")
    }
}
