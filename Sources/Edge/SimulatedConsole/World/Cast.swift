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
        let site = groups[home].site
        let platform = dice.pick(Platform.all)
        let machineType = dice.pick(platform.machineTypes)
        let number = String(1_000_000 + agent).dropFirst(agent < 9_999 ? 3 : 1)
        let letters = sites[site].scope.name.utf8.filter { $0 > UInt8(ascii: " ") }.prefix(3)
        let (high, low) = (agent / 240 % 240, 10 + agent % 240)
        return Identity(
            ordinal: agent,
            name: String(decoding: letters, as: UTF8.self).uppercased()
                + (machineType == "server" ? "-SRV-" : "-WKS-") + number,
            machineType: machineType, platform: platform, user: dice.pick(Names.people),
            address: "10.\(20 + (site + 10 * (agent / 57_600)) % 230).\(high).\(low)",
            hardwareAddress: "02:00:\(pair(site % 256)):\(pair(home % 256)):\(pair(high)):\(pair(low))",
            registeredAt: start - .seconds(86_400 * (30 + dice.below(300))))
    }
}

/// An account, a site or a group.
struct Scope: Sendable, Equatable {
    let id: Int64
    let name: String
}

/// What an endpoint is made of.
struct Identity: Sendable {
    let ordinal: Int
    let name: String
    let machineType: String
    let platform: Platform
    /// Who mostly works at it.
    let user: String
    let address: String
    let hardwareAddress: String
    let registeredAt: Timestamp

    var isWorkstation: Bool { machineType != "server" }
    var isWindows: Bool { platform.type == "windows" }
    var domain: String { "TIDEWATER" }
    var externalAddress: String { "198.51.100.\(1 + ordinal % 250)" }
    var agentVersion: String { isWindows ? "25.2.1.108" : "25.2.1.21" }
}

struct Platform: Sendable {
    let type: String
    let name: String
    let revision: String
    let installer: String
    let machineTypes: [String]

    static let all = [
        Platform(
            type: "windows", name: "Windows 11 Enterprise", revision: "26100", installer: ".msi",
            machineTypes: ["laptop", "desktop"]),
        Platform(
            type: "windows", name: "Windows 10 Pro", revision: "19045", installer: ".exe",
            machineTypes: ["laptop", "desktop"]),
        Platform(
            type: "windows", name: "Windows Server 2022 Standard", revision: "20348", installer: ".msi",
            machineTypes: ["server"]),
        Platform(
            type: "linux", name: "Debian GNU/Linux", revision: "12 (bookworm)", installer: ".deb",
            machineTypes: ["server"]),
        Platform(type: "macos", name: "macOS", revision: "15.1", installer: ".pkg", machineTypes: ["laptop"]),
    ]
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

private func pair(_ number: Int) -> String {
    let text = String(number, radix: 16)
    return text.count < 2 ? "0" + text : text
}
