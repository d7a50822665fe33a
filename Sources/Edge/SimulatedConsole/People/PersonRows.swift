import Ports

// What the console says of the people who call it, member for member as documented.
extension SimulatedConsole {
    /// `GET /user`.
    func row(ofUser person: Person) -> JSON {
        let joined = settings.start - .seconds(86_400 * 30)
        let roles = scopeRoles(of: person)
        return [
            "id": .id(person.id), "fullName": .text(person.name), "email": .text(person.email),
            "scope": .text(person.scope), "scopeRoles": .list(roles),
            "siteRoles": person.scope == "site" ? .list(roles) : [],
            "tenantRoles": person.scope == "tenant" ? [.text(person.role.name)] : [],
            "lowestRole": .text(person.role.name), "apiToken": person.token.map(row) ?? .null,
            "canGenerateApiToken": true,
            "allowRemoteShell": .bool(person.role.permissions.contains("Endpoints.remoteShell")),
            "twoFaEnabled": false, "twoFaEnabledReadOnly": false, "twoFaConfigured": false,
            "twoFaStatus": "not_configured", "primaryTwoFaMethod": nil, "tfaRecoveryEmail": nil,
            "source": "mgmt", "isSystem": false, "isExternalLoginUser": false, "emailVerified": true,
            "emailReadOnly": false, "fullNameReadOnly": false, "groupsReadOnly": false, "agreedEula": true,
            "agreementUrl": nil, "elevatedSessionDurationMinutes": 30, "dateJoined": .time(joined),
            "firstLogin": nil, "lastLogin": nil,
        ]
    }

    func row(_ token: Token) -> JSON {
        ["createdAt": .time(token.createdAt), "expiresAt": .time(token.expiresAt)]
    }

    /// `GET /service-users`.
    func row(ofServiceUser person: Person) -> JSON {
        let maker: JSON = ["id": .id(people[2].id), "name": .text(people[2].name)]
        let created = person.token?.createdAt ?? settings.start
        return [
            "id": .id(person.id), "name": .text(person.name), "description": "Simulated",
            "scope": .text(person.scope), "scopeRoles": .list(scopeRoles(of: person)),
            "apiToken": person.token.map(row) ?? .null, "lastActivation": .time(settings.start - .seconds(3_600)),
            "createdAt": .time(created), "updatedAt": .time(created), "createdBy": maker, "updatedBy": maker,
        ]
    }

    /// `GET /rbac/roles`.
    func row(ofRole role: Role) -> JSON {
        let account = cast.accounts[0]
        let users = people.filter { $0.role.id == role.id }.count
        let moment: JSON = "2026-01-05T08:00:00.000000Z"
        let maker: JSON = role.isPredefined ? nil : .text(people[2].name)
        let makerID: JSON = role.isPredefined ? nil : .id(people[2].id)
        return [
            "id": .id(role.id), "name": .text(role.name),
            "description": role.isPredefined ? "Predefined role" : "Custom role",
            "predefinedRole": .bool(role.isPredefined), "scope": "account", "scopeId": .id(account.id),
            "accountName": .text(account.name), "siteName": nil, "usersInRoles": .number(Int64(users)),
            "creator": maker, "creatorId": makerID, "updatedBy": maker, "updatedById": makerID, "createdAt": moment,
            "updatedAt": moment,
        ]
    }

    /// `GET /rbac/role/{role_id}`: every page with every permission there is, and whether this role holds it.
    func page(ofRole role: Role) -> JSON {
        let pages = Grant.pages.map { page, verbs -> JSON in
            let permissions = verbs.map { verb -> JSON in
                [
                    "identifier": .text(verb), "title": .text(verb), "description": .text("\(page): \(verb)"),
                    "value": .bool(role.permissions.contains("\(page).\(verb)")), "type": "boolean",
                    "groupName": nil, "dependsOn": [], "disabledReason": nil, "disabledReasonCode": nil,
                    "additionalDescription": nil,
                ]
            }
            return ["name": .text(page), "identifier": .text(page), "permissions": .list(permissions)]
        }
        return row(ofRole: role).with(["pages": .list(pages)])
    }

    private func scopeRoles(of person: Person) -> [JSON] {
        func held(at scope: Scope, in account: String) -> JSON {
            [
                "id": .id(scope.id), "name": .text(scope.name), "accountName": .text(account),
                "roleId": .id(person.role.id), "roleName": .text(person.role.name),
                "roles": [.text(person.role.name)],
            ]
        }
        switch person.reach {
        case .tenant: return [held(at: Scope(id: cast.numbering.id(.account, 0), name: "Global"), in: "")]
        case .account(let account):
            let name = cast.accounts[account].name
            guard person.isMultiScope else { return [held(at: cast.accounts[account], in: name)] }
            return cast.sites.filter { $0.account == account }.map { held(at: $0.scope, in: name) }
        case .site(let site):
            return [held(at: cast.sites[site].scope, in: cast.accounts[cast.sites[site].account].name)]
        }
    }
}
