import Foundation
import Ports
import SimulatedConsole
import Testing

@Suite("What is told of one thing has the documented fields")
struct ContextCatalogueTests {
    static let facts = ProcessInfo.processInfo.environment["DOCKET_FACTS"].map {
        URL(filePath: $0).appending(path: "sentinelone")
    }

    /// Documented as always there, yet absent for what has none: told as null.
    private static let operations = [
        "/threats/{threat_id}/explore/events", "/threats/{threat_id}/timeline", "/threats/{threat_id}/notes",
        "/threats/{threat_id}/whitening-options", "/hashes/{hash}/verdict", "/hashes/{hash}/reputation",
        "/hashes/{hash}/classification", "/cloud-detection/rules", "/activities/types", "/agents/applications",
        "/dv/events", "/dv/events/{event_type}", "/dv/query-status",
    ]

    @Test(
        "every documented field is served with its documented type",
        .enabled(if: facts != nil, "DOCKET_FACTS names no folder with sentinelone/endpoint-catalogue.json"),
        arguments: operations)
    func fields(path: String) throws {
        let file = try #require(Self.facts).appending(path: "endpoint-catalogue.json")
        let catalogue = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        let known = catalogue?["detailed"] as? [[String: Any]] ?? []
        let operation = try #require(known.first { $0["path"] as? String == path && $0["method"] as? String == "GET" })
        let wanted = try #require(operation["response200"] as? [String: String])
        var visitor = Visitor.amidStories { $0.hasHashReputation = true }
        visitor.pass(.seconds(900))
        let answer = try asked(path, &visitor)
        #expect(answer.status == 200)
        for (field, kind) in wanted.sorted(by: { $0.key < $1.key }) where !field.hasPrefix("data[].advancedDetection") {
            let values = Self.values(of: field.split(separator: ".")[...], in: answer.root)
            #expect(!values.isEmpty, "\(field) is missing")
            for value in values {
                #expect(Self.value(value, isA: kind), "\(field): \(value) is no \(kind)")
            }
        }
    }

    private func asked(_ path: String, _ visitor: inout Visitor) throws -> Document {
        let threats = try visitor.threats()
        let commented = try #require(
            try threats.first { try visitor.get("threats/\($0.id)/notes").rows.isEmpty == false })
        var path = String(path.dropFirst()).replacing("{threat_id}", with: commented.id)
        path = path.replacing("{hash}", with: commented.text("threatInfo", "sha1") ?? "")
        path = path.replacing("{event_type}", with: "process")
        if path.hasPrefix("agents/") { return try visitor.get(path, [("ids", try visitor.firstAgent())]) }
        guard path.hasPrefix("dv/") else {
            return try visitor.get(
                path,
                path.hasSuffix("s") && !path.hasSuffix("types") && !path.hasSuffix("options")
                    ? [("limit", "1000")] : [])
        }
        let body = """
            {"query":"SrcProcStorylineId = \\"\(commented.text("threatInfo", "storyline") ?? "")\\"",\
            "fromDate":"\(visitor.now - .seconds(86_400))","toDate":"\(visitor.now)"}
            """
        let id = try Document(visitor.reply("POST", "dv/init-query", body: body)).data.text("queryId") ?? ""
        visitor.pass(.seconds(5))
        return try visitor.get(path, [("queryId", id)])
    }

    /// Everything that stands at a path such as `data[].a.b[]`.
    private static func values(of path: ArraySlice<Substring>, in value: Any) -> [Any] {
        guard let first = path.first else { return [value] }
        let name = first.hasSuffix("[]") ? String(first.dropLast(2)) : String(first)
        guard let next = (value as? [String: Any])?[name] else { return [] }
        guard first.hasSuffix("[]") else { return values(of: path.dropFirst(), in: next) }
        let elements = next as? [Any] ?? []
        return elements.isEmpty ? [NSNull()] : elements.flatMap { values(of: path.dropFirst(), in: $0) }
    }

    private static func value(_ value: Any, isA kind: String) -> Bool {
        // What an event or a row has none of is null, whatever the documentation says.
        if value is NSNull { return true }
        switch kind.split(whereSeparator: { $0 == " " || $0 == "/" }).first {
        case "string":
            guard let text = value as? String else { return false }
            guard kind.contains("date-time") else { return true }
            return Timestamp(iso: text) != nil
        case "integer": return value is Int && !(value is Bool && "\(type(of: value))".contains("Bool"))
        case "boolean": return value is Bool
        case "object": return value is [String: Any]
        default: return true  // any
        }
    }

    @Test(
        "an activity tells what activities of its kind tell",
        .enabled(if: facts != nil, "DOCKET_FACTS names no folder with sentinelone/activity-shapes.json"))
    func activityShapes() throws {
        let file = try #require(Self.facts).appending(path: "activity-shapes.json")
        let shapes = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        let keys = try #require(shapes?["activity_data_keys_by_type"] as? [String: [String: String]])
        var visitor = Visitor.amidStories()
        visitor.pass(.seconds(900))
        var compared: Set<Int> = []
        for row in try visitor.walk("activities", [("limit", "1000")]) {
            let kind = row.number("activityType") ?? 0
            guard let wanted = keys[String(kind)] else { continue }
            let data = row.members["data"] as? [String: Any] ?? [:]
            #expect(Set(wanted.keys).subtracting(data.keys) == [], "of \(kind)")
            compared.insert(kind)
        }
        #expect(compared.isSuperset(of: [27, 47, 2001, 2004, 3608, 4003, 4008]))
    }
}
