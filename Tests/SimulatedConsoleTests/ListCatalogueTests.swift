import Foundation
import Ports
import Testing

@testable import SimulatedConsole

/// Held against the catalogue of the vendor's operations, where DOCKET_FACTS names the folder that has it.
@Suite("The lists and the catalogue of operations", .enabled(if: facts != nil, "DOCKET_FACTS names no folder"))
struct ListCatalogueTests {
    @Test("every row has the documented fields with the documented types, and each list and object is somewhere filled")
    func rows() throws {
        let whole = try Whole(agents: 400)
        for stream in Whole.streams {
            let shape = RowShape(
                try Self.operation(stream).response, in: stream == "sites" ? "data.sites[]." : "data[].")
            var filled: Set<String> = []
            for row in whole.all(stream) {
                let complaints = shape.complaints(about: row.members, filled: &filled)
                #expect(complaints.isEmpty, "\(stream) \(row.id)")
            }
            let empty = shape.containers.subtracting(filled).subtracting(Self.neverFilled)
            #expect(empty == [], "\(stream) never fills these")
        }
    }

    /// What comes with features that are not simulated.
    private static let neverFilled: Set<String> = ["threatInfo.macroModules[]", "kubernetesInfo.labels[]"]

    @Test("one site and one account are shown with the documented fields")
    func single() throws {
        var visitor = try Whole(agents: 20).visitor
        for path in ["sites/{site_id}", "accounts/{account_id}"] {
            let list = String(path.prefix { $0 != "/" })
            let id = try #require(try visitor.get(list).rows.first?.id)
            var filled: Set<String> = []
            let shape = RowShape(try Self.operation(path).response, in: "data.")
            let members = try visitor.get("\(list)/\(id)").data.members
            #expect(shape.complaints(about: members, filled: &filled) == [])
        }
        let counted = try visitor.get("agents/count").data.members["total"] as? Int
        #expect(try counted == visitor.get("agents", [("countOnly", "true")]).total)
    }

    @Test(
        "every documented parameter about ids, scopes, times, closed lists, flags and parts of texts is in the table",
        arguments: Whole.streams + ["agents/count"])
    func parameters(path: String) throws {
        var visitor = Visitor()
        for (name, type) in try Self.operation(path).parameters where Self.isWanted(name, type) {
            let answer = try visitor.get(path, [(name, "not-a-value")])
            #expect(answer.status != 501, "\(path): \(name)")
        }
    }

    /// Saved filters, and everything on one page: not simulated, and said so.
    private static let refused: Set<String> = [
        "filterId", "csvFilterId", "disablePagination", "displayName", "countsFor",
    ]

    private static func isWanted(_ name: String, _ type: String) -> Bool {
        guard !refused.contains(name) else { return false }
        let isID = name.lowercased().hasSuffix("ids") || name == "id" || type.contains("minimum=100000000000000000")
        return isID || name == "tenant" || type.contains("date-time") || name.hasSuffix("__between")
            || type.contains("{") || type.contains("boolean") || name.hasSuffix("__contains")
    }

    @Test("every documented order is served, or refused by name", arguments: Whole.streams)
    func sorts(path: String) throws {
        var visitor = Visitor { $0.agents = 5 }
        let type = try #require(try Self.operation(path).parameters["sortBy"])
        let known = type.drop { $0 != "{" }.dropFirst().prefix { $0 != "}" }.split(separator: "|").map(String.init)
        for name in known {
            let answer = try visitor.get(path, [("sortBy", name)])
            let isRefused = answer.status == 400 && answer.detail?.contains("sortBy") == true
            #expect(answer.status == 200 || isRefused && Self.refusedOrders.contains(name), "\(path): \(name)")
        }
    }

    /// By the newest threat of an endpoint, which is another question to every threat.
    private static let refusedOrders: Set<String> = [
        "threatMitigationStatus", "threatResolved", "threatContentHash", "threatCreatedAt",
    ]

    private struct Documented {
        let parameters: [String: String]
        let response: [String: String]
    }

    private static func operation(_ path: String) throws -> Documented {
        let file = URL(filePath: facts ?? "").appending(path: "sentinelone/endpoint-catalogue.json")
        let root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        let all = root?["detailed"] as? [[String: Any]] ?? []
        let found = all.first {
            $0["path"] as? String == "/" + path && ($0["method"] as? String)?.uppercased() == "GET"
        }
        let operation = try #require(found)
        return Documented(
            parameters: operation["params"] as? [String: String] ?? [:],
            response: operation["response200"] as? [String: String] ?? [:])
    }
}

private let facts = ProcessInfo.processInfo.environment["DOCKET_FACTS"]

/// The fields of a row as documented: dotted path → type.
private struct RowShape {
    private let fields: [(path: [String], type: String)]
    /// Lists and objects, by path.
    let containers: Set<String>

    init(_ response: [String: String], in prefix: String) {
        let own = response.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
        fields = own.map { ($0.key.dropFirst(prefix.count).split(separator: ".").map(String.init), $0.value) }
        containers = Set(
            fields.flatMap { path, type in
                let inner = (1..<max(path.count, 1)).map { path[..<$0].joined(separator: ".") }
                return inner + (path.last?.hasSuffix("[]") == true ? [path.joined(separator: ".")] : [])
            })
    }

    /// What is missing or of another type; notes which containers hold anything.
    func complaints(about row: [String: Any], filled: inout Set<String>) -> [String] {
        var complaints: [String] = []
        for (path, type) in fields {
            check(row, path[...], type, "", &complaints, &filled)
        }
        return complaints
    }

    private func check(
        _ value: Any, _ path: ArraySlice<String>, _ type: String, _ way: String, _ complaints: inout [String],
        _ filled: inout Set<String>
    ) {
        guard let name = path.first else {
            if !Self.matches(value, type, way) { complaints.append("\(way) is \(value) and not \(type)") }
            return
        }
        let isList = name.hasSuffix("[]")
        let key = isList ? String(name.dropLast(2)) : name
        let here = way.isEmpty ? name : "\(way).\(name)"
        guard let members = value as? [String: Any] else { return complaints.append("\(way) is no object") }
        guard let inner = members[key] else { return complaints.append("\(here) is missing") }
        if inner is NSNull { return }
        if isList {
            guard let list = inner as? [Any] else { return complaints.append("\(here) is no list") }
            if !list.isEmpty { filled.insert(here) }
            for element in list { check(element, path.dropFirst(), type, here, &complaints, &filled) }
        } else {
            if let object = inner as? [String: Any], object.values.contains(where: { !($0 is NSNull) }) {
                filled.insert(here)
            }
            check(inner, path.dropFirst(), type, here, &complaints, &filled)
        }
    }

    private static func matches(_ value: Any, _ type: String, _ way: String) -> Bool {
        // Documented as a flag; in practice a time.
        if way.hasSuffix("agentDecommissionedAt") { return (value as? String).flatMap { Timestamp(iso: $0) } != nil }
        if type.hasPrefix("any") || type.hasPrefix("object") { return true }
        if type.hasPrefix("string") {
            guard let text = value as? String else { return false }
            if type.contains("minimum=1000") { return (Int64(text) ?? 0) >= 100_000_000_000_000_000 }
            if type.contains("date-time") { return Timestamp(iso: text) != nil }
            guard type.contains("{") else { return true }
            let known = type.drop { $0 != "{" }.dropFirst().prefix { $0 != "}" }.split(separator: "|").map(String.init)
            return known.contains(text)
        }
        guard let number = value as? NSNumber else { return false }
        return type.hasPrefix("boolean") == Document.Row.isFlag(number)
    }
}
