import JSONView
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
