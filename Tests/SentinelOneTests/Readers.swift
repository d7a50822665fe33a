import JSONView
import Ports
import SentinelOne

/// One way in which the client reads an answer.
struct Reader: Sendable {
    let name: String
    let read: @Sendable (HTTPResult) throws -> String

    /// Every one there is; each returns all that it read, in words.
    static let all: [Reader] =
        VendorStream.allCases.map { stream in
            Reader(name: stream.rawValue) { try pageWords($0, of: stream) }
        } + [
            Reader(name: "telemetry") { "\(try Telemetry($0, from: console))" },
            Reader(name: "hash verdict") { "\(try HashVerdict($0, from: console))" },
            Reader(name: "activity types") { "\(try ActivityTypes($0, from: console))" },
            Reader(name: "count") { "\(try RowCount($0, of: .threats, from: console))" },
            Reader(name: "agent count") { "\(try RowCount(agents: $0, from: console))" },
            Reader(name: "user") { "\(try TokenFacts($0, from: console))" },
            Reader(name: "permissions") { "\(try PermissionSet($0, from: console))" },
            Reader(name: "token details") { "\(try TokenDetails($0, from: console))" },
            Reader(name: "check") { "\(try AuthCheck($0, from: console))" },
            Reader(name: "system info") { "\(try SystemInfo($0, from: console))" },
            Reader(name: "system health") { "\(try SystemHealth($0, from: console))" },
        ]

    /// The page, and each of its rows as the fact that it is.
    private static func pageWords(_ result: HTTPResult, of stream: VendorStream) throws -> String {
        let page = try Page(result, of: stream, from: console)
        let facts = page.items.map { item in
            do { return try fact(item.bytes, of: stream) } catch { return "\(error)" }
        }
        return "\(page.unreadable.map(\.reason)) \(facts)"
    }

    static func fact(_ bytes: Bytes, of stream: VendorStream) throws -> String {
        switch stream {
        case .threats: "\(try ThreatFact(parsing: bytes))"
        case .alerts: "\(try AlertFact(parsing: bytes))"
        case .activities, .timeline: "\(try ActivityFact(parsing: bytes))"
        case .agents: "\(try AgentState(parsing: bytes))"
        case .groups: "\(try GroupFact(parsing: bytes))"
        case .sites: "\(try SiteFact(parsing: bytes))"
        case .accounts: "\(try AccountFact(parsing: bytes))"
        case .rules: "\(try RuleFact(parsing: bytes))"
        case .tags: "\(try TagFact(parsing: bytes))"
        case .roles: "\(try RoleFact(parsing: bytes))"
        case .notes: "\(try NoteFact(parsing: bytes))"
        case .events: "\(try EventFact(parsing: bytes))"
        }
    }
}
