import Foundation
import Ports
import Testing

@testable import SimulatedConsole

/// A console in which every kind of row there is occurs, and what its lists show, read once.
struct Whole {
    var visitor: Visitor
    private(set) var rows: [String: [Document.Row]] = [:]

    static let streams = [
        "threats", "agents", "activities", "cloud-detection/alerts", "groups", "sites", "accounts", "agents/tags",
    ]

    init(agents: Int) throws {
        visitor = Visitor {
            $0.agents = agents
            $0.accounts = 2
            $0.sitesPerAccount = 3
            $0.history = agents / 3
            $0.maximumThreats = agents / 2
        }
        visitor.console.widen()
        visitor.pass(.seconds(2 * agents))
        _ = try visitor.get("threats")
        visitor.console.raiseAlerts(agents / 2)
        visitor.console.touchSome()
        let one = try visitor.firstAgent()
        try visitor.control("POST", "/people", #"{"do":"isolate","agentId":"\#(one)"}"#)
        visitor.pass(.milliseconds(500))
        for stream in Self.streams {
            let more: [(name: String, value: String)] = stream == "agents" ? [("isDecommissioned", "true,false")] : []
            rows[stream] = try visitor.walk(stream, [("limit", stream == "groups" ? "300" : "1000")] + more)
        }
    }

    func all(_ stream: String) -> [Document.Row] { rows[stream] ?? [] }
}

extension SimulatedConsole {
    /// Lets the first two see the whole console.
    mutating func widen() { for person in 0..<2 { people[person].reach = .tenant } }

    /// Alerts of custom rules, several in one moment.
    mutating func raiseAlerts(_ count: Int) {
        for ordinal in 0..<count {
            var dice = Dice(5, ordinal)
            let agent = dice.below(fleet.agents.count)
            let incident = Incident(kind: .drawn(&dice), seed: dice.roll(), startedAt: now, agents: [agent])
            let moment = settings.start + .seconds(ordinal / 3)
            var alert = Alert(
                ordinal: ordinal, incident: Incident.Place(incident: incident, part: 0), agent: agent,
                rule: ordinal % 4, createdAt: moment, reportedAt: moment + .milliseconds(125), updatedAt: moment)
            alert.analystVerdict = AnalystVerdict.allCases[ordinal % 4]
            alert.incidentStatus = IncidentStatus.allCases[ordinal % 3]
            alerts.append(alert)
        }
    }

    /// What people do here and there: tickets, notes, and an endpoint that is no more.
    mutating func touchSome() {
        for ordinal in stride(from: 0, to: threats.count, by: 5) {
            threats[ordinal].ticket = "INC-\(ordinal % 3)"
            threats[ordinal].hasNotes = true
            threats[ordinal].updatedAt = now
        }
        for agent in stride(from: 7, to: fleet.agents.count, by: 20) {
            fleet.agents[agent].decommissionedAt = now - .seconds(agent / 20 % 3)
            fleet.agents[agent].updatedAt = now
        }
        for agent in stride(from: 3, to: fleet.agents.count, by: 11) { fleet.agents[agent].offlineSince = now }
    }
}

extension Document.Row {
    /// Every value at a path such as `tags.sentinelone[].key`, as text; of `a|b` those of both.
    func values(_ paths: String) -> [String] {
        paths.split(separator: "|").flatMap { Self.values(members, $0.split(separator: ".")[...]) }
    }

    private static func values(_ value: Any, _ path: ArraySlice<Substring>) -> [String] {
        guard let name = path.first else {
            if let list = value as? [Any] { return list.compactMap(text) }
            return text(value).map { [$0] } ?? []
        }
        if name == "*" {
            return ((value as? [String: Any]) ?? [:]).values.flatMap { values($0, path.dropFirst()) }
        }
        let isList = name.hasSuffix("[]")
        guard let inner = (value as? [String: Any])?[String(isList ? name.dropLast(2) : name)] else { return [] }
        if isList { return ((inner as? [Any]) ?? []).flatMap { values($0, path.dropFirst()) } }
        return values(inner, path.dropFirst())
    }

    static func text(_ value: Any) -> String? {
        if let text = value as? String { return text }
        guard let number = value as? NSNumber else { return nil }
        return isFlag(number) ? (number.boolValue ? "true" : "false") : number.stringValue
    }

    static func isFlag(_ number: NSNumber) -> Bool { ["c", "B"].contains(String(cString: number.objCType)) }
}
