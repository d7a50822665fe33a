import JSONView
package import Ports

/// The same question in the older form, for consoles without the newer one. The vendor ends it in February 2027.
package struct DeepVisibilityQuery: Hashable, Sendable {
    /// Rows at most.
    package static let most = 100_000

    package let text: String
    package let range: Range<Timestamp>
    /// nil for all that the token reaches.
    package let scope: SiteScope?
    package let limit: Int

    /// More rows than the console gives are cut to what it gives.
    package init(_ text: String, in range: Range<Timestamp>, within scope: SiteScope? = nil, limit: Int = 20_000) {
        self.text = text
        self.range = range
        self.scope = scope
        self.limit = min(max(limit, 1), Self.most)
    }

    /// Without the `data` around it that other calls have.
    var body: Bytes {
        JSONText.object {
            $0.append("query", text: text)
            $0.append("fromDate", text: range.lowerBound.asked)
            $0.append("toDate", text: range.upperBound.asked)
            $0.append("queryType") { (types: inout JSONArrayText) in types.append(text: "events") }
            switch scope {
            case .accounts(let accounts): Self.append(accounts, as: "accountIds", to: &$0)
            case .sites(let sites): Self.append(sites, as: "siteIds", to: &$0)
            case nil: break
            }
            $0.append("limit", integer: limit)
        }
    }

    private static func append<Of>(_ targets: ExactTargets<Of>, as name: String, to body: inout JSONObjectText) {
        body.append(name) { (ids: inout JSONArrayText) in
            for id in targets.ids { ids.append(text: id.digits) }
        }
    }
}

/// How far the console says a query has come.
enum DeepVisibilityState: String {
    case running = "RUNNING"
    case processRunning = "PROCESS_RUNNING"
    case eventsRunning = "EVENTS_RUNNING"
    case finished = "FINISHED"
    case failed = "FAILED"
    case failedClient = "FAILED_CLIENT"
    case error = "ERROR"
    case cancelled = "QUERY_CANCELLED"
    case timedOut = "TIMED_OUT"
    case expired = "QUERY_EXPIRED"

    /// Why it brings nothing; nil while it may.
    var failure: ReadProblem.Kind? {
        switch self {
        case .running, .processRunning, .eventsRunning, .finished: nil
        case .failedClient: .rejected
        case .failed, .error, .cancelled, .timedOut, .expired: .console
        }
    }
}

extension Console {
    func startDeepVisibility(_ query: DeepVisibilityQuery) -> HTTPRequest {
        var request = post("/dv/init-query", query.body)
        request.deadline = Self.readDeadline
        return request
    }

    func deepVisibilityStatus(_ id: String) -> HTTPRequest { get("/dv/query-status", [("queryId", id)]) }

    func deepVisibilityEvents(_ id: String, after cursor: Cursor?, limit: Int) -> HTTPRequest {
        let rest = cursor.map { [("cursor", $0.text)] } ?? []
        return get("/dv/events", [("queryId", id), ("limit", String(limit))] + rest)
    }

    func cancelDeepVisibility(_ id: String) -> HTTPRequest {
        post("/dv/cancel-query", JSONText.object { $0.append("queryId", text: id) })
    }
}
