package import Ports

/// A page's place in a walk, as the console named it. Opaque, and good for minutes: what is kept is the watermark.
package struct Cursor: Hashable, Sendable {
    package let text: String
    package init(_ text: String) { self.text = text }
}

// Lists. Each page but the first repeats the request of the first, parameter by parameter, and adds the cursor.
extension Console {
    package func list<Rows>(_ query: Query<Rows>, after cursor: Cursor? = nil) -> HTTPRequest {
        var parameters = query.selection + query.sorting + [("limit", String(query.limit))]
        if !query.counts { parameters.append(("skipCount", "true")) }
        if let cursor { parameters.append(("cursor", cursor.text)) }
        return get(Rows.path, parameters)
    }

    /// How many rows there are, without any of them.
    package func count<Rows>(_ query: Query<Rows>) -> HTTPRequest {
        get(Rows.path, query.selection + [("limit", "1"), ("countOnly", "true")])
    }

    /// How many endpoints there are, by the route that needs no list.
    package func agentCount(_ query: Query<Agents> = Query()) -> HTTPRequest {
        get("/agents/count", query.selection)
    }

    /// Which kinds of activity this console knows.
    package func activityTypes() -> HTTPRequest { get("/activities/types") }
}
