import Ports

enum NetworkStatus: String, Sendable { case connected, disconnecting, disconnected, connecting }

struct Scope: Sendable {
    let id: Int64
    let name: String
}

/// One endpoint: what never changes about it, and what does.
struct Agent: Sendable {
    let ordinal: Int
    let id: Int64
    let uuid: String
    let account: Scope
    let site: Scope
    let group: Scope
    let name: String
    let machineType: String
    let platform: Platform
    let user: String
    let address: String
    let hardwareAddress: String
    let registeredAt: Timestamp

    var updatedAt: Timestamp
    var networkStatus = NetworkStatus.connected
    var decommissionedAt: Timestamp?
    var activeThreats = 0

    /// In the console: a little after the registration.
    var createdAt: Timestamp { registeredAt + .milliseconds(18) }
    var isDecommissioned: Bool { decommissionedAt != nil }
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

/// One account with its sites, groups and endpoints, made from the seed.
struct Fleet: Sendable {
    let account: Scope
    var agents: [Agent]

    private static let siteNames = ["Harbour", "Ridgeway", "Old Mill", "Northgate"]
    private static let groupNames = ["Default Group", "Finance", "Workshop"]
    private static let people = [
        "n.okafor", "j.lindqvist", "p.moreau", "s.tanaka", "r.castillo", "m.weber", "l.novak", "d.haddad", "e.brandt",
    ]

    init(_ settings: SimulatedConsoleSettings, _ numbering: Numbering) {
        let account = Scope(id: numbering.id(.account, 1), name: "Tidewater Instruments")
        self.account = account
        agents = (0..<settings.agents).map { ordinal in
            var dice = Dice(settings.seed, 1000 + ordinal)
            let site = dice.below(Self.siteNames.count)
            let group = dice.below(Self.groupNames.count)
            let siteName = Self.siteNames[site]
            let platform = dice.pick(Platform.all)
            let machineType = dice.pick(platform.machineTypes)
            let number = String(1_000_000 + ordinal).dropFirst(ordinal < 9_999 ? 3 : 1)
            let letters = siteName.filter(\.isLetter).uppercased().prefix(3)
            let (high, low) = (ordinal / 240 % 240, 10 + ordinal % 240)
            return Agent(
                ordinal: ordinal, id: numbering.id(.agent, ordinal), uuid: dice.hex(32), account: account,
                site: Scope(id: numbering.id(.site, site), name: siteName),
                group: Scope(
                    id: numbering.id(.group, site * Self.groupNames.count + group), name: Self.groupNames[group]),
                name: "\(letters)-\(machineType == "server" ? "SRV" : "WKS")-\(number)", machineType: machineType,
                platform: platform, user: dice.pick(Self.people),
                address: "10.\(20 + site + 10 * (ordinal / 57_600)).\(high).\(low)",
                hardwareAddress: "02:00:\(pair(site)):\(pair(group)):\(pair(high)):\(pair(low))",
                registeredAt: settings.start - .seconds(86_400 * (30 + dice.below(300))),
                // Several share one moment, so that whoever pages by time meets ties from the first page on.
                updatedAt: settings.start - .seconds(60 * (1 + dice.below(max(settings.agents / 4, 1)))))
        }
    }

    func index(ofAgent id: Int64) -> Int? { agents.firstIndex { $0.id == id } }
}

private func pair(_ number: Int) -> String {
    let text = String(number, radix: 16)
    return text.count < 2 ? "0" + text : text
}
