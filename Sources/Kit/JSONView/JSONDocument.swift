import CSimdJSON
import Ports

/// A validated document: its bytes and where each value lies in them. Immutable, shared by all views of it.
final class JSONDocument: Sendable {
    typealias Node = docket_json_node

    let bytes: Bytes
    /// In document order; a key is followed by its value. Never empty.
    let nodes: [Node]
    /// False only for a tolerant reader's document; then each text is checked when it is read.
    let isUTF8: Bool

    init(_ bytes: Bytes, limits: JSONLimits) throws(JSONProblem) {
        guard bytes.count <= limits.bytes else {
            throw JSONProblem(
                path: "", expected: "at most \(limits.bytes) bytes", found: "\(bytes.count) bytes")
        }
        let skipped = Self.byteOrderMark(bytes)
        let outcome: Result<([Node], isUTF8: Bool), JSONProblem> = bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress.map { $0 + skipped }?.assumingMemoryBound(to: UInt8.self)
            let index = docket_json_parse(
                start, buffer.count - skipped, docket_json_limits(depth: limits.depth, nodes: limits.values))
            let found = UnsafeBufferPointer(start: index.nodes, count: index.count)
            guard index.error == 0, index.is_utf8 != 0 || limits.toleratesInvalidText else {
                return .failure(Self.problem(index, nodes: Array(found), bytes, skipped: skipped, limits))
            }
            let nodes = skipped == 0 ? Array(found) : found.map { $0.moved(by: UInt32(skipped)) }
            return .success((nodes, index.is_utf8 != 0))
        }
        self.bytes = bytes
        (nodes, isUTF8) = try outcome.get()
    }

    /// Proxies prepend one; it is no part of any value.
    private static func byteOrderMark(_ bytes: Bytes) -> Int {
        bytes.withUnsafeBytes { $0.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0 }
    }

    func withNodes<R>(_ body: (UnsafePointer<Node>, UnsafePointer<UInt8>) -> R) -> R {
        nodes.withUnsafeBufferPointer { nodes in
            bytes.withUnsafeBytes { buffer in
                guard let first = nodes.baseAddress, let start = buffer.baseAddress else {
                    preconditionFailure("a validated document has at least one value")
                }
                return body(first, start.assumingMemoryBound(to: UInt8.self))
            }
        }
    }

    /// The first member of that name; nil when there is none.
    func member(_ name: String, of object: UInt32) -> UInt32? {
        var name = name
        let found = name.withUTF8 { name in
            withNodes { nodes, bytes in
                docket_json_member(nodes, object, bytes, name.baseAddress, name.count)
            }
        }
        return found == 0 ? nil : found
    }

    /// The characters of a text or a key; nil when they are not characters.
    func text(_ node: Node) -> String? {
        if [DOCKET_JSON_TEXT, DOCKET_JSON_NAME].contains(Int(node.kind)) {
            return withBytes(from: node.start + 1, to: node.end - 1) {
                isUTF8 ? String(decoding: $0, as: UTF8.self) : String(validating: $0, as: UTF8.self)
            }
        }
        return bytes.withUnsafeBytes { buffer in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(node.end - node.start) + Bytes.padding) {
                room in
                let length = withUnsafePointer(to: node) {
                    docket_json_unescape(
                        $0, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), room.baseAddress)
                }
                guard length >= 0 else { return nil }
                return String(validating: UnsafeBufferPointer(rebasing: room.prefix(length)), as: UTF8.self)
            }
        }
    }

    /// The bytes of a value as text, for numbers and messages.
    func source(_ node: Node) -> String {
        withBytes(from: node.start, to: node.end) { String(decoding: $0, as: UTF8.self) }
    }

    private func withBytes<R>(from start: UInt32, to end: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        bytes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[Int(start)..<Int(end)]).assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Found by walking down from the root, so that a view that meets no error pays nothing for it.
    func path(to target: UInt32) -> String { Self.path(to: target, nodes: nodes, text: text) }

    private static func path(to target: UInt32, nodes: [Node], text: (Node) -> String?) -> String {
        var path = ""
        var container: UInt32 = 0
        while container < target {
            let isObject = nodes[Int(container)].kind == UInt32(DOCKET_JSON_OBJECT)
            var child = container + 1
            var position = 0
            if isObject {
                // Between two members only a key may be met; after an error it can be the last node of all.
                while child + 1 < UInt32(nodes.count), nodes[Int(child + 1)].next <= target {
                    child = nodes[Int(child + 1)].next
                }
                let name = shown(text(nodes[Int(child)]))
                path += path.isEmpty ? name : ".\(name)"
                if child + 1 >= target { return path }
                container = child + 1
            } else {
                while nodes[Int(child)].next <= target {
                    child = nodes[Int(child)].next
                    position += 1
                }
                path += "[\(position)]"
                container = child
            }
        }
        return path
    }
}

/// A name as part of a path: one that is absurdly long is cut, because paths end up in logs.
private func shown(_ name: String?) -> String {
    guard let name else { return "?" }
    return name.utf8.count <= 100 ? name : String(name.unicodeScalars.prefix(25)) + "…"
}

extension docket_json_node {
    fileprivate func moved(by distance: UInt32) -> docket_json_node {
        docket_json_node(start: start + distance, end: end + distance, next: next, kind: kind)
    }
}

// What the parser's numbers mean, in words.
extension JSONDocument {
    private static func problem(
        _ index: docket_json_index, nodes: [Node], _ bytes: Bytes, skipped: Int, _ limits: JSONLimits
    ) -> JSONProblem {
        let place = "at byte \(index.offset + skipped)"
        let (expected, found) = words(index, place: place, limits)
        let path =
            nodes.isEmpty || index.error == 0
            ? ""
            : Self.path(to: UInt32(nodes.count - 1), nodes: nodes) { node in
                bytes.withUnsafeBytes {
                    let name = $0[(Int(node.start) + skipped + 1)..<(Int(node.end) + skipped - 1)]
                    return String(decoding: name, as: UTF8.self)
                }
            }
        return JSONProblem(path: path, expected: expected, found: found)
    }

    private static func words(
        _ index: docket_json_index, place: String, _ limits: JSONLimits
    ) -> (expected: String, found: String) {
        switch Int(index.error) {
        case DOCKET_JSON_OK, DOCKET_JSON_NOT_UTF8: ("UTF-8", "bytes that are not")
        case DOCKET_JSON_EMPTY: ("JSON", "nothing")
        case DOCKET_JSON_TOO_LONG: ("at most 4 GB", "more")
        case DOCKET_JSON_TOO_DEEP: ("at most \(limits.depth) levels", "more, \(place)")
        case DOCKET_JSON_TOO_MANY_VALUES: ("at most \(limits.values) values", "more, \(place)")
        case DOCKET_JSON_CONTROL_CHARACTER: ("escaped control characters", "a bare one inside a text")
        case DOCKET_JSON_OPEN_TEXT: ("a closing quote", "the end of the document")
        case DOCKET_JSON_NO_VALUE: ("a value", "something else, \(place)")
        case DOCKET_JSON_NO_KEY: ("a key", "something else, \(place)")
        case DOCKET_JSON_NO_COLON: ("a colon after the key", "something else, \(place)")
        case DOCKET_JSON_NO_COMMA: ("a comma or the end", "something else, \(place)")
        case DOCKET_JSON_BAD_TEXT: ("a comma or the end after the text", "something else, \(place)")
        case DOCKET_JSON_BAD_ESCAPE: ("an escape that JSON knows", "another, \(place)")
        case DOCKET_JSON_BAD_NUMBER: ("a number as JSON writes it", "another form, \(place)")
        case DOCKET_JSON_BAD_LITERAL: ("true, false or null", "another word, \(place)")
        case DOCKET_JSON_TRUNCATED: ("more", "the end of the document")
        case DOCKET_JSON_TRAILING: ("the end of the document", "more, \(place)")
        default: ("memory for the parser", "none")
        }
    }
}
