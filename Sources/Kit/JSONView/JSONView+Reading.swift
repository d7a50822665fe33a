import CSimdJSON
package import Ports

// Typed access: a value of the kind asked for, or a problem with its path. What may be absent is read through
// `ifPresent`.
extension JSONView {
    private var place: JSONDocument.Node { document.nodes[Int(node)] }

    /// The characters, unescaped. NUL is one; half a surrogate pair is not.
    package var text: String {
        get throws(JSONProblem) {
            guard kind == .text else { throw problem(expected: "text") }
            guard let text = document.text(place) else {
                throw JSONProblem(path: path, expected: "text", found: "text with broken characters")
            }
            return text
        }
    }

    /// The text, or nil when it is missing or null.
    package var optionalText: String? { get throws(JSONProblem) { try ifPresent?.text } }

    package var bool: Bool {
        get throws(JSONProblem) {
            guard kind == .bool else { throw problem(expected: "true or false") }
            return Int(place.kind) == DOCKET_JSON_TRUE
        }
    }

    /// Also the texts `true`, `True`, `false` and `False`, which older consoles send.
    package var tolerantBool: Bool {
        get throws(JSONProblem) {
            guard kind == .text, case let word = try text else { return try bool }
            switch word {
            case "true", "True": return true
            case "false", "False": return false
            default: throw JSONProblem(path: path, expected: "true or false", found: "another text")
            }
        }
    }

    /// A whole number that 64 bits hold; `1.0` and `1e3` are not written as one.
    package var integer: Int {
        get throws(JSONProblem) {
            guard kind == .number, Int(place.kind) == DOCKET_JSON_INTEGER, let value = Int(document.source(place))
            else { throw problem(expected: "an integer") }
            return value
        }
    }

    /// A finite number.
    package var number: Double {
        get throws(JSONProblem) {
            guard kind == .number, let value = Double(document.source(place)), value.isFinite else {
                throw problem(expected: "a finite number")
            }
            return value
        }
    }

    /// An id: a text that is not empty, or an integer of any length, whose digits are returned as they are written.
    package var id: String {
        get throws(JSONProblem) {
            if kind == .text {
                let text = try text
                if !text.isEmpty { return text }
                throw JSONProblem(path: path, expected: "an id", found: "empty text")
            }
            guard kind == .number, Int(place.kind) == DOCKET_JSON_INTEGER else { throw problem(expected: "an id") }
            return document.source(place)
        }
    }

    /// A time as ISO 8601 text.
    package var timestamp: Timestamp {
        get throws(JSONProblem) {
            guard kind == .text, let time = Timestamp(iso: try text) else {
                throw problem(expected: "a time such as 2026-11-20T10:15:31.804411Z")
            }
            return time
        }
    }

    package var elements: JSONElements {
        get throws(JSONProblem) {
            guard kind == .array else { throw problem(expected: "an array") }
            return JSONElements(document: document, rest: node + 1, end: place.next)
        }
    }

    package var members: JSONMembers {
        get throws(JSONProblem) {
            guard kind == .object else { throw problem(expected: "an object") }
            return JSONMembers(document: document, rest: node + 1, end: place.next)
        }
    }
}

/// The elements of an array, in order.
package struct JSONElements: Sequence, IteratorProtocol, Sendable {
    let document: JSONDocument
    var rest: UInt32
    let end: UInt32

    package mutating func next() -> JSONView? {
        guard rest < end else { return nil }
        defer { rest = document.nodes[Int(rest)].next }
        return JSONView(document, rest)
    }
}

/// The members of an object in the order they are written, repeated names included.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    let document: JSONDocument
    var rest: UInt32
    let end: UInt32

    /// The name is nil where its characters are broken.
    package mutating func next() -> (name: String?, value: JSONView)? {
        guard rest < end else { return nil }
        let key = rest
        rest = document.nodes[Int(key + 1)].next
        return (document.text(document.nodes[Int(key)]), JSONView(document, key + 1))
    }
}
