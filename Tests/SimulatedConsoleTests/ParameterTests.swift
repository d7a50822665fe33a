import Foundation
import Ports
import Testing

@testable import SimulatedConsole

@Suite("Parameters of the lists")
struct ParameterTests {
    @Test("the tables know the parameters that the tests know, and no others", arguments: Whole.streams)
    func complete(stream: String) {
        let known: [String: Set<String>] = [
            "threats": Set(List.threats.parameters.keys), "agents": Set(List.agents.parameters.keys),
            "activities": Set(List.activities.parameters.keys),
            "cloud-detection/alerts": Set(List.alerts.parameters.keys), "groups": Set(List.groups.parameters.keys),
            "sites": Set(List.sites.parameters.keys), "accounts": Set(List.accounts.parameters.keys),
            "agents/tags": Set(List.tags.parameters.keys),
        ]
        #expect(known[stream] == Set(ParameterTable.lines(stream).map(\.name)))
    }

    @Test("each parameter selects exactly the rows whose field satisfies it, and some")
    func alone() throws {
        let whole = try Whole(agents: 240)
        for stream in Whole.streams { try alone(stream, whole) }
    }

    private func alone(_ stream: String, _ whole: Whole) throws {
        var visitor = whole.visitor
        for line in ParameterTable.lines(stream) {
            let oracle = Oracle(line, stream, whole)
            var selected = 0
            for value in oracle.questions {
                let rows = try visitor.walk(stream, oracle.query(value))
                if line.isTold {
                    let wanted = oracle.rows.filter { oracle.holds(value, $0) }.map(\.id)
                    #expect(rows.map(\.id) == wanted, "\(stream): \(line.name)=\(value)")
                }
                selected += rows.count
            }
            #expect(selected > 0 || Self.barren.contains(line.name), "\(stream): \(line.name) selects nothing")
        }
    }

    /// What nothing in this world has.
    private static let barren: Set<String> = [
        "initiatedByUsername__contains", "liveUpdateId__contains", "userEmails", "alertIds", "ruleIds",
        "sourceProcessFileHashMd5__contains",
    ]

    @Test("two parameters select what both select")
    func pairs() throws {
        let whole = try Whole(agents: 40)
        for stream in Whole.streams { try pairs(stream, whole) }
    }

    private func pairs(_ stream: String, _ whole: Whole) throws {
        var visitor = whole.visitor
        let asked = ParameterTable.lines(stream).compactMap {
            line -> (name: String, value: String, ids: Set<String>)? in
            let oracle = Oracle(line, stream, whole)
            // An older question about threats has to be true of one and the same threat, which no row tells.
            guard let value = oracle.questions.last, !line.path.hasPrefix("threats:"), line.isTold else { return nil }
            return (line.name, value, Set(oracle.rows.filter { oracle.holds(value, $0) }.map(\.id)))
        }
        let base = Oracle.base(stream) + [(name: "countOnly", value: "true")]
        for (index, one) in asked.enumerated() {
            for other in asked[..<index] {
                let names = [one.name, other.name]
                let query =
                    base.filter { !names.contains($0.name) } + [
                        (name: one.name, value: one.value), (other.name, other.value),
                    ]
                let total = try visitor.get(stream, query).total
                let wanted = one.ids.intersection(other.ids).count
                #expect(total == wanted, "\(stream): \(one.name)=\(one.value) and \(other.name)=\(other.value)")
            }
        }
    }

    @Test(
        "what cannot be meant is refused, and told by name",
        arguments: [
            ("threats", "ids", "12", 400), ("threats", "ids", "x", 400), ("threats", "agentIds", "", 400),
            ("threats", "updatedAt__gte", "yesterday", 400), ("threats", "updatedAt__gte", "1790000000000", 400),
            ("threats", "analystVerdicts", "UNDEFINED", 400), ("threats", "classificationSources", "cloud", 400),
            ("threats", "initiatedBy", "multiple", 400), ("threats", "resolved", "perhaps", 400),
            ("threats", "resolved", "true,false", 400), ("threats", "agentTagsData", "tier", 400),
            ("threats", "osNames", "a,b,c,d,e,f,g,h,i,j,k", 400), ("threats", "tenant", "maybe", 400),
            ("cloud-detection/alerts", "analystVerdict", "Undefined", 400),
            ("cloud-detection/alerts", "updatedAt__gte", "2026-01-01T00:00:00Z", 501),
            ("cloud-detection/alerts", "sortBy", "alertInfoUpdatedAt", 400),
            ("activities", "createdAt__between", "5", 400), ("activities", "createdAt__between", "9-5", 400),
            ("activities", "sortBy", "updatedAt", 400), ("activities", "activityTypes", "1", 400),
            ("agents", "coreCount__gt", "many", 400), ("agents", "agentVersion__gt", "new", 400),
            ("agents", "isDecommissioned", "true,", 400), ("agents", "filterId", "200000000000000000", 501),
            ("agents/count", "limit", "5", 501), ("groups", "limit", "301", 400), ("groups", "types", "odd", 400),
            ("sites", "createdAt", "now", 400), ("accounts", "limit", "1001", 400), ("agents", "skip", "1001", 400),
            ("agents", "skip", "-1", 400), ("threats", "displayName", "x", 501), ("threats", "countsFor", "x", 501),
        ])
    func refused(path: String, name: String, value: String, status: Int) throws {
        var visitor = Visitor()
        let answer = try visitor.get(path, [(name, value)])
        #expect(answer.status == status)
        #expect(answer.detail?.contains(name) == true)
    }

    @Test("more values than a parameter takes are refused", arguments: [("ids", 5_000), ("siteIds", 500)])
    func tooMany(name: String, maximum: Int) throws {
        var visitor = Visitor()
        let ids = [String](repeating: "200000000000000000", count: maximum + 1).joined(separator: ",")
        let answer = try visitor.get("threats", [(name, ids)])
        #expect(answer.status == 400)
        #expect(answer.detail?.contains(name) == true)
    }
}

/// What the rows themselves say to a question.
private struct Oracle {
    let line: ParameterTable.Line
    let stream: String
    let rows: [Document.Row]
    /// What the field holds, by row.
    private let values: [String: [String]]
    /// Of the console, for a question about its parts that no field tells.
    private let scope: String?

    init(_ line: ParameterTable.Line, _ stream: String, _ whole: Whole) {
        self.line = line
        self.stream = stream
        rows = whole.all(stream)
        scope =
            ParameterTable.scopes.contains(line.name) && !line.isTold
            ? whole.all(line.name.replacing("Ids", with: "s")).first?.id : nil
        let other = Dictionary(grouping: whole.all(line.path.hasPrefix("threats:") ? "threats" : "agents")) { row in
            row.text("agentRealtimeInfo", "agentId") ?? row.id
        }
        values = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, Self.values(line, $0, other)) })
    }

    private static func values(
        _ line: ParameterTable.Line, _ row: Document.Row, _ other: [String: [Document.Row]]
    ) -> [String] {
        let parts = line.path.split(separator: ":").map(String.init)
        if parts.count == 1 {
            let values = row.values(line.path)
            // Whoever needs nothing done is asked for as such.
            if values.isEmpty, line.path == "userActionsNeeded" { return ["none"] }
            return line.isUpper ? values.map { $0.uppercased().replacing(" ", with: "_") } : values
        }
        let id =
            parts[0] == "threats"
            ? row.id : row.text("agentRealtimeInfo", "agentId") ?? row.text("agentRealtimeInfo", "id")
        return (other[id ?? ""] ?? []).flatMap { $0.values(parts[1]) }
    }

    /// Endpoints that are gone are shown, so that every row can be asked about.
    static func base(_ stream: String) -> [(name: String, value: String)] {
        let limit = [(name: "limit", value: stream == "groups" ? "300" : "1000")]
        return stream == "agents" ? limit + [("isDecommissioned", "true,false")] : limit
    }

    func query(_ value: String) -> [(name: String, value: String)] {
        Self.base(stream).filter { $0.name != line.name } + [(name: line.name, value: value)]
    }

    private var suffix: String? { line.name.range(of: "__").map { String(line.name[$0.lowerBound...]) } }
    private var isVersion: Bool { line.name.hasPrefix("agentVersion__") }

    /// What to ask: values that occur, in the form that the parameter takes.
    var questions: [String] {
        if let sample = ParameterTable.samples[line.name] { return [sample] }
        if let scope { return [scope] }
        // A comma would part the question.
        let pieces = values.values.joined().flatMap { value in
            suffix == "__contains" ? value.split(separator: ",").map(String.init) : [value]
        }
        let found = Set(pieces.filter { !$0.isEmpty && !$0.contains(",") }).sorted()
        let known = found.contains { Int($0) == nil } ? found : found.sorted { isBefore($0, $1) }
        if !line.isTold || known.allSatisfy({ ["true", "false"].contains($0) }) && !known.isEmpty {
            return ["true", "false"]
        }
        let (first, middle) = (known.first ?? "none-of-these", known.isEmpty ? "nothing" : known[known.count / 2])
        switch suffix {
        case "__contains", "__like": return [String(middle.dropFirst().uppercased()), String(first.prefix(4))]
        case "__between":
            if isVersion { return ["\(first)-\(middle)"] }
            guard let from = Timestamp(iso: first), let to = Timestamp(iso: middle) else {
                return ["\(first)-\(middle)"]
            }
            return ["\(from.milliseconds)-\(to.milliseconds)"]
        case .some: return [middle, first]
        case nil:
            let isList = line.name.hasSuffix("s") || line.name.hasSuffix("Nin")
            return isList && Self.takesLists(line.name) ? [first, "\(first),\(middle)"] : [first, middle]
        }
    }

    private static func takesLists(_ name: String) -> Bool {
        ![
            "scanStatus", "migrationStatus", "rangerStatus", "totalLicenses", "activeLicenses", "activeThreats",
            "mitigationModeSuspicious",
        ].contains(name)
    }

    func holds(_ question: String, _ row: Document.Row) -> Bool {
        let own = values[row.id] ?? []
        let asked = question.split(separator: ",").map(String.init)
        switch suffix {
        case "__contains":
            return own.contains { value in asked.contains { value.lowercased().contains($0.lowercased()) } }
        case "__like": return own.contains { $0.lowercased().contains(question.lowercased()) }
        case "__between":
            let ends = question.split(separator: "-").map(String.init)
            return own.contains { value in
                if let time = Timestamp(iso: value) { return isBetween(String(time.milliseconds), ends) }
                return isBetween(value, ends)
            }
        case "__gt": return own.contains { isBefore(question, $0) }
        case "__gte": return own.contains { !isBefore($0, question) }
        case "__lt": return own.contains { isBefore($0, question) }
        case "__lte": return own.contains { !isBefore(question, $0) }
        default: break
        }
        if line.name.hasSuffix("Nin") { return !own.contains(where: asked.contains) }
        if line.name == "query" { return own.contains { $0.lowercased().contains(question.lowercased()) } }
        return own.contains(where: asked.contains) || own.contains(question)
    }

    private func isBetween(_ value: String, _ ends: [String]) -> Bool {
        !isBefore(value, ends[0]) && !isBefore(ends[1], value)
    }

    /// Of times, numbers and versions alike: number by number.
    private func isBefore(_ left: String, _ right: String) -> Bool {
        if Timestamp(iso: left) != nil { return left < right }
        let numbers = [left, right].map { $0.split(separator: ".").map { Int($0) ?? 0 } }
        return numbers[0].lexicographicallyPrecedes(numbers[1])
    }
}
