import Foundation

/// A JSON value that can be taken apart, for the schema validator and for spoiling samples.
enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case array([JSON])
    case object([String: JSON])

    subscript(_ name: String) -> JSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var members: [String: JSON]? { if case .object(let members) = self { members } else { nil } }
    var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// Replaces what lies at a path of names and positions; nil removes it.
    func replacing(_ path: ArraySlice<String>, with value: JSON?) -> JSON {
        guard let step = path.first else { return value ?? self }
        switch self {
        case .object(var members):
            members[step] =
                path.count == 1 ? value : members[step]?.replacing(path.dropFirst(), with: value)
            return .object(members)
        case .array(var elements):
            guard let index = Int(step) else { return self }
            elements[index] = elements[index].replacing(path.dropFirst(), with: value)
            return .array(elements)
        case .null, .bool, .integer, .number, .text: return self
        }
    }

    func replacing(_ path: [String], with value: JSON?) -> JSON { replacing(path[...], with: value) }
}

extension JSON: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

/// Layout alone: every character of the values, and the order of the members, stays as it is.
enum Layout {
    static func compact(_ text: String) -> String { rewrite(text, breaks: false) }

    /// Two blanks per level, one member or element per line.
    static func pretty(_ text: String) -> String { rewrite(text, breaks: true) + "\n" }

    private static func rewrite(_ text: String, breaks: Bool) -> String {
        var result = String.UnicodeScalarView()
        var level = 0
        var isQuoted = false
        var isEscaped = false
        var last: Unicode.Scalar = " "
        func newLine() {
            if breaks { result.append(contentsOf: ("\n" + String(repeating: "  ", count: level)).unicodeScalars) }
        }
        for scalar in text.unicodeScalars {
            if isQuoted {
                result.append(scalar)
                isQuoted = isEscaped || scalar != "\""
                isEscaped = !isEscaped && scalar == "\\"
                last = scalar
                continue
            }
            if scalar.properties.isWhitespace { continue }
            let closes = scalar == "}" || scalar == "]"
            if closes { level -= 1 }
            if last == "{" || last == "[" ? !closes : (closes || last == ",") { newLine() }
            result.append(scalar)
            if scalar == ":" && breaks { result.append(" ") }
            if scalar == "{" || scalar == "[" { level += 1 }
            isQuoted = scalar == "\""
            last = scalar
        }
        return String(result)
    }
}
