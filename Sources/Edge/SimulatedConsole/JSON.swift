import Foundation
import Ports

/// A JSON value, for bodies that this simulator writes and reads itself.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Int64)
    case decimal(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    static func id(_ number: Int64) -> JSON { .text(String(number)) }
    static func id(_ number: Int64?) -> JSON { number.map { .text(String($0)) } ?? .null }
    static func time(_ time: Timestamp) -> JSON { .text(time.description) }
    static func time(_ time: Timestamp?) -> JSON { time.map { .text($0.description) } ?? .null }

    init?(_ bytes: Bytes) {
        guard let value = try? JSONDecoder().decode(JSON.self, from: Data(bytes.array)) else { return nil }
        self = value
    }

    var bytes: Bytes {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Every case of this enum is encodable, so there is always a text.
        return (try? encoder.encode(self)).map { Bytes(Array($0)) } ?? .empty
    }

    subscript(key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var string: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .number(let number) = self { number } else { nil } }

    /// Of this object with some members put in or replaced.
    func with(_ members: [String: JSON]) -> JSON {
        guard case .object(let own) = self else { return self }
        return .object(own.merging(members) { $1 })
    }
}

extension JSON: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .number(value)
        } else if let value = try? container.decode(Double.self) {
            self = .decimal(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .decimal(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: JSON...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Dictionary(elements) { $1 }) }
}
