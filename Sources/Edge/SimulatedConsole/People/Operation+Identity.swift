import Ports

extension Operation {
    /// Who a token is, and what the console says about itself.
    static let identity = people + roles + system

    private static let success = JSON.object(["data": ["success": true]]).bytes
    private static let health = JSON.object(["data": ["health": "ok"]]).bytes

    private static let people = [
        Operation("GET", "/user", .permission("Users.view")) { console, call throws(Refusal) in
            JSON.object(["data": console.row(ofUser: call.caller)]).bytes
        },
        Operation("POST", "/users/api-token-details", .nothing) { console, call throws(Refusal) in
            guard let data = JSON(call.request.body)?["data"], case .object = data else {
                throw .invalid("data: Missing data for required field.")
            }
            let text = data["apiToken"]?.string ?? ""
            guard let token = console.holder(of: text)?.token, !token.isRevoked else {
                throw .invalid("apiToken: Invalid token.")
            }
            return JSON.object(["data": console.row(token)]).bytes
        },
        Operation("GET", "/users/{user_id}/api-token-details", .token) { console, call throws(Refusal) in
            let person = console.people.first { [String($0.id)] == call.parts }
            guard person?.id == call.caller.id || call.caller.role.permissions.contains("Users.view") else {
                throw .insufficientPermissions
            }
            guard let token = person?.token else { throw .unknownID("user") }
            return JSON.object(["data": console.row(token)]).bytes
        },
        Operation("GET", "/users/viewer-auth-check", .token) { _, _ throws(Refusal) in success },
        Operation("GET", "/users/tenant-admin-auth-check", .token) { console, call throws(Refusal) in
            let admin = Role.predefined(.administrator, console.cast.numbering)
            guard call.caller.role.id == admin.id, call.caller.reach == .tenant else {
                throw .insufficientPermissions
            }
            return success
        },
        Operation("GET", "/users/rs-auth-check", .permission("Endpoints.remoteShell")) { _, _ throws(Refusal) in
            success
        },
        Operation("GET", "/service-users", .permission("Service Users.view")) { console, call throws(Refusal) in
            let users = console.people.filter { $0.kind == .serviceUser }
            return try ShortList(call.request.query).page(of: users.map { console.row(ofServiceUser: $0) })
        },
    ]

    private static let roles = [
        Operation("GET", "/rbac/roles", .permission("Roles.view")) { console, call throws(Refusal) in
            let roles = Role.all(console.cast.numbering).map { console.row(ofRole: $0) }
            return try ShortList(call.request.query).page(of: roles)
        },
        Operation("GET", "/rbac/role/{role_id}", .permission("Roles.view")) { console, call throws(Refusal) in
            let role = Role.all(console.cast.numbering).first { [String($0.id)] == call.parts }
            guard let role else { throw .unknownID("role") }
            return JSON.object(["data": console.page(ofRole: role)]).bytes
        },
    ]

    private static let system =
        ["/system/status", "/system/status/db", "/system/status/cache"].map { path in
            Operation("GET", path, .nothing) { _, _ throws(Refusal) in health }
        } + [
            Operation("GET", "/system/info", .token) { _, _ throws(Refusal) in
                JSON.object([
                    "data": [
                        "version": "S-25.2.1#simulated", "release": "S", "patch": "1", "build": "simulated",
                        "latestAgentVersion": "25.2.1.108",
                    ]
                ]).bytes
            },
            Operation("GET", "/system/configuration", .permission("Configuration.view")) {
                console, _ throws(Refusal) in
                JSON.object(["data": console.configuration]).bytes
            },
        ]
}

extension SimulatedConsole {
    /// `GET /system/configuration`.
    fileprivate var configuration: JSON {
        [
            "accessibleUrl": "https://simulated.example", "region": "simulated", "scalyrUrl": nil,
            "globalTwoFaEnabled": false, "tfaEnrollmentExpiration": nil, "globalSharedConsole": false,
            "globalSalesforceId": nil, "allowDuplicateSite": true,
            "allowedDomains": [
                ["domain": "tidewater.example", "inherited": false]
            ],
            "uiInactivityTimeoutSeconds": 1_800, "uiInactivityTimeoutSecondsRange": ["min": 300, "max": 86_400],
            "passwordExpiration": 90, "passwordExpirationRange": ["min": 1, "max": 365], "rememberMeLength": 7,
            "rememberMeLengthRange": ["min": 1, "max": 30], "cloudIntelligenceOn": true,
            "cloudLastConnectionTime": .time(now), "advancedMode": false, "advancedModeAllowChanges": false,
            "earlyAccess": false, "earlyAccessPlatforms": ["windows", "linux"], "maxCompleteLicenses": 0,
            "maxControlLicenses": 0, "maxCoreLicenses": 0, "unlimitedComplete": true, "unlimitedControl": true,
            "unlimitedCore": true,
            "licenses": [
                "bundles": [
                    [
                        "name": "complete", "displayName": "Complete", "majorVersion": 1, "minorVersion": 0,
                        "totalSurfaces": 1,
                        "surfaces": [["name": "Total Agents", "count": .number(Int64(fleet.agents.count))]],
                    ]
                ],
                "modules": [["name": "star", "displayName": "STAR", "majorVersion": 1]],
                "settings": [
                    [
                        "groupName": "malicious_data_retention", "setting": "365 Days", "displayName": "365 Days",
                        "settingGroup": "malicious_data_retention",
                        "settingGroupDisplayName": "Malicious Data Retention",
                    ]
                ],
            ],
        ]
    }
}
