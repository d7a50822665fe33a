import Ports

/// What a token may do: its permissions are named `Page.verb`, as the API's documentation names them.
struct Role: Sendable {
    let id: Int64
    let name: String
    let isPredefined: Bool
    let permissions: Set<String>

    enum Predefined: Int, Sendable, CaseIterable {
        case viewer = 1
        case incidentResponse, operations, technology, administrator

        var title: String {
            switch self {
            case .viewer: "Viewer"
            case .incidentResponse: "IR Team"
            case .operations: "SOC"
            case .technology: "IT"
            case .administrator: "Admin"
            }
        }
    }

    static func predefined(_ kind: Predefined, _ numbering: Numbering) -> Role {
        let held = Grant.all.filter { $0.holders.contains(kind) }.flatMap(\.permissions)
        return Role(
            id: numbering.id(.role, kind.rawValue), name: kind.title, isPredefined: true, permissions: Set(held))
    }

    /// What a log collector of another vendor asks for, and not a bit more.
    static func collector(_ numbering: Numbering) -> Role {
        Role(
            id: numbering.id(.role, 6), name: "Log Collector", isPredefined: false,
            permissions: ["Threats.view", "Activity Page.view"])
    }

    /// Somebody's own: reads the streams, sees no users, and may close what it read.
    static func custom(_ numbering: Numbering) -> Role {
        Role(
            id: numbering.id(.role, 7), name: "Night Shift", isPredefined: false,
            permissions: [
                "Threats.view", "Endpoints.view", "Activity Page.view", "Custom Alerts.view", "Roles.view",
                "Threats.updateAnalystVerdict", "Threats.updateIncidentStatus",
            ])
    }

    static func all(_ numbering: Numbering) -> [Role] {
        Predefined.allCases.map { predefined($0, numbering) } + [collector(numbering), custom(numbering)]
    }
}

/// One row of the matrix of roles and permissions. Where the documentation states who may, it is so; the rest of the
/// matrix is not public, and is drawn here along the same lines.
struct Grant: Sendable {
    let page: String
    let verbs: [String]
    let holders: Set<Role.Predefined>

    var permissions: [String] { verbs.map { "\(page).\($0)" } }

    private init(_ page: String, _ verbs: String..., by holders: Set<Role.Predefined>) {
        self.page = page
        self.verbs = verbs
        self.holders = holders
    }

    private static let everybody = Set(Role.Predefined.allCases)
    private static let workers: Set<Role.Predefined> = [.administrator, .incidentResponse, .operations, .technology]
    private static let analysts: Set<Role.Predefined> = [.administrator, .incidentResponse, .operations]
    private static let caretakers: Set<Role.Predefined> = [.administrator, .incidentResponse, .technology]

    static let all = [
        Grant("Threats", "view", by: everybody),
        Grant(
            "Threats", "kill", "quarantine", "unquarantine", "remediate", "rollback", "removeMacro", "restoreMacro",
            "markThreat", "markSuspicious", "fetchThreatFile", "updateAnalystVerdict", "updateIncidentStatus",
            "updateExternalTicketId", by: analysts),
        Grant("Custom Alerts", "view", by: everybody),
        Grant("Custom Alerts", "updateAnalystVerdict", "updateIncidentStatus", by: analysts),
        Grant("Custom Rules", "view", by: everybody),
        Grant("Custom Rules", "manage", by: analysts),
        Grant("Activity Page", "view", by: everybody),
        Grant("Endpoints", "view", by: everybody),
        Grant("Endpoints", "disconnectFromNetwork", "reconnectToNetwork", "fileFetch", "FetchLogs", by: analysts),
        Grant("Endpoints", "initiateScan", "abortScan", by: workers),
        Grant("Endpoints", "disableAgent", "enableAgent", "markAsUpToDate", "moveToAnotherSite", by: caretakers),
        Grant("Endpoints", "remoteProfiling", by: [.administrator, .technology]),
        Grant("Endpoints", "remoteShell", by: analysts),
        Grant("Groups", "view", by: everybody),
        Grant("Sites", "view", by: everybody),
        Grant("Sites", "create", "edit", "delete", by: [.administrator]),
        Grant("Accounts", "view", by: everybody),
        Grant("Applications Page", "view", "viewRisks", by: everybody),
        Grant("Blacklist", "view", by: everybody),
        Grant("Blacklist", "create", "edit", "delete", by: analysts),
        Grant("Exclusions", "view", by: everybody),
        Grant("Exclusions", "create", "edit", "delete", by: analysts),
        Grant("Threat Intelligence", "view", by: everybody),
        Grant("Threat Intelligence", "manage", by: analysts),
        Grant("SDL Data", "viewEdr", by: everybody),
        Grant("Remote Script Orchestration", "view", by: workers),
        Grant(
            "Remote Script Orchestration", "runActionScript", "runDataCollectionScript", "runArtifactCollectionScript",
            by: analysts),
        Grant("Task Management", "view", by: workers),
        Grant("Users", "view", by: everybody),
        Grant("Roles", "view", by: everybody),
        Grant("Service Users", "view", by: [.administrator]),
        Grant("Singularity Marketplace", "view", by: everybody),
        Grant("XDR Inventory", "view", by: everybody),
        Grant("Configuration", "view", "edit", by: [.administrator]),
        Grant("Policy", "view", "edit", by: [.administrator]),
    ]

    /// Every page with every verb there is, in order.
    static let pages: [(page: String, verbs: [String])] = Dictionary(grouping: all, by: \.page)
        .map { ($0.key, $0.value.flatMap(\.verbs).sorted()) }.sorted { $0.page < $1.page }
}
