package import Ports

/// A page's place in a walk, as the console named it. Opaque, and good for minutes: what is kept is the watermark.
package struct Cursor: Hashable, Sendable {
    package let text: String
    package init(_ text: String) { self.text = text }
}

// The reads. Each page but the first repeats the request of the first and adds the cursor.
extension Console {
    /// The most that the console gives, and asked for by name: left out, it gives ten.
    package static let pageLimit = 1_000

    /// Threats by the last change, oldest first, those of that very moment included.
    package func threats(updatedSince watermark: Timestamp, cursor: Cursor? = nil) -> HTTPRequest {
        get(
            "/threats",
            page(
                cursor,
                [
                    ("updatedAt__gte", watermark.description), ("sortBy", "updatedAt"), ("sortOrder", "asc"),
                ]))
    }

    package func threats(_ targets: ExactTargets<ThreatID>) -> HTTPRequest {
        get("/threats", page(nil, [("ids", targets.commaSeparated)]))
    }

    /// Endpoints by the last change, oldest first; also those that were decommissioned or uninstalled.
    package func agents(updatedSince watermark: Timestamp, cursor: Cursor? = nil) -> HTTPRequest {
        get(
            "/agents",
            page(
                cursor,
                [
                    ("updatedAt__gte", watermark.description), ("sortBy", "updatedAt"), ("sortOrder", "asc"),
                ] + Self.alsoGone))
    }

    /// Also those that were decommissioned or uninstalled: their absence must not look like a mistake in the id.
    package func agents(_ targets: ExactTargets<AgentID>) -> HTTPRequest {
        get("/agents", page(nil, [("ids", targets.commaSeparated)] + Self.alsoGone))
    }

    /// What happened to these endpoints, oldest first.
    package func activities(
        of targets: ExactTargets<AgentID>, types: [Int], createdSince start: Timestamp, cursor: Cursor? = nil
    ) -> HTTPRequest {
        precondition(!types.isEmpty, "activities are asked for by type")
        return get(
            "/activities",
            page(
                cursor,
                [
                    ("agentIds", targets.commaSeparated),
                    ("activityTypes", types.map { String($0) }.joined(separator: ",")),
                    ("createdAt__gte", start.description), ("sortBy", "createdAt"), ("sortOrder", "asc"),
                ]))
    }

    /// Who the token belongs to.
    package func user() -> HTTPRequest { get("/user") }

    /// What a role permits.
    package func role(_ id: RoleID) -> HTTPRequest { get("/rbac/role/\(id.digits)") }

    private static let alsoGone = [("isDecommissioned", "true,false"), ("isUninstalled", "true,false")]

    private func page(_ cursor: Cursor?, _ query: [(String, String)]) -> [(name: String, value: String)] {
        var query = query.map { (name: $0.0, value: $0.1) }
        query.append(("limit", String(Self.pageLimit)))
        if let cursor { query.append(("cursor", cursor.text)) }
        return query
    }
}
