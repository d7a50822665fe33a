import Foundation
import Pipeline
package import Ports

/// CloudEvents 1.0 in binary mode: the envelope is in the headers, the value is the message alone.
package enum Envelope {
    /// What every record of Docket says of itself.
    ///
    /// `id` is derived from the cause, so that a replay repeats it; together with `source` it is unique.
    package static func headers(
        id: String, source: String, type: String, version: Int, at: Timestamp, cause: String? = nil,
        trace: String? = nil
    ) -> Headers {
        var headers = Headers([
            ("ce_specversion", "1.0"), ("ce_id", id), ("ce_source", source), ("ce_type", type),
            ("ce_dataversion", String(version)), ("ce_time", at.description),
        ])
        if let cause { headers.append("ce_causationid", cause) }
        if let trace { headers.append("traceparent", trace) }
        headers.append("content-type", "application/json")
        return headers
    }
}

extension Topic {
    /// A topic whose values are one JSON object, written by hand per version: `Wire` is the shape of the newest.
    static func json<Wire: Codable & SendableMetatype>(
        _ name: String, source: String, version: Int = 1, type: @escaping @Sendable (Message) -> String,
        key: @escaping @Sendable (Message) -> Bytes?, wire: @escaping @Sendable (Message) -> Wire,
        message: @escaping @Sendable (Wire) throws(Unreadable) -> Message
    ) -> Topic {
        Topic(
            name,
            encode: { one, cause in
                OutgoingRecord(
                    topic: name, key: key(one), value: WireJSON.bytes(wire(one)),
                    headers: Envelope.headers(
                        id: "\(cause.id)>\(name)#\(cause.ordinal)", source: source, type: type(one), version: version,
                        at: cause.at, cause: cause.id, trace: cause.trace),
                    timestamp: cause.at)
            },
            decode: { (record: IncomingRecord) throws(Unreadable) -> Message in
                let stated = record.headers["ce_dataversion"] ?? "1"
                guard stated == String(version) else {
                    throw Unreadable("\(name): version \(stated) of the message is not known; known is \(version)")
                }
                guard let value = record.value else {
                    throw Unreadable("\(name): a message is expected, not a tombstone")
                }
                return try message(WireJSON.value(Wire.self, from: value))
            })
    }
}

/// Our own messages as JSON: keys sorted, slashes bare, so that equal messages are equal bytes.
enum WireJSON {
    static func bytes<Wire: Encodable>(_ wire: Wire) -> Bytes {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Bytes([UInt8](try encoder.encode(wire)))
        } catch {
            // Wire structs hold text, integers and lists of them: there is nothing in them that cannot be encoded.
            preconditionFailure("a wire struct of \(Wire.self) cannot be encoded: \(error)")
        }
    }

    static func value<Wire: Decodable>(_ type: Wire.Type, from bytes: Bytes) throws(Unreadable) -> Wire {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.array))
        } catch let error as DecodingError {
            throw Unreadable(Self.sentence(error))
        } catch {
            throw Unreadable("not a JSON object: \(error)")
        }
    }

    private static func sentence(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "the object" : context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(path(context)): the field \(key.stringValue) is missing"
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            "\(path(context)): expected \(type)"
        case .dataCorrupted(let context): "\(path(context)): \(context.debugDescription)"
        @unknown default: "the object cannot be read"
        }
    }
}

/// Reading what must be there, with words for whoever opens the dead letter.
enum Need {
    static func value<T>(_ value: T?, _ field: String) throws(Unreadable) -> T {
        guard let value else { throw Unreadable("the field \(field) is missing") }
        return value
    }

    static func choice<T: RawRepresentable>(_ text: String, _ field: String) throws(Unreadable) -> T
    where T.RawValue == String {
        guard let value = T(rawValue: text) else { throw Unreadable("\(field): \(text) is not a known value") }
        return value
    }

    static func time(_ text: String?, _ field: String) throws(Unreadable) -> Timestamp {
        guard let text, let time = Timestamp(iso: text) else { throw Unreadable("\(field): expected a time") }
        return time
    }
}
