import Ports

extension Operation {
    /// What is polled.
    static let streams = [
        Operation("GET", "/threats", .permission("Threats.view")) { console, call throws(Refusal) in
            try console.list(List.threats, console.threatStock, call)
        },
        Operation("GET", "/cloud-detection/alerts", .permission("Custom Alerts.view")) {
            console, call throws(Refusal) in
            try console.list(List.alerts, console.alertStock, call)
        },
        Operation("GET", "/activities", .permission("Activity Page.view")) { console, call throws(Refusal) in
            try console.list(List.activities, console.activityStock, call)
        },
        Operation("GET", "/agents", .permission("Endpoints.view")) { console, call throws(Refusal) in
            try console.list(List.agents, console.agentStock, call)
        },
        Operation("GET", "/agents/count", .permission("Endpoints.view")) { console, call throws(Refusal) in
            try console.countAgents(call)
        },
        Operation("GET", "/agents/tags", .permission("Endpoints.view")) { console, call throws(Refusal) in
            try console.list(List.tags, console.tagStock(Scoping(call.caller.reach, console.cast)), call)
        },
        Operation("GET", "/groups", .permission("Groups.view")) { console, call throws(Refusal) in
            try console.list(List.groups, console.groupStock, call)
        },
        Operation("GET", "/sites", .permission("Sites.view")) { console, call throws(Refusal) in
            try console.listSites(call)
        },
        Operation("GET", "/sites/{site_id}", .permission("Sites.view")) { console, call throws(Refusal) in
            let scoping = Scoping(call.caller.reach, console.cast)
            let found = console.cast.sites.firstIndex { String($0.scope.id) == call.parts[0] }
            guard let site = found, scoping.holds(.site(site)) else { throw .unknownID("site") }
            return console.one { console.siteStock.row(site).write(into: &$0) }
        },
        Operation("GET", "/accounts", .permission("Accounts.view")) { console, call throws(Refusal) in
            guard !Scoping(call.caller.reach, console.cast).isOfOneSite else { throw .insufficientPermissions }
            return try console.list(List.accounts, console.accountStock, call)
        },
        Operation("GET", "/accounts/{account_id}", .permission("Accounts.view")) { console, call throws(Refusal) in
            let scoping = Scoping(call.caller.reach, console.cast)
            guard !scoping.isOfOneSite else { throw .insufficientPermissions }
            let found = console.cast.accounts.firstIndex { String($0.id) == call.parts[0] }
            guard let account = found, scoping.holds(.account(account)) else { throw .unknownID("account") }
            return console.one { console.accountStock.row(account).write(into: &$0) }
        },
    ]
}

extension SimulatedConsole {
    fileprivate func one(_ write: (inout JSONWriter) -> Void) -> Bytes {
        var out = JSONWriter()
        out.object { $0.object("data", write) }
        return out.bytes
    }

    fileprivate mutating func countAgents(_ call: Call) throws(Refusal) -> Bytes {
        let query = call.request.query
        if let odd = query.first(where: { Paging.names.contains($0.name) }) {
            throw .notSimulated("the parameter \(odd.name)")
        }
        let page = try page(of: List.agents, agentStock, query + [("countOnly", "true")], call.caller).page
        return one { $0.number("total", page.total) }
    }

    /// In an envelope of its own kind, with what is licensed in all of the sites.
    fileprivate mutating func listSites(_ call: Call) throws(Refusal) -> Bytes {
        let (page, cursor) = try page(of: List.sites, siteStock, call.request.query, call.caller)
        let (stock, scoping) = (siteStock, Scoping(call.caller.reach, cast))
        let all = cast.sites.indices.filter { scoping.holds(.site($0)) }.map(stock.row)
        var out = JSONWriter(reserving: 4_096 * (page.rows.count + 1))
        out.object { out in
            out.object("data") { out in
                out.object("allSites") { out in
                    out.number("activeLicenses", all.reduce(0) { $0 + $1.activeLicenses })
                    out.number("totalLicenses", all.reduce(0) { $0 + $1.totalLicenses })
                }
                out.list("sites") { show(page.rows, of: List.sites, call, &$0) }
            }
            write(cursor, page.total, call, to: &out)
        }
        return out.bytes
    }

    mutating func list<Row>(
        _ listing: Listing<Row>, _ stock: Stock<Row>, _ call: Call
    ) throws(Refusal) -> Bytes {
        let (page, cursor) = try page(of: listing, stock, call.request.query, call.caller)
        var out = JSONWriter(reserving: 5_120 * (page.rows.count + 1))
        out.object { out in
            out.list("data") { show(page.rows, of: listing, call, &$0) }
            write(cursor, page.total, call, to: &out)
        }
        return out.bytes
    }

    private mutating func page<Row>(
        of listing: Listing<Row>, _ stock: Stock<Row>, _ query: [(name: String, value: String)], _ caller: Person
    ) throws(Refusal) -> (page: Listing<Row>.Page, cursor: String?) {
        let given = try listing.given(query)
        let paging = try Paging(
            given, of: listing.stream, upTo: listing.maximum, sorts: Set(listing.sorts.keys))
        let cursor: Cursor?
        if let text = paging.cursor {
            cursor = try Cursor(text, digest: paging.digest, now: now, lifetime: settings.cursorLifetime)
        } else {
            cursor = nil
        }
        var selection = try listing.selection(given, Scoping(caller.reach, cast))
        selection.hidden = stock.hidden.compactMap { given[$0.key] == nil ? $0.value : nil }
        var revision = stock.revision
        if !selection.threats.isEmpty {
            selection.among = agents(withThreat: selection.threats)
            revision = nil
        }
        let lateness = Lateness(settings, stream: listing.stream, now: now)
        let key = revision.map { revision in
            Remembered.Key(
                selection: paging.selection, reach: "\(caller.reach)", sort: paging.sort, revision: revision,
                now: lateness == nil ? nil : now)
        }
        let search = Search(
            listing: listing, stock: stock, selection: selection, paging: paging, lateness: lateness, key: key)
        let page = search.page(after: cursor?.spot, &remembered)
        return (page, page.next.map { Cursor.text($0, digest: paging.digest, at: now) })
    }

    /// By ordinal, whether an endpoint has a threat for which all of it holds.
    private func agents(withThreat tests: [(ThreatRow) -> Bool]) -> [Bool] {
        let stock = threatStock
        var agents = [Bool](repeating: false, count: fleet.agents.count)
        for ordinal in 0..<stock.count where !agents[threats.agent(of: ordinal)] {
            let row = stock.row(ordinal)
            if tests.allSatisfy({ $0(row) }) { agents[row.threat.agent] = true }
        }
        return agents
    }

    /// Writes the rows, and notes that they were shown.
    private mutating func show<Row>(
        _ rows: [Row], of listing: Listing<Row>, _ call: Call, _ out: inout JSONWriter
    ) {
        for row in rows {
            let digest: UInt64
            if let lies = call.lies {
                var own = JSONWriter()
                listing.write(row, &own)
                digest = own.digest(from: 0)
                for altered in lies.alter(own.output) { out.raw(altered) }
            } else {
                let start = out.output.count
                listing.write(row, &out)
                digest = out.digest(from: start)
            }
            shown.note(
                listing.id(row), Shown.Version(updatedAt: listing.updatedAt(row), digest: digest),
                in: call.operation.name)
        }
    }

    private func write(_ cursor: String?, _ total: Int, _ call: Call, to out: inout JSONWriter) {
        out.object("pagination") { out in
            if let lies = call.lies {
                out.raw("nextCursor", lies.cursor(cursor))
            } else {
                out.text("nextCursor", cursor)
            }
            out.number("totalItems", total)
        }
    }
}
