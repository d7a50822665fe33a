package import JSONView
package import Ports

/// A question to the console's event store. Where it looks is always said: without, the console finds nothing and
/// does not say why.
package struct PowerQuery: Hashable, Sendable {
    package enum Scope: Hashable, Sendable {
        /// All that a global token reaches.
        case tenant
        case accounts(ExactTargets<Accounts>)
    }

    package let text: String
    package let range: Range<Timestamp>
    package let scope: Scope

    package init(_ text: String, in range: Range<Timestamp>, of scope: Scope) {
        self.text = text
        self.range = range
        self.scope = scope
    }

    var body: Bytes {
        JSONText.object {
            $0.append("queryType", text: "PQ")
            switch scope {
            case .tenant: $0.append("tenant", bool: true)
            case .accounts(let accounts):
                $0.append("tenant", bool: false)
                $0.append("accountIds") { (ids: inout JSONArrayText) in
                    for id in accounts.ids { ids.append(text: id.digits) }
                }
            }
            $0.append("startTime", text: range.lowerBound.asked)
            $0.append("endTime", text: range.upperBound.asked)
            $0.append("queryPriority", text: "LOW")
            $0.append("pq") { (query: inout JSONObjectText) in
                query.append("query", text: text)
                query.append("resultType", text: "TABLE")
            }
        }
    }
}

/// What a query found: rows of cells, under named columns.
package struct EventTable: Sendable {
    package let columns: [String]
    private let rows: [JSONView]

    package var count: Int { rows.count }

    /// The cells of a row, by column. A row may be shorter than the columns are many: what is missing is left out.
    package func cells(_ row: Int) -> [String: JSONView] {
        guard let cells = try? rows[row].elements else { return [:] }
        return Dictionary(zip(columns, cells)) { first, _ in first }
    }

    init(_ data: JSONView) throws(JSONProblem) {
        columns = try data["columns"].elements.map { $0.readableText ?? $0["name"].readableText ?? "" }
        rows = data["values"].ifPresent == nil ? [] : Array(try data["values"].elements)
    }
}
