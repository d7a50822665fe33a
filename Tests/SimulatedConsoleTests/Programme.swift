import Foundation
import Ports
import SimulatedConsole
import Testing

extension Visitor {
    /// At a console where every story is told, a thousand times faster than told.
    static func amidStories(
        seed: UInt64 = 7, stories: [Cue] = SimulatedConsoleSettings.usualStories, agents: Int = 60,
        change: (inout SimulatedConsoleSettings) -> Void = { _ in }
    ) -> Visitor {
        Visitor(seed: seed) {
            $0.agents = agents
            $0.maximumThreats = 0
            $0.stories = stories
            $0.timeScale = 1_000
            change(&$0)
        }
    }

    /// At a console where one story has been told to its end.
    static func after(
        _ story: Story, seed: UInt64 = 7, agents: Int = 60, change: (inout SimulatedConsoleSettings) -> Void = { _ in }
    ) -> Visitor {
        var visitor = amidStories(seed: seed, stories: [Cue(story, at: .seconds(60))], agents: agents, change: change)
        visitor.pass(.seconds(1_000))
        return visitor
    }

    mutating func threats() throws -> [Document.Row] { try walk("threats", [("limit", "1000")]) }

    mutating func events(of threat: Document.Row) throws -> [Document.Row] {
        try walk("threats/\(threat.id)/explore/events", [("limit", "1000"), ("sortBy", "createdAt")])
    }

    /// What really happened, as the control side tells it.
    mutating func incidents() throws -> [Document.Row] {
        (try control("GET", "/stories").root["incidents"] as? [[String: Any]] ?? []).map(Document.Row.init)
    }

    /// A call of the data lake.
    mutating func lake(
        _ method: String, _ id: String? = nil, body: String = "", tag: String? = nil, prefix: String = "Bearer"
    ) throws -> Document {
        var headers = [(name: "Authorization", value: "\(prefix) \(console.viewerToken.reveal())")]
        if let tag { headers.append(("X-Dataset-Query-Forward-Tag", tag)) }
        let request = ServedRequest(
            method: method, path: "/sdl/v2/api/queries" + (id.map { "/\($0)" } ?? ""), headers: headers,
            body: Bytes(body))
        return try Document(console.answer(request, at: now))
    }
}

extension Document.Row {
    func number(_ name: String) -> Int? { members[name] as? Int }
    func flag(_ name: String) -> Bool? { members[name] as? Bool }
    func texts(_ name: String) -> [String] { members[name] as? [String] ?? [] }
    func rows(_ name: String) -> [Document.Row] { (members[name] as? [[String: Any]] ?? []).map(Document.Row.init) }
}
