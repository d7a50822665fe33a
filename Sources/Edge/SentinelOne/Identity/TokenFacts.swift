import JSONView
package import Ports

/// Who a token is and how far it reaches, by the console's own word.
package struct TokenFacts: Sendable, Equatable {
    package enum ScopeLevel: String, Sendable { case tenant, account, site }

    /// A role, and where it holds.
    package struct Grant: Sendable, Hashable {
        package let scopeID: String?
        package let scopeName: String?
        package let accountName: String?
        package let roleID: RoleID?
        package let roleName: String?
    }

    package let userID: String
    /// In the console's words, fit for a log.
    package let name: String?
    package let email: String?
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
        name = data["fullName"].readableWords.map(console.quoted)
        email = data["email"].readableWords.map(console.quoted)
        expiresAt = data["apiToken"]["expiresAt"].readableTime
        // The last two are the older spellings.
        grants =
            ["scopeRoles", "siteRoles", "tenantRoles"].lazy.map { Self.grants(data[$0], console) }
            .first { !$0.isEmpty } ?? []
    }

    private static func grants(_ list: JSONView, _ console: Console) -> [Grant] {
        guard let elements = try? list.elements else { return [] }
        return elements.filter { $0.kind == .object }.map { role in
            Grant(
                scopeID: role["id"].readableID, scopeName: role["name"].readableWords.map(console.quoted),
                accountName: role["accountName"].readableWords.map(console.quoted),
                roleID: role["roleId"].readableID.flatMap { RoleID($0) },
                roleName: role["roleName"].readableText.map(console.quoted))
        }
    }
}
