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
            ("ce_dataversion", String(version)), ("ce_time", at.wire),
        ])
        if let cause { headers.append("ce_causationid", cause) }
        if let trace { headers.append("traceparent", trace) }
        headers.append("content-type", "application/json")
        return headers
    }
}

extension Envelope {
    /// A record's value and its version, when it is of that type and one of those versions. What was written by hand
    /// may lack headers: without a version it is the first one, without a type the value speaks for itself.
    static func value(
        of record: IncomingRecord, on topic: String, type: String?, versions: Set<Int>
    ) throws(Unreadable) -> (value: Bytes, version: Int) {
        let stated = record.headers["ce_dataversion"] ?? "1"
        guard let version = versions.first(where: { String($0) == stated }) else {
            let known = versions.sorted().map { String($0) }.joined(separator: ", ")
            throw Unreadable("\(topic): version \(stated.shown) of the message is not known; known is \(known)")
        }
        if let type { try check(record.headers["ce_type"], is: type) }
        guard let value = record.value else { throw Unreadable("\(topic): a message is expected, not a tombstone") }
        return (value, version)
    }

    /// A header that says one thing over a value that says another is believed by nobody.
    static func check(_ stated: String?, is type: String) throws(Unreadable) {
        if let stated, stated != type { throw Unreadable("ce_type is \(stated.shown), but the message is \(type)") }
    }
}

/// How one version of a topic's messages is read: for ever, also when only newer ones are written.
struct Edition<Message: Sendable>: Sendable {
    let read: @Sendable (_ value: Bytes, _ stated: String?) throws(Unreadable) -> Message

    init<Wire: Decodable & SendableMetatype>(
        type: @escaping @Sendable (Wire) -> String, message: @escaping @Sendable (Wire) throws(Unreadable) -> Message
    ) {
        read = { (value: Bytes, stated: String?) throws(Unreadable) -> Message in
            let wire = try WireJSON.value(Wire.self, from: value)
            let message = try message(wire)
            try Envelope.check(stated, is: type(wire))
            return message
        }
    }
}

extension Topic {
    /// A topic whose values are one JSON object, written by hand per version: `Wire` is the shape of the newest, and
    /// `older` reads those that are no longer written.
    static func json<Wire: Codable & SendableMetatype>(
        _ name: String, source: String, version: Int = 1, older: [Int: Edition<Message>] = [:],
        type: @escaping @Sendable (Wire) -> String, key: @escaping @Sendable (Message) -> Bytes?,
        wire: @escaping @Sendable (Message) -> Wire,
        message: @escaping @Sendable (Wire) throws(Unreadable) -> Message
    ) -> Topic {
        let editions = older.merging([version: Edition(type: type, message: message)]) { _, newest in newest }
        let versions = Set(editions.keys)
        return Topic(
            name,
            encode: { one, cause in
                let value = wire(one)
                return OutgoingRecord(
                    topic: name, key: key(one), value: WireJSON.bytes(value),
                    headers: Envelope.headers(
                        id: "\(cause.id)>\(name)#\(cause.ordinal)", source: source, type: type(value),
                        version: version, at: cause.at, cause: cause.id, trace: cause.trace),
                    timestamp: cause.at)
            },
            decode: { (record: IncomingRecord) throws(Unreadable) -> Message in
                let (value, version) = try Envelope.value(of: record, on: name, type: nil, versions: versions)
                let edition = try Need.value(editions[version], "ce_dataversion")
                return try edition.read(value, record.headers["ce_type"])
            })
    }
}

/// Our own messages as JSON: keys sorted, slashes bare, so that equal messages are equal bytes.
enum WireJSON {
    static func bytes<Wire: Encodable>(_ wire: Wire) -> Bytes {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(wire).withUnsafeBytes { Bytes($0) }
        } catch {
            // Wire structs hold text, integers and lists of them: there is nothing in them that cannot be encoded.
            preconditionFailure("a wire struct of \(Wire.self) cannot be encoded: \(error)")
        }
    }

    static func value<Wire: Decodable>(_ type: Wire.Type, from bytes: Bytes) throws(Unreadable) -> Wire {
        do {
            return try JSONDecoder().decode(type, from: bytes.withUnsafeBytes { Data($0) })
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
        guard let value = T(rawValue: text) else { throw Unreadable("\(field): \(text.shown) is not a known value") }
        return value
    }

    static func time(_ text: String?, _ field: String) throws(Unreadable) -> Timestamp {
        guard let text, let time = Timestamp(iso: text) else { throw Unreadable("\(field): expected a time") }
        return time
    }
}

extension Timestamp {
    /// As it travels. A time outside of what can be written is moved to the nearest that can, because an entry that
    /// could not be read again would stop its journal for ever.
    var wire: String { min(max(self, Timestamp.writable.lowerBound), Timestamp.writable.upperBound).description }
}

extension String {
    /// Foreign text in a sentence: enough to recognise it.
    var shown: String { unicodeScalars.count <= 64 ? self : String(unicodeScalars.prefix(64)) + "…" }
}
