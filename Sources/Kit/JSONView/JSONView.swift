// Reading JSON without decoding it. The whole document is checked once, when the view of it is made; from then on a
// view is a place in the bytes: looking something up walks an index, and only what is read becomes a Swift value.
// Numbers are never turned into `Double` on the way to an id, and the bytes of any value can be taken as they came.

import CSimdJSON
package import Ports

/// What a value is.
package enum JSONKind: String, Sendable {
    case object = "an object"
    case array = "an array"
    case text
    case number = "a number"
    case bool = "true or false"
    case null
    case missing = "nothing"
}

/// A value in a validated document, or the absence of one. Cheap to copy and to pass around; keeps the document's
/// bytes alive. Looking up never fails: what is missing says so when it is read, with its path.
package struct JSONView: Sendable {
    let document: JSONDocument
    /// The value, or the nearest one above it that is there.
    let node: UInt32
    /// From `node` down to what is not there.
    let missing: String?

    init(_ document: JSONDocument, _ node: UInt32, missing: String? = nil) {
        self.document = document
        self.node = node
        self.missing = missing
    }

    /// Checks all of the document: structure, numbers, escapes, UTF-8, nothing behind it, within the limits.
    package init(parsing bytes: Bytes, limits: JSONLimits = .standard) throws(JSONProblem) {
        self.init(try JSONDocument(bytes, limits: limits), 0)
    }

    /// The member of that name; of several, the first.
    package subscript(_ name: String) -> JSONView {
        if let missing { return JSONView(document, node, missing: "\(missing).\(name)") }
        guard kind == .object, let member = document.member(name, of: node) else {
            return JSONView(document, node, missing: name)
        }
        return JSONView(document, member)
    }

    package var kind: JSONKind {
        guard missing == nil else { return .missing }
        switch Int(document.nodes[Int(node)].kind) {
        case DOCKET_JSON_OBJECT: return .object
        case DOCKET_JSON_ARRAY: return .array
        case DOCKET_JSON_TEXT, DOCKET_JSON_ESCAPED_TEXT: return .text
        case DOCKET_JSON_INTEGER, DOCKET_JSON_NUMBER: return .number
        case DOCKET_JSON_TRUE, DOCKET_JSON_FALSE: return .bool
        default: return .null
        }
    }

    package var isMissing: Bool { missing != nil }
    package var isNull: Bool { kind == .null }

    /// Itself, or nil when it is missing or null: `try threat["sha256"].ifPresent?.text`.
    package var ifPresent: JSONView? { isMissing || isNull ? nil : self }

    /// From the root: `data[3].threatInfo.createdAt`.
    package var path: String {
        let above = document.path(to: node)
        guard let missing else { return above }
        return above.isEmpty ? missing : "\(above).\(missing)"
    }

    /// That this value is not what the reader wanted.
    package func problem(expected: String) -> JSONProblem {
        // Where something above is no object, that is what is wrong.
        if missing != nil, case let above = JSONView(document, node), above.kind != .object, above.kind != .null {
            return JSONProblem(path: above.path, expected: "an object", found: above.kind.rawValue)
        }
        return JSONProblem(path: path, expected: expected, found: found)
    }

    /// Short values are shown, because they say more than their kind. Never the content of a text.
    private var found: String {
        switch kind {
        case .number:
            let digits = document.source(document.nodes[Int(node)])
            return digits.utf8.count <= 24 ? "the number \(digits)" : "a long number"
        case .bool: return document.source(document.nodes[Int(node)])
        case .object, .array, .text, .null, .missing: return kind.rawValue
        }
    }
}

// The bytes of a value, exactly as they came.
extension JSONView {
    /// Where the value lies in the document; nil when it is missing.
    package var range: Range<Int>? {
        guard missing == nil else { return nil }
        let place = document.nodes[Int(node)]
        return Int(place.start)..<Int(place.end)
    }

    /// A copy of the value's bytes: what a payload is spliced from. Throws only when it is missing.
    package var raw: Bytes {
        get throws(JSONProblem) {
            guard let range else { throw problem(expected: "a value") }
            return document.bytes.withUnsafeBytes { Bytes(UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
    }

    /// The value's bytes in place, valid inside the closure only.
    package func withRaw<R>(_ body: (UnsafeRawBufferPointer) -> R) throws(JSONProblem) -> R {
        guard let range else { throw problem(expected: "a value") }
        return document.bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}
