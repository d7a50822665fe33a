import Ports

extension Operation {
    /// What is polled.
    static let streams = [
        Operation("GET", "/threats", .permission("Threats.view")) { console, call throws(Refusal) in
            let rows = (0..<console.threats.count).map { console.row(ofThreat: $0) }
            return try console.list(.threats, rows, call, \.threat.updatedAt) { $0.write(to: &$1) }
        },
        Operation("GET", "/agents", .permission("Endpoints.view")) { console, call throws(Refusal) in
            let rows = console.fleet.agents.indices.map { console.row(ofAgent: $0) }
            return try console.list(.agents, rows, call, \.agent.updatedAt) { $0.write(to: &$1) }
        },
        Operation("GET", "/activities", .permission("Activity Page.view")) { console, call throws(Refusal) in
            let rows = (0..<console.activities.count).map { console.row(ofActivity: $0) }
            return try console.list(.activities, rows, call, \.activity.createdAt) { $0.write(to: &$1) }
        },
    ]
}

extension SimulatedConsole {
    mutating func list<Row>(
        _ listing: Listing<Row>, _ rows: [Row], _ call: Call, _ changedAt: (Row) -> Timestamp,
        _ write: (Row, inout JSONWriter) -> Void
    ) throws(Refusal) -> Bytes {
        let page = try listing.page(of: rows, call.request.query)
        var out = JSONWriter(reserving: 4_096 * (page.rows.count + 1))
        out.object { out in
            out.list("data", of: page.rows) { out, row in
                let written = bytes(of: row, write)
                let version = Shown.Version(updatedAt: changedAt(row), digest: Shown.digest(written))
                shown.note(listing.id(row), version, in: call.operation.name)
                for row in call.lies?.alter(written) ?? [written] { out.raw(row) }
            }
            out.object("pagination") { out in
                if let lies = call.lies {
                    out.raw("nextCursor", lies.cursor(page.cursor))
                } else {
                    out.text("nextCursor", page.cursor)
                }
                out.number("totalItems", page.total)
            }
        }
        return out.bytes
    }

    private func bytes<Row>(of row: Row, _ write: (Row, inout JSONWriter) -> Void) -> [UInt8] {
        var out = JSONWriter()
        write(row, &out)
        return out.output
    }
}
