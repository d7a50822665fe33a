import Ports

extension Operation {
    /// The older way to ask for events.
    static let deepVisibility = [
        Operation("POST", "/dv/init-query", .permission("SDL Data.viewEdr")) { console, call throws(Refusal) in
            let id = try console.beginQuery(call)
            return JSON.object(["data": ["queryId": .text(id), "queryModeInfo": console.queryMode]]).bytes
        },
        Operation("GET", "/dv/query-status", .permission("SDL Data.viewEdr")) { console, call throws(Refusal) in
            let state = console.state(of: try console.query(call.queryID))
            return JSON.object([
                "data": [
                    "responseState": .text(state.name), "progressStatus": .number(state.progress),
                    "responseError": nil, "warnings": nil, "queryModeInfo": console.queryMode,
                ]
            ]).bytes
        },
        Operation("GET", "/dv/events", .permission("SDL Data.viewEdr")) { console, call throws(Refusal) in
            try console.results(call) { _ in true }
        },
        Operation("GET", "/dv/events/{event_type}", .permission("SDL Data.viewEdr")) { console, call throws(Refusal) in
            let wanted = call.parts.first?.lowercased() ?? ""
            return try console.results(call) { row in
                [row.name.object, row.name.code, row.name.title].contains { $0.lowercased() == wanted }
            }
        },
        Operation("POST", "/dv/cancel-query", .permission("SDL Data.viewEdr")) { console, call throws(Refusal) in
            let id = JSON(call.request.body)?["queryId"]?.string
            let query = try console.query(id)
            console.queries[query.id]?.isCancelled = true
            return JSON.object(["data": ["success": .text(console.state(of: query).name)]]).bytes
        },
    ]
}

extension Call {
    fileprivate var queryID: String? { request.query.first { $0.name == "queryId" }?.value }
}

extension SimulatedConsole {
    /// Ranges may not be longer.
    private static var range: Duration { .seconds(93 * 86_400) }

    fileprivate var queryMode: JSON { ["mode": "scalyr", "lastActivatedAt": .time(settings.start)] }

    fileprivate mutating func beginQuery(_ call: Call) throws(Refusal) -> String {
        guard case .object(let body)? = JSON(call.request.body) else { throw .invalid("The body is not an object.") }
        guard body["data"] == nil else { throw .invalid("data: Unknown field.") }
        func text(_ name: String) throws(Refusal) -> String {
            guard let text = body[name]?.string, !text.isEmpty else {
                throw .invalid("\(name): Missing data for required field.")
            }
            return text
        }
        func time(_ name: String) throws(Refusal) -> Timestamp {
            guard let time = Timestamp(iso: try text(name)) else { throw .invalid("\(name): Not a valid datetime.") }
            return time
        }
        let query = try EventQuery(try text("query"))
        let (from, to) = (try time("fromDate"), try time("toDate"))
        guard from < to, to - from <= Self.range else {
            throw .invalid("fromDate: The range must be of at most 93 days and end after it begins.")
        }
        let limit = body["limit"]?.integer ?? 20_000
        guard (1...100_000).contains(limit) else { throw .invalid("limit: Must be between 1 and 100000.") }
        let rows = try found(
            query, from: from, to: to, call.caller, accounts: Self.ids(body["accountIds"]),
            sites: Self.ids(body["siteIds"]))
        return queries.add("q", Array(rows.prefix(Int(limit))), query, by: call.caller.id, at: now).id
    }

    private static func ids(_ value: JSON?) -> Set<Int64>? {
        guard case .list(let values)? = value, !values.isEmpty else { return nil }
        return Set(values.compactMap { $0.string.flatMap { Int64($0) } ?? $0.integer })
    }

    fileprivate func query(_ id: String?) throws(Refusal) -> Queries.Query {
        guard let id else { throw .invalid("queryId: Missing data for required field.") }
        guard id.hasPrefix("q"), let query = queries[id] else { throw .unknownID("query") }
        return query
    }

    fileprivate func state(of query: Queries.Query) -> (name: String, progress: Int64) {
        if query.isCancelled { return ("QUERY_CANCELLED", 0) }
        let step = max(settings.queryStep.wholeMicroseconds, 1)
        switch (now - query.startedAt).wholeMicroseconds / step {
        case 0: return ("RUNNING", 0)
        case 1: return ("PROCESS_RUNNING", 35)
        case 2: return ("EVENTS_RUNNING", 70)
        default: return ("FINISHED", 100)  // for ever after
        }
    }

    fileprivate mutating func results(_ call: Call, _ isMeant: (EventRow) -> Bool) throws(Refusal) -> Bytes {
        let query = try query(call.queryID)
        let state = state(of: query)
        guard state.name == "FINISHED" else {
            throw Refusal(status: 409, code: 4_090_010, title: "Conflict", detail: "the query is \(state.name)")
        }
        return try Excerpt.queried.answer(query.rows.filter(isMeant), to: call.request.query) {
            $0.writeQueried(to: &$1)
        }
    }
}
