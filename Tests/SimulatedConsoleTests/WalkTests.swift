import Foundation
import Ports
import Testing

@testable import SimulatedConsole

@Suite("Walks through the lists")
struct WalkTests {
    private static let sorts: [String: [String]] = [
        "threats": List.threats.sorts.keys.sorted(), "agents": List.agents.sorts.keys.sorted(),
        "activities": List.activities.sorts.keys.sorted(),
        "cloud-detection/alerts": List.alerts.sorts.keys.sorted(), "groups": List.groups.sorts.keys.sorted(),
        "sites": List.sites.sorts.keys.sorted(), "accounts": List.accounts.sorts.keys.sorted(),
        "agents/tags": List.tags.sorts.keys.sorted(),
    ]

    @Test("a walk brings every row once, in the order of its field and then of its id", arguments: ["asc", "desc"])
    func everyOrder(direction: String) throws {
        let whole = try Whole(agents: 24)
        var visitor = whole.visitor
        for (stream, names) in Self.sorts {
            let all = Set(whole.all(stream).map(\.id))
            for name in names {
                let query = [
                    (name: "sortBy", value: name), ("sortOrder", direction), ("isDecommissioned", "true,false"),
                ].filter { $0.name != "isDecommissioned" || stream == "agents" }
                for limit in ["1", "7", "300"] {
                    let rows = try visitor.walk(stream, query + [("limit", limit)])
                    #expect(rows.count == all.count && Set(rows.map(\.id)) == all, "\(stream) by \(name), \(limit)")
                    let keys = rows.map { Place($0, name) }
                    // Providers are told by the names of members.
                    guard name != "cloudProvider" else { continue }
                    let sorted = direction == "asc" ? keys.sorted() : keys.sorted { $1 < $0 }
                    #expect(keys == sorted, "\(stream) by \(name), \(limit)")
                }
            }
        }
    }

    @Test("rows that change during a walk by change come again at its end, and no other is missed or doubled")
    func changing() throws {
        var visitor = Visitor {
            $0.agents = 60
            $0.maximumThreats = 0
        }
        let all = try visitor.walk("agents", [("sortBy", "updatedAt"), ("limit", "1000")])
        let before = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.text("updatedAt") ?? "") })
        var (seen, cursor, page): ([Document.Row], String?, Int) = ([], nil, 0)
        repeat {
            let query = [(name: "sortBy", value: "updatedAt"), ("limit", "7")]
            let answer = try visitor.get("agents", query + (cursor.map { [("cursor", $0)] } ?? []))
            seen += answer.rows
            cursor = answer.nextCursor
            page += 1
            visitor.pass(.seconds(1))
            if page < 6 {
                // One that was seen, and one that still is to come.
                for index in [page, 59 - page] { try visitor.isolate(all[index].id) }
            }
        } while cursor != nil && page < 60
        let after = try visitor.walk("agents", [("limit", "1000")])
        for row in after {
            let versions = seen.filter { $0.id == row.id }.map { $0.text("updatedAt") ?? "" }
            #expect(versions.last == row.text("updatedAt"), "the walk ends with what is")
            #expect(versions == Set(versions).sorted(), "each version once, and never an older one after a newer")
            if row.text("updatedAt") == before[row.id] { #expect(versions.count == 1) }
        }
    }

    @Test("what is found in a kept order is what looking at everything finds", arguments: 0..<12 as Range<UInt64>)
    func keptOrders(seed: UInt64) throws {
        var visitor = try Whole(agents: 30).visitor
        visitor.console.touchSome()
        let all = try visitor.walk("threats", [("limit", "1000")])
        let times = all.compactMap { $0.text("threatInfo", "updatedAt") }.sorted()
        var dice = Dice(seed)
        for _ in 0..<40 {
            let field = dice.pick(["updatedAt", "createdAt"])
            let (first, last) = (dice.below(times.count), dice.below(times.count))
            let (from, to) = (times[min(first, last)], times[max(first, last)])
            let isDescending = dice.below(2) == 0
            let sort = dice.pick(["updatedAt", "createdAt", "id"])
            let rows = try visitor.walk(
                "threats",
                [
                    ("\(field)__gte", from), ("\(field)__lt", to), ("sortBy", sort),
                    ("sortOrder", isDescending ? "desc" : "asc"), ("limit", String(1 + dice.below(9))),
                ])
            let wanted = all.filter { row in
                let time = row.text("threatInfo", field) ?? ""
                return from <= time && time < to
            }.map { ([$0.text("threatInfo", sort) ?? "", $0.id], $0.id) }
            let sorted = wanted.sorted { one, other in
                let isBefore = one.0.lexicographicallyPrecedes(other.0)
                return isDescending ? other.0.lexicographicallyPrecedes(one.0) : isBefore
            }
            #expect(rows.map(\.id) == sorted.map(\.1))
        }
    }

    @Test("the end of a long history is found without a look at all of it", .timeLimit(.minutes(1)))
    func longHistory() throws {
        var visitor = Visitor { $0.history = 20_000_000 }
        let since = (Visitor.start - .seconds(600)).description
        let query = [(name: "sortBy", value: "updatedAt"), ("updatedAt__gte", since), ("limit", "5")]
        let page = try visitor.get("threats", query)
        #expect(page.rows.count == 5)
        #expect(page.total == 11, "three in each moment, the newest moment short of one")
        #expect(try visitor.get("threats", [("countOnly", "true")]).total == 20_000_000)
        let newest = try visitor.get("threats", [("sortBy", "createdAt"), ("sortOrder", "desc"), ("limit", "1")])
        #expect(newest.rows.count == 1)
        #expect(try visitor.get("activities", [("limit", "1")]).total == 50_000, "never more is told")
    }

    @Test("a cursor is good for the same question and for a while")
    func cursors() throws {
        var visitor = Visitor { $0.cursorLifetime = .seconds(60) }
        let query = [(name: "limit", value: "3")]
        let cursor = try #require(try visitor.get("agents", query).nextCursor)
        #expect(try visitor.get("agents", query + [("cursor", cursor)]).status == 200)
        for (name, value) in [("sortBy", "updatedAt"), ("isActive", "true"), ("skipCount", "true"), ("skip", "1")] {
            let answer = try visitor.get("agents", query + [("cursor", cursor), (name, value)])
            #expect(answer.status == 400)
        }
        #expect(try visitor.get("threats", query + [("cursor", cursor)]).detail?.contains("cursor") == true)
        visitor.pass(.seconds(60))
        #expect(try visitor.get("agents", query + [("cursor", cursor)]).status == 200)
        visitor.pass(.microseconds(1))
        let expired = try visitor.get("agents", query + [("cursor", cursor)])
        #expect(expired.status == 400)
        #expect(expired.detail?.contains("cursor") == true)
    }

    @Test("a share of the records comes to light late, however it is asked")
    func late() throws {
        var visitor = Visitor {
            $0.lateVisibility = .seconds(600)
            $0.lateShare = 40
            $0.maximumThreats = 100
        }
        visitor.pass(.seconds(201))
        let query = [(name: "limit", value: "1000")]
        let early = try visitor.get("threats", query)
        #expect((20...80).contains(early.rows.count))
        #expect(early.total == early.rows.count)
        for sort in ["updatedAt", "createdAt", "filePath"] {
            #expect(try visitor.get("threats", query + [("sortBy", sort)]).rows.count == early.rows.count)
        }
        visitor.pass(.seconds(601))
        #expect(try visitor.get("threats", query).rows.count == 100)
    }

    @Test("what is told of a page was noted as shown, with its time of change")
    func shown() throws {
        var visitor = Visitor()
        visitor.pass(.seconds(40))
        let rows = try visitor.get("threats", [("limit", "5")]).rows
        _ = try visitor.get("threats", [("limit", "3")])
        let noted = visitor.console.shown.streams["threats"] ?? [:]
        #expect(Set(noted.keys.map(String.init)) == Set(rows.map(\.id)))
        for row in rows {
            let versions = try #require(Int64(row.id).flatMap { noted[$0] })
            #expect(versions.map(\.updatedAt.description) == [row.text("threatInfo", "updatedAt") ?? ""])
        }
    }
}

extension Visitor {
    mutating func isolate(_ agent: String) throws {
        try control("POST", "/people", #"{"do":"isolate","agentId":"\#(agent)"}"#)
    }
}

/// Where a row stands by one of its fields.
private struct Place: Comparable {
    let key: String?
    let number: Int64?
    let id: Int64

    init(_ row: Document.Row, _ sort: String) {
        let values = sort == "id" ? [] : Self.paths(sort).lazy.map(row.values).first { !$0.isEmpty } ?? []
        key = values.isEmpty ? nil : values[0]
        number = key.flatMap { Int64($0) }
        id = Int64(row.id) ?? 0
    }

    static func < (left: Place, right: Place) -> Bool {
        if left.key == right.key { return left.id < right.id }
        if let left = left.number, let right = right.number { return left < right }
        guard let one = left.key else { return true }
        return right.key.map { one < $0 } ?? false
    }

    /// The fields that an order may be by, of all streams.
    private static func paths(_ sort: String) -> [String] {
        let others = [
            "createdDate": "threatInfo.createdAt", "fileDisplayName": "threatInfo.threatName",
            "contentHash": "threatInfo.sha1", "networkInterfacePhysical": "networkInterfaces[].physical",
            "kubernetesType": "cloudProviders.Kubernetes.k8sType",
            "kubernetesVersion": "cloudProviders.Kubernetes.k8sVersion", "severity": "ruleInfo.severity",
            "machineType": "agentDetectionInfo.machineType", "osName": "agentDetectionInfo.osName",
            "activeLicenses": "activeAgents", "agentMachineType": "agentRealtimeInfo.agentMachineType",
        ]
        let parts = [
            "alertInfo", "agentDetectionInfo", "ruleInfo", "sourceProcessInfo", "sourceParentProcessInfo",
            "containerInfo", "kubernetesInfo",
        ]
        let nested = parts.filter { sort.hasPrefix($0) }.map { part in
            let field = sort.dropFirst(part.count)
            return "\(part).\(field.prefix(1).lowercased())\(field.dropFirst())"
        }
        return [sort] + nested + [
            "threatInfo.\(sort)", "agentRealtimeInfo.\(sort)", "agentDetectionInfo.\(sort)", "alertInfo.\(sort)",
            "cloudProviders.*.\(sort)", "agentDetectionInfo.cloudProviders.*.\(sort)",
        ] + (others[sort].map { [$0] } ?? [])
    }
}
