import Ports

/// Who may call, and as what. People without a token act through the control port only.
struct Person: Sendable {
    let id: Int64
    let name: String
    let role: Role
    let token: Secret?
    /// What the role holds for.
    var reach = Reach.account(0)
}

/// How far a token sees: everything, one account, or one site.
enum Reach: Sendable, Equatable {
    case tenant
    case account(Int)
    case site(Int)

    func holds(group: Int, _ cast: Cast) -> Bool {
        switch self {
        case .tenant: true
        case .account(let account): cast.site(ofGroup: group).account == account
        case .site(let site): cast.groups[group].site == site
        }
    }
}

/// A predefined role: its permissions are named `Page.verb`.
struct Role: Sendable {
    let id: Int64
    let name: String
    let permissions: Set<String>

    private static let reads: Set<String> = [
        "Threats.view", "Endpoints.view", "Activity Page.view", "Users.view", "Roles.view", "Sites.view",
        "Groups.view", "Accounts.view", "Custom Alerts.view", "Custom Rules.view", "Blacklist.view", "SDL Data.viewEdr",
    ]
    private static let writes: Set<String> = [
        "Endpoints.disconnectFromNetwork", "Endpoints.reconnectToNetwork", "Threats.updateAnalystVerdict",
        "Threats.updateIncidentStatus", "Threats.kill", "Threats.quarantine", "Threats.remediate", "Threats.rollback",
    ]

    static func viewer(_ numbering: Numbering) -> Role {
        Role(id: numbering.id(.role, 1), name: "Viewer", permissions: reads)
    }

    static func incidentResponse(_ numbering: Numbering) -> Role {
        Role(id: numbering.id(.role, 2), name: "IR Team", permissions: reads.union(writes))
    }

    /// As `GET /rbac/role/{id}` shows it: every page with every permission there is, and whether this role holds it.
    func row(_ account: Scope) -> JSON {
        let all = Self.reads.union(Self.writes).map { $0.split(separator: ".").map(String.init) }
        let pages = Dictionary(grouping: all, by: { $0[0] }).sorted { $0.key < $1.key }
        return [
            "id": .id(id), "name": .text(name), "description": .text("Predefined role"), "predefinedRole": true,
            "scope": "account", "scopeId": .id(account.id), "accountName": .text(account.name), "siteName": nil,
            "usersInRoles": 1, "creator": nil, "creatorId": nil, "updatedBy": nil, "updatedById": nil,
            "createdAt": "2026-01-05T08:00:00.000000Z", "updatedAt": "2026-01-05T08:00:00.000000Z",
            "pages": .list(
                pages.map { page, entries in
                    [
                        "name": .text(page), "identifier": .text(page),
                        "permissions": .list(
                            entries.map { $0[1] }.sorted().map { verb in
                                [
                                    "identifier": .text(verb), "title": .text(verb), "description": .text(""),
                                    "value": .bool(permissions.contains("\(page).\(verb)")), "type": "boolean",
                                    "groupName": nil, "dependsOn": [], "disabledReason": nil,
                                    "disabledReasonCode": nil, "additionalDescription": nil,
                                ]
                            }),
                    ]
                }),
        ]
    }
}

extension Person {
    /// Who calls where nobody has to be anybody.
    static let nobody = Person(
        id: 0, name: "nobody", role: Role(id: 0, name: "none", permissions: []), token: nil)

    /// The reader, the responder, an analyst who works in the console itself, and who replaces the responder.
    static func all(seed: UInt64, _ numbering: Numbering) -> [Person] {
        var dice = Dice(seed, 2)
        let (viewer, responder) = (Role.viewer(numbering), Role.incidentResponse(numbering))
        return [
            Person(
                id: numbering.id(.user, 1), name: "svc-reader", role: viewer,
                token: Secret("simulated-viewer-\(dice.hex(24))")),
            Person(
                id: numbering.id(.user, 2), name: "svc-responder", role: responder,
                token: Secret("simulated-ir-team-\(dice.hex(24))")),
            Person(id: numbering.id(.user, 3), name: "H. Amari", role: responder, token: nil),
            Person(
                id: numbering.id(.user, 4), name: "svc-responder-2", role: responder,
                token: Secret("simulated-ir-team-\(dice.hex(24))")),
        ]
    }

    /// As `GET /user` shows the caller to itself.
    func row(_ account: Scope, start: Timestamp) -> JSON {
        let scopeRole: JSON = [
            "id": .id(account.id), "name": .text(account.name), "accountName": .text(account.name),
            "roleId": .id(role.id), "roleName": .text(role.name), "roles": [.text(role.name)],
        ]
        return [
            "id": .id(id), "fullName": .text(name), "email": .text("\(name)@tidewater.example"), "scope": "account",
            "scopeRoles": [scopeRole], "siteRoles": [], "tenantRoles": [], "lowestRole": .text(role.name),
            "apiToken": [
                "createdAt": .time(start - .seconds(86_400 * 30)), "expiresAt": .time(start + .seconds(86_400 * 150)),
            ],
            "canGenerateApiToken": true, "allowRemoteShell": false, "twoFaEnabled": false,
            "twoFaConfigured": false, "twoFaStatus": "not_configured", "primaryTwoFaMethod": nil,
            "source": "mgmt", "isSystem": false, "emailVerified": true, "agreedEula": true,
            "dateJoined": .time(start - .seconds(86_400 * 30)), "firstLogin": nil, "lastLogin": nil,
        ]
    }
}
