import Foundation
import JSONView
import Ports
import SentinelOne
import Testing

/// One operation as the vendor's specification has it.
private struct Operation {
    let method: String
    let path: String
    /// How each parameter is described: `csv<string> {low|high} maxItems=5000`.
    let parameters: [String: String]
    let body: Set<String>

    init(_ view: JSONView) throws {
        method = try view["method"].text
        path = try view["path"].text
        func texts(_ view: JSONView) throws -> [String: String] {
            guard view.kind == .object else { return [:] }
            return Dictionary(uniqueKeysWithValues: try view.members.map { (try #require($0.name), try $0.value.text) })
        }
        parameters = try texts(view["params"])
        body = Set(try texts(view["body"]).keys)
    }

    func matches(_ request: HTTPRequest) -> Bool {
        let base = "/web/api/v2.1"
        guard request.method.rawValue == method, request.path.hasPrefix(base) else { return false }
        let asked = request.path.dropFirst(base.count).split(separator: "/")
        let known = path.split(separator: "/")
        return asked.count == known.count && zip(asked, known).allSatisfy { $0 == $1 || $1.hasPrefix("{") }
    }

    /// Whether the path says it letter by letter.
    var isLiteral: Bool { !path.contains("{") }
}

/// What a description of a parameter allows.
private struct Allowed {
    let isList: Bool
    let type: String
    let values: Set<String>
    let items: Int
    let range: ClosedRange<Int>

    init(_ text: String) {
        isList = text.hasPrefix("csv<")
        type = String(text.prefix { $0 != " " && $0 != "{" })
        values = Set((text.firstMatch(of: /\{([^}]*)\}/)?.1 ?? "").split(separator: "|").map { String($0) })
        items = Int(text.firstMatch(of: /maxItems=(\d+)/)?.1 ?? "") ?? .max
        let least = Int(text.firstMatch(of: /minimum=(\d+)/)?.1 ?? "") ?? 0
        range = least...(Int(text.firstMatch(of: /maximum=(\d+)/)?.1 ?? "") ?? .max)
    }

    /// What is wrong with a value; nil where nothing is.
    func complaint(_ value: String) -> String? {
        let parts = isList ? value.split(separator: ",", omittingEmptySubsequences: false).map { String($0) } : [value]
        if parts.count > items { return "\(parts.count) items" }
        for part in parts {
            if part.isEmpty { return "an empty value" }
            if !values.isEmpty, !values.contains(part) { return "\(part) is no choice" }
            switch type {
            case "integer/int32": if Int(part).map({ range.contains($0) }) != true { return "\(part) is out of range" }
            case "boolean", "csv<boolean>": if part != "true" && part != "false" { return "\(part) is no boolean" }
            case "string/date-time": if Timestamp(iso: part) == nil { return "\(part) is no time" }
            default: break  // any text will do
            }
        }
        return nil
    }
}

@Suite("Requests beside the vendor's specification")
struct CatalogueTests {
    /// Seen on consoles and newer than the specification.
    private static let unwritten = ["/cloud-detection/rules": ["isLegacy"]]

    private func operations() throws -> [Operation] {
        let file = try #require(vendorFacts).appendingPathComponent("endpoint-catalogue.json")
        let view = try JSONView(parsing: Bytes(Array(try Data(contentsOf: file))))
        return try view["detailed"].elements.map { try Operation($0) }
    }

    @Test(
        "every request that the client can build is one that the specification knows, to the last parameter and value",
        .enabled(if: vendorFacts != nil, "DOCKET_FACTS names no folder with the specification"))
    func known() throws {
        let operations = try operations()
        var met: Set<String> = []
        for request in try EveryRequest().all() {
            let candidates = operations.filter { $0.matches(request) }
            let operation = try #require(
                candidates.first { $0.isLiteral } ?? candidates.first, "\(request) is not in the specification")
            met.insert("\(operation.method) \(operation.path)")
            #expect(Set(request.query.map(\.name)).count == request.query.count, "\(request) says something twice")
            for (name, value) in request.query {
                if Self.unwritten[operation.path]?.contains(name) == true { continue }
                guard let text = operation.parameters[name] else {
                    Issue.record("\(request): the specification has no \(name)")
                    continue
                }
                #expect(Allowed(text).complaint(value) == nil, "\(request): \(name)")
            }
            if operation.parameters["limit"] != nil {
                #expect(request.query.contains { $0.name == "limit" } || request.path.hasSuffix("/count"), "\(request)")
            }
            for name in operation.parameters.filter({ $0.value.contains("REQUIRED") }).keys
            where !name.hasPrefix("path:") {
                #expect(request.query.contains { $0.name == name }, "\(request): no \(name)")
            }
            try expectKnownBody(request, operation)
        }
        #expect(met.count == 29, "\(met.sorted())")
    }

    private func expectKnownBody(_ request: HTTPRequest, _ operation: Operation) throws {
        guard let body = request.body else { return }
        for (name, value) in try JSONView(parsing: body).members {
            let name = try #require(name)
            let known = operation.body.contains { $0 == name || $0 == name + "[]" || $0.hasPrefix(name + ".") }
            // What an action has no words for is an empty object.
            let isEmpty = (try? value.members).map { Array($0).isEmpty } ?? false
            #expect(known || isEmpty, "\(request): the specification has no \(name) in the body")
        }
    }
}
