import Ports

extension Operation {
    /// The newer way to ask for events: a query that runs in steps, and ends when nobody asks for it any more. Its
    /// callers come with `Bearer`, so the operations look at the token themselves.
    static let dataLake = [
        Operation("POST", "/sdl/v2/api/queries", .nothing) { console, call throws(Refusal) in
            let query = try console.launch(call)
            console.answerHeaders = [("X-Dataset-Query-Forward-Tag", query.tag)]
            return console.progress(of: query, call).bytes
        },
        Operation("GET", "/sdl/v2/api/queries/{query_id}", .nothing) { console, call throws(Refusal) in
            let query = try console.polled(call)
            return console.progress(of: query, call).bytes
        },
        Operation("DELETE", "/sdl/v2/api/queries/{query_id}", .nothing) { console, call throws(Refusal) in
            let query = try console.polled(call)
            console.queries[query.id] = nil
            return JSON.object([:]).bytes
        },
    ]
}

extension SimulatedConsole {
    private static var steps: Int64 { 4 }
    /// How long a query lives without being asked for.
    private static var patience: Duration { .seconds(30) }

    /// Who calls, by the only prefix that the data lake knows.
    private func bearer(_ call: Call) throws(Refusal) -> Person {
        let parts = (call.request.header("Authorization") ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw Refusal(
                status: 500, code: 5_000_010, title: "Internal server error",
                detail: "the Authorization header must begin with Bearer")
        }
        // The same tokens under another prefix.
        let request = ServedRequest(
            method: call.request.method, path: call.request.path,
            headers: [("Authorization", "ApiToken \(parts[1])")])
        guard let person = caller(of: request, call.operation) else { throw .authenticationFailed }
        guard person.role.permissions.contains("SDL Data.viewEdr") else { throw .insufficientPermissions }
        return person
    }

    fileprivate mutating func launch(_ call: Call) throws(Refusal) -> Queries.Query {
        let person = try bearer(call)
        guard case .object(let body)? = JSON(call.request.body) else { throw .invalid("The body is not an object.") }
        guard body["queryType"]?.string == "PQ" else {
            throw .notSimulated("the queryType \(body["queryType"]?.string ?? "that is missing")")
        }
        guard let text = body["pq"]?["query"]?.string else { throw .invalid("pq.query: Missing.") }
        let query = try EventQuery(text)
        let (from, to) = (try time("startTime", body), try time("endTime", body))
        let isTenant = body["tenant"] == .bool(true)
        var accounts: Set<Int64>?
        if case .list(let ids)? = body["accountIds"] {
            accounts = Set(ids.compactMap { $0.string.flatMap { Int64($0) } ?? $0.integer })
        }
        guard !(isTenant && accounts != nil) else { throw .invalid("accountIds: Not together with tenant.") }
        // As the real one: who names no scope or no source is told that there is nothing.
        let isScoped = isTenant || accounts != nil
        let rows =
            isScoped && query.namesSource ? try found(query, from: from, to: to, person, accounts: accounts) : []
        let limited = Array(rows.prefix(query.limit ?? 1_000))
        return queries.add("", limited, query, by: person.id, at: now)
    }

    fileprivate mutating func polled(_ call: Call) throws(Refusal) -> Queries.Query {
        let person = try bearer(call)
        guard var query = queries[call.parts.first ?? ""], !query.id.hasPrefix("q"), query.owner == person.id else {
            throw .unknownID("query")
        }
        guard let tag = call.request.header("X-Dataset-Query-Forward-Tag"), tag == query.tag else {
            throw .invalid("X-Dataset-Query-Forward-Tag: Missing, or of another query.")
        }
        guard now - query.polledAt <= Self.patience else {
            queries[query.id] = nil
            throw .unknownID("query: it has expired")
        }
        query.polledAt = now
        queries[query.id] = query
        return query
    }

    /// `2026-11-20T10:15:31Z`, `now`, or how long ago: `24h`.
    private func time(_ name: String, _ body: [String: JSON]) throws(Refusal) -> Timestamp {
        let text = body[name]?.string ?? ""
        if let time = Timestamp(iso: text) { return time }
        if text == "now" { return now }
        let seconds: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = text.last.flatMap({ seconds[$0] }), let count = UInt16(text.dropLast()) else {
            throw .invalid("\(name): Not a valid time.")
        }
        return now - .seconds(unit * Int(count))
    }

    fileprivate func progress(of query: Queries.Query, _ call: Call) -> JSON {
        let step = max(settings.queryStep.wholeMicroseconds, 1)
        let done = min((now - query.startedAt).wholeMicroseconds / step, Self.steps)
        return [
            "id": .text(query.id), "stepsCompleted": .number(done), "stepsTotal": .number(Self.steps),
            "cpuUsage": .number(done * 12), "data": done < Self.steps ? nil : query.table,
        ]
    }
}

extension Queries.Query {
    fileprivate var table: JSON {
        let columns = text.columns ?? EventRow.columns.map { ($0, $0) }
        return [
            "columns": .list(columns.map { ["name": .text($0.name)] }),
            "values": .list(rows.map { row in .list(columns.map { row.cell($0.field) }) }),
            "matchCount": .number(Int64(rows.count)), "warnings": [],
        ]
    }
}

extension EventRow {
    /// What the data lake shows where nobody chose.
    static let columns = [
        "timestamp", "event.id", "event.category", "event.type", "agent.uuid", "endpoint.name", "endpoint.os",
        "src.process.storyline.id", "src.process.uid", "src.process.name", "src.process.pid", "src.process.cmdline",
        "src.process.image.path", "src.process.image.sha1", "src.process.image.sha256", "src.process.image.md5",
        "src.process.publisher", "src.process.user", "src.process.integrityLevel", "src.process.startTime",
        "src.process.parent.uid", "src.process.parent.name", "src.process.parent.pid", "src.process.parent.cmdline",
        "tgt.file.path", "tgt.file.oldPath", "tgt.file.sha1", "tgt.file.sha256", "tgt.file.md5", "src.ip.address",
        "src.port.number", "dst.ip.address", "dst.port.number", "event.network.direction", "event.dns.request",
        "event.dns.response", "url.address", "registry.keyPath", "registry.value", "task.name", "task.path",
        "event.login.userName", "event.login.type", "indicator.name", "indicator.category", "indicator.description",
    ]

    /// Null where the event has no such field, or no event has.
    func cell(_ field: String) -> JSON { Self.cells[field].map { $0(self) } ?? .null }

    private static let cells: [String: @Sendable (EventRow) -> JSON] = ofProcess.merging(ofWhat) { $1 }

    private static let ofProcess: [String: @Sendable (EventRow) -> JSON] = [
        "timestamp": { .time($0.event.at) }, "event.id": { .text(String($0.event.id)) },
        "event.category": { .text($0.name.object) }, "event.type": { .text($0.name.title) },
        "agent.uuid": { .text($0.agent.uuid) }, "endpoint.name": { .text($0.agent.name) },
        "endpoint.os": { .text($0.agent.identity.platform.type) },
        "src.process.storyline.id": { .text($0.event.storyline) }, "src.process.uid": { .text($0.process.key) },
        "src.process.name": { .text($0.process.image.name) }, "src.process.pid": { .number(Int64($0.process.pid)) },
        "src.process.cmdline": { .text($0.process.commandLine) },
        "src.process.image.path": { .text($0.process.image.path) },
        "src.process.image.sha1": { .text($0.process.image.sha1) },
        "src.process.image.sha256": { .text($0.process.image.sha256) },
        "src.process.image.md5": { .text($0.process.image.md5) },
        "src.process.publisher": { .text($0.process.image.publisher) },
        "src.process.user": { .text($0.process.user) },
        "src.process.integrityLevel": { .text($0.process.integrity) },
        "src.process.startTime": { .time($0.event.process.startedAt) },
        "src.process.parent.uid": { .text($0.event.parent?.seen.key) },
        "src.process.parent.name": { .text($0.event.parent?.seen.image.name) },
        "src.process.parent.pid": { $0.event.parent.map { .number(Int64($0.seen.pid)) } ?? .null },
        "src.process.parent.cmdline": { .text($0.event.parent?.seen.commandLine) },
    ]

    private static let ofWhat: [String: @Sendable (EventRow) -> JSON] = [
        "tgt.file.path": { .text($0.event.what.file?.path) }, "tgt.file.sha1": { .text($0.event.what.file?.sha1) },
        "tgt.file.sha256": { .text($0.event.what.file?.sha256) }, "tgt.file.md5": { .text($0.event.what.file?.md5) },
        "tgt.file.oldPath": { if case .renamed(_, let from) = $0.event.what { .text(from) } else { .null } },
        "src.ip.address": { .text($0.ends?.from) }, "dst.ip.address": { .text($0.ends?.to) },
        "src.port.number": { $0.ends.map { .number(Int64($0.fromPort)) } ?? .null },
        "dst.port.number": { $0.ends.map { .number(Int64($0.toPort)) } ?? .null },
        "event.network.direction": { .text($0.ends.map { $0.incoming ? "INCOMING" : "OUTGOING" }) },
        "event.dns.request": { if case .resolved(let name, _) = $0.event.what { .text(name) } else { .null } },
        "event.dns.response": { if case .resolved(_, let answer) = $0.event.what { .text(answer) } else { .null } },
        "url.address": { if case .fetched(let url) = $0.event.what { .text(url) } else { .null } },
        "registry.keyPath": { if case .registry(let key, _, _) = $0.event.what { .text(key) } else { .null } },
        "registry.value": { if case .registry(_, _, let content) = $0.event.what { .text(content) } else { .null } },
        "task.name": { if case .scheduled(let name, _) = $0.event.what { .text(name) } else { .null } },
        "task.path": { if case .scheduled(_, let path) = $0.event.what { .text(path) } else { .null } },
        "event.login.userName": { if case .loggedIn(let user, _, _) = $0.event.what { .text(user) } else { .null } },
        "event.login.type": { if case .loggedIn(_, let type, _) = $0.event.what { .text(type) } else { .null } },
        "indicator.name": { if case .noticed(let one) = $0.event.what { .text(one.technique) } else { .null } },
        "indicator.category": { if case .noticed(let one) = $0.event.what { .text(one.category) } else { .null } },
        "indicator.description": {
            if case .noticed(let one) = $0.event.what { .text(one.description) } else { .null }
        },
    ]
}
