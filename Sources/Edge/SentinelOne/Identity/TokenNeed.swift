/// What a token is there for.
package enum TokenUse: String, Sendable, CaseIterable {
    case reader, writer

    /// The lists that it is used to read.
    package var streams: [VendorStream] {
        switch self {
        case .reader: [.threats, .alerts, .activities, .agents, .groups]
        // What is looked at before an attempt, and read back after it.
        case .writer: [.threats, .activities, .agents]
        }
    }
}

/// Something that a program does with a token, and the permission that the role must hold for it.
package struct TokenNeed: Hashable, Sendable {
    package enum Weight: Sendable {
        /// Without it the program cannot do what it is there for.
        case needed
        /// Without it something is missing from what is shown or checked.
        case useful
        /// Nothing asks for it yet.
        case later
    }

    /// The name of its executable.
    package let program: String
    /// In the infinitive: `read threats`.
    package let deed: String
    package let permission: Permission
    package let weight: Weight
    /// The list whose answer proves it, whatever the role's page says.
    package var stream: VendorStream?

    /// All of one use, in the order in which they are shown.
    package static func all(of use: TokenUse) -> [TokenNeed] {
        switch use {
        case .reader: ingest + enrich + identity(for: "docket", .useful)
        case .writer: playbook + identity(for: "playbook", .needed) + actionsToCome
        }
    }

    private static let ingest = TokenUse.reader.streams.map { stream in
        TokenNeed("ingest", "read \(stream)", stream.permission, .needed, provenBy: stream)
    }

    private static let enrich = [
        TokenNeed("enrich", "ask for a hash's verdict", "Blacklist.view", .later),
        TokenNeed("enrich", "read custom rules", "Custom Rules.view", .later),
        TokenNeed("enrich", "query the event store", "SDL Data.viewEdr", .later),
    ]

    /// The ledger's gate wants to know who acts, and what that one may.
    private static func identity(for program: String, _ weight: Weight) -> [TokenNeed] {
        [
            TokenNeed(program, "see whose token it is", "Users.view", weight),
            TokenNeed(program, "see what its role permits", "Roles.view", weight),
        ]
    }

    private static let playbook =
        [
            TokenNeed("playbook", "isolate endpoints", "Endpoints.disconnectFromNetwork", .needed),
            TokenNeed("playbook", "release endpoints", "Endpoints.reconnectToNetwork", .needed),
        ]
        + TokenUse.writer.streams.map { stream in
            TokenNeed("playbook", "look at \(stream)", stream.permission, .needed, provenBy: stream)
        }

    private static let actionsToCome = [
        ("kill processes", "Threats.kill"), ("quarantine files", "Threats.quarantine"),
        ("bring back quarantined files", "Threats.unquarantine"), ("remediate", "Threats.remediate"),
        ("roll back", "Threats.rollback"), ("set verdicts", "Threats.updateAnalystVerdict"),
        ("set incident statuses", "Threats.updateIncidentStatus"), ("fetch files", "Threats.fetchThreatFile"),
        ("scan endpoints", "Endpoints.initiateScan"), ("add to the blocklist", "Blacklist.create"),
        ("take from the blocklist", "Blacklist.delete"), ("add indicators", "Threat Intelligence.manage"),
        ("run scripts", "Remote Script Orchestration.runActionScript"),
    ].map { deed, permission in TokenNeed("playbook", deed, permission, .later) }

    private init(
        _ program: String, _ deed: String, _ permission: String, _ weight: Weight, provenBy stream: VendorStream? = nil
    ) {
        self.program = program
        self.deed = deed
        self.permission = Permission(permission)
        self.weight = weight
        self.stream = stream
    }
}

extension VendorStream {
    /// What the console wants of whoever lists it, as its documentation says.
    package var permission: String {
        switch self {
        case .threats, .timeline, .notes, .events: "Threats.view"
        case .alerts: "Custom Alerts.view"
        case .activities: "Activity Page.view"
        case .agents, .tags: "Endpoints.view"
        case .groups: "Groups.view"
        case .sites: "Sites.view"
        case .accounts: "Accounts.view"
        case .rules: "Custom Rules.view"
        case .roles: "Roles.view"
        }
    }
}
