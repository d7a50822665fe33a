import JSONView
package import Ports

/// Who a token is and how far it reaches, by the console's own word.
package struct TokenFacts: Sendable, Equatable {
    package enum ScopeLevel: String, Sendable { case tenant, account, site }

    /// A role, and where it holds.
    package struct Grant: Sendable, Hashable {
        package let scopeID: String?
        package let roleID: RoleID?
        package let roleName: String?
    }

    package let userID: String
    package let scope: VendorValue<ScopeLevel>
    package let grants: [Grant]
    package let expiresAt: Timestamp?

    package var scopeIDs: [String] { grants.compactMap(\.scopeID) }

    /// Each role once.
    package var roleIDs: [RoleID] {
        var seen: Set<RoleID> = []
        return grants.compactMap(\.roleID).filter { seen.insert($0).inserted }
    }

    /// Reads the answer to `Console.user()`.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let data = try ReadProblem.document(in: answer, from: console)["data"]
        do {
            userID = try data["id"].id
            scope = VendorValue(try data["scope"].text)
        } catch {
            throw ReadProblem.unintelligible(error, answer, from: console)
        }
        expiresAt = data["apiToken"]["expiresAt"].readableTime
        // The last two are the older spellings.
        grants =
            ["scopeRoles", "siteRoles", "tenantRoles"].lazy.map { Self.grants(data[$0]) }.first { !$0.isEmpty } ?? []
    }

    private static func grants(_ list: JSONView) -> [Grant] {
        guard let elements = try? list.elements else { return [] }
        return elements.filter { $0.kind == .object }.map { role in
            Grant(
                scopeID: role["id"].readableID, roleID: role["roleId"].readableID.flatMap { RoleID($0) },
                roleName: role["roleName"].readableText)
        }
    }
}

/// A permission by the name that the API's documentation gives it: `Endpoints.disconnectFromNetwork`.
package struct Permission: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    /// Names are compared by their letters and digits: roles write them in several ways.
    private let canonical: String

    package init(_ name: String) {
        self.name = name
        canonical = Self.canonical(name)
    }

    package var description: String { name }

    package static func == (left: Permission, right: Permission) -> Bool { left.canonical == right.canonical }
    package func hash(into hasher: inout Hasher) { hasher.combine(canonical) }

    private static func canonical(_ name: String) -> String {
        name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "." }
    }
}

/// What a role permits.
package struct PermissionSet: Sendable, Equatable {
    package let roleName: String?
    package let granted: Set<Permission>

    package init(roleName: String?, granted: Set<Permission>) {
        self.roleName = roleName
        self.granted = granted
    }

    package func holds(_ permission: Permission) -> Bool { granted.contains(permission) }

    /// Reads the answer to `Console.role(_:)`. A permission counts only where its value is plainly true.
    package init(_ result: HTTPResult, from console: Console) throws(ReadProblem) {
        let answer = try ReadProblem.answer(in: result, from: console)
        let data = try ReadProblem.document(in: answer, from: console)["data"]
        do {
            var granted: Set<Permission> = []
            for page in try data["pages"].elements {
                for permission in try page["permissions"].elements where permission["value"].readableBool == true {
                    granted.formUnion(Self.names(of: permission, on: page))
                }
            }
            self.init(roleName: data["name"].readableText, granted: granted)
        } catch {
            throw ReadProblem.unintelligible(error, answer, from: console)
        }
    }

    /// Consoles differ in which of identifier and title is the documented name, so every combination counts.
    private static func names(of permission: JSONView, on page: JSONView) -> [Permission] {
        let pages = [page["identifier"].readableText, page["name"].readableText].compactMap { $0 }
        let verbs = [permission["identifier"].readableText, permission["title"].readableText].compactMap { $0 }
        return verbs.flatMap { verb in
            (verb.contains(".") ? [Permission(verb)] : []) + pages.map { Permission("\($0).\(verb)") }
        }
    }
}
