import Ports

/// The part of the console's query languages that is understood here: conditions on some fields, all of which hold,
/// and after a bar which columns and how many rows. Anything else is refused by name.
struct EventQuery: Sendable {
    enum Field: String, Sendable, CaseIterable {
        case storyline, agent, endpoint, process, category, type, hash, source
    }

    enum Operator: Sendable { case equals, contains, isOneOf }

    struct Condition: Sendable {
        let field: Field
        let how: Operator
        let values: [String]
    }

    private(set) var conditions: [Condition] = []
    /// Under which name, and which field; nil where nobody chose.
    private(set) var columns: [(name: String, field: String)]?
    private(set) var limit: Int?

    /// By the names of both languages, in lower case.
    private static let fields: [String: Field] = [
        "srcprocstorylineid": .storyline, "src.process.storyline.id": .storyline, "storylineid": .storyline,
        "agentuuid": .agent, "agent.uuid": .agent, "endpointname": .endpoint, "endpoint.name": .endpoint,
        "agentname": .endpoint, "srcprocname": .process, "src.process.name": .process, "processname": .process,
        "objecttype": .category, "event.category": .category, "eventtype": .type, "event.type": .type,
        "srcprocimagesha1": .hash, "src.process.image.sha1": .hash, "src.process.image.sha256": .hash,
        "src.process.image.md5": .hash, "tgtfilesha1": .hash, "tgt.file.sha1": .hash, "tgtfilesha256": .hash,
        "tgt.file.sha256": .hash, "sha1": .hash, "sha256": .hash, "md5": .hash, "datasource.name": .source,
        "datasource.category": .source, "i.scheme": .source,
    ]

    init(_ text: String) throws(Refusal) {
        var stages = try Self.words(text).split(separator: "|", omittingEmptySubsequences: false)[...]
        var rest = stages.popFirst().map { Array($0) }?[...] ?? []
        while !rest.isEmpty {
            conditions.append(try Self.condition(&rest))
            guard let link = rest.popFirst() else { break }
            guard link.lowercased() == "and", !rest.isEmpty else { throw .invalid("query: \(link) is not understood.") }
        }
        for stage in stages { try take(Array(stage)) }
    }

    /// Whether rows of endpoints are asked for at all: the data lake holds other things too.
    var namesSource: Bool { conditions.contains { $0.field == .source } }

    /// The values that a field must have one of, where that is known; lets most endpoints be passed over unread.
    func wanted(_ field: Field) -> Set<String>? {
        conditions.first { $0.field == field && $0.how != .contains }.map { Set($0.values) }
    }

    func holds(_ row: EventRow) -> Bool {
        conditions.allSatisfy { condition in
            let own = Self.values(condition.field, row)
            return condition.values.contains { wanted in
                own.contains { value in
                    condition.how == .contains ? value.lowercased().contains(wanted) : value.lowercased() == wanted
                }
            }
        }
    }

    private static func values(_ field: Field, _ row: EventRow) -> [String] {
        switch field {
        case .storyline: [row.event.storyline]
        case .agent: [row.agent.uuid]
        case .endpoint: [row.agent.name]
        case .process: [row.process.image.name]
        case .category: [row.name.object]
        case .type: [row.name.title, row.name.code]
        case .hash:
            [row.process.image, row.event.what.file].compactMap { $0 }.flatMap {
                [$0.sha1, $0.sha256, $0.md5].compactMap { $0 }
            }
        case .source: ["sentinelone", "security", "edr"]
        }
    }
}

extension EventQuery {
    private static func condition(_ rest: inout ArraySlice<String>) throws(Refusal) -> Condition {
        let name = rest.popFirst() ?? ""
        guard let field = fields[name.lowercased()] else {
            throw .invalid("query: the field \(name) is not understood.")
        }
        let sign = rest.popFirst() ?? "nothing"
        switch sign.lowercased() {
        case "=", "==": return Condition(field: field, how: .equals, values: [try value(&rest)])
        case "contains", "containscis", "contains:anycase":
            return Condition(field: field, how: .contains, values: [try value(&rest)])
        case "in":
            guard rest.popFirst() == "(" else { throw .invalid("query: after in a list in brackets is needed.") }
            var values = [try value(&rest)]
            while rest.first == "," {
                rest.removeFirst()
                values.append(try value(&rest))
            }
            guard rest.popFirst() == ")" else { throw .invalid("query: a list does not end.") }
            return Condition(field: field, how: .isOneOf, values: values)
        default: throw .invalid("query: the operator \(sign) is not understood.")  // the language has dozens
        }
    }

    private static func value(_ rest: inout ArraySlice<String>) throws(Refusal) -> String {
        guard let word = rest.popFirst(), !["(", ")", ",", "|", "="].contains(word) else {
            throw .invalid("query: a value is missing.")
        }
        let isQuoted = word.count > 1 && (word.hasPrefix("\"") || word.hasPrefix("'"))
        return (isQuoted ? String(word.dropFirst().dropLast()) : word).lowercased()
    }

    /// `columns a, b = c` or `limit 100`.
    private mutating func take(_ stage: [String]) throws(Refusal) {
        switch stage.first?.lowercased() {
        case "columns":
            columns = try stage.dropFirst().split(separator: ",").map { (words) throws(Refusal) in
                let words = Array(words)
                if words.count == 1 { return (words[0], words[0]) }
                guard words.count == 3, words[1] == "=" else {
                    throw .invalid("query: the column \(words.joined(separator: " ")) is not understood.")
                }
                return (words[0], words[2])
            }
        case "limit":
            guard stage.count == 2, let number = Int(stage[1]), number > 0 else {
                throw .invalid("query: limit wants a number.")
            }
            limit = number
        default: throw .invalid("query: | \(stage.first ?? "") is not understood.")  // the language has dozens
        }
    }

    /// Names, quoted values, and each of `( ) , | = ==` by itself.
    private static func words(_ text: String) throws(Refusal) -> [String] {
        var words: [String] = []
        var rest = Substring(text)
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if "(),|=".contains(first) {
                let isDouble = rest.hasPrefix("==")
                words.append(isDouble ? "==" : String(first))
                rest.removeFirst(isDouble ? 2 : 1)
            } else if first == "\"" || first == "'" {
                guard let end = rest.dropFirst().firstIndex(of: first) else {
                    throw .invalid("query: a quote does not end.")
                }
                words.append(String(rest[...end]))
                rest = rest[rest.index(after: end)...]
            } else {
                let word = rest.prefix { !$0.isWhitespace && !"(),|=\"'".contains($0) }
                words.append(String(word))
                rest = rest.dropFirst(word.count)
            }
        }
        return words
    }
}
