import Foundation
import Ports
import SimulatedConsole
import Testing

/// Somebody who uses a simulated console in process, with a clock that moves only when told.
struct Visitor {
    static let start = Timestamp(microseconds: 1_790_000_000_000_000)

    var console: SimulatedConsole
    var now = start

    init(seed: UInt64 = 7, change: (inout SimulatedConsoleSettings) -> Void = { _ in }) {
        var settings = SimulatedConsoleSettings(start: Self.start)
        settings.seed = seed
        settings.threatInterval = .seconds(2)
        change(&settings)
        console = SimulatedConsole(settings)
    }

    mutating func pass(_ time: Duration) { now = now + time }

    mutating func reply(
        _ method: String, _ path: String, _ query: [(name: String, value: String)] = [], body: String = "",
        token: Secret? = nil
    ) -> Reply {
        let authorization = "ApiToken \((token ?? console.viewerToken).reveal())"
        return console.answer(
            ServedRequest(
                method: method, path: "/web/api/v2.1/" + path, query: query,
                headers: [("Authorization", authorization)], body: Bytes(body)), at: now)
    }

    mutating func get(
        _ path: String, _ query: [(name: String, value: String)] = [], token: Secret? = nil
    ) throws -> Document {
        try Document(reply("GET", path, query, token: token))
    }

    /// An isolation or a release, as the responder unless told otherwise.
    mutating func act(_ action: String, _ filter: String, token: Secret? = nil) throws -> Document {
        try Document(
            reply(
                "POST", "agents/actions/\(action)", body: #"{"filter":\#(filter),"data":{}}"#,
                token: token ?? console.responderToken))
    }

    @discardableResult
    mutating func control(_ method: String, _ path: String, _ body: String = "") throws -> Document {
        let request = ServedRequest(method: method, path: path, body: Bytes(body))
        return try Document(console.controlAnswer(request, at: now))
    }

    /// Every row of a stream, page by page.
    mutating func walk(
        _ path: String, _ query: [(name: String, value: String)], token: Secret? = nil
    ) throws -> [Document.Row] {
        var rows: [Document.Row] = []
        var cursor: String?
        for _ in 0..<1_000 {
            let page = try get(path, query + (cursor.map { [("cursor", $0)] } ?? []), token: token)
            #expect(page.status == 200)
            rows += page.rows
            cursor = page.nextCursor
            if cursor == nil { return rows }
        }
        Issue.record("the walk does not end")
        return rows
    }

    mutating func firstAgent() throws -> String {
        try #require(try get("agents", [("limit", "1")]).rows.first?.id)
    }
}

/// An answer's body, read with Foundation: what a client that knows nothing of the simulator would see.
struct Document {
    struct Row {
        let members: [String: Any]
        var id: String { members["id"] as? String ?? text("alertInfo", "alertId") ?? "" }

        func text(_ path: String...) -> String? {
            var value: Any? = members
            for name in path { value = (value as? [String: Any])?[name] }
            return value as? String
        }
    }

    let answer: HTTPAnswer
    let root: [String: Any]

    init(_ reply: Reply) throws {
        guard case .answer(let answer) = reply.outcome else { throw Lost() }
        try self.init(answer)
    }

    init(_ answer: HTTPAnswer) throws {
        self.answer = answer
        root = try JSONSerialization.jsonObject(with: Data(answer.body.array)) as? [String: Any] ?? [:]
    }

    struct Lost: Error {}

    var status: Int { answer.status }
    /// Of sites, which come in an envelope of their own kind, too.
    var rows: [Row] { (root["data"] as? [[String: Any]] ?? sites).map(Row.init) }
    private var sites: [[String: Any]] { data.members["sites"] as? [[String: Any]] ?? [] }
    var data: Row { Row(members: root["data"] as? [String: Any] ?? [:]) }
    var affected: Int? { data.members["affected"] as? Int }
    var nextCursor: String? { (root["pagination"] as? [String: Any])?["nextCursor"] as? String }
    var total: Int? { (root["pagination"] as? [String: Any])?["totalItems"] as? Int }
    var detail: String? { ((root["errors"] as? [[String: Any]])?.first)?["detail"] as? String }
    var errorCode: Int? { ((root["errors"] as? [[String: Any]])?.first)?["code"] as? Int }
    var effects: [Row] { (root["effects"] as? [[String: Any]] ?? []).map(Row.init) }
}
