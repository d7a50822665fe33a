package import Ports

/// What is wrong with a document, or with one value in it, and where.
package struct JSONProblem: Failure, Equatable {
    /// From the root: `threatInfo.indicators[2].ids`; empty for the document itself.
    package let path: String
    package let expected: String
    package let found: String

    package init(path: String, expected: String, found: String) {
        self.path = path
        self.expected = expected
        self.found = found
    }

    package var remedy: Remedy { .setAside }
    package var code: String { "json.unexpected" }
    package var detail: String { "\(path.isEmpty ? "the document" : path): expected \(expected), found \(found)" }
    /// `threatInfo.createdAt: expected text, found a number`.
    package var description: String { detail }

    /// The same problem seen from outside: `data[3]` and `id` make `data[3].id`.
    package func under(_ prefix: String) -> JSONProblem {
        let joined = path.isEmpty ? prefix : path.hasPrefix("[") ? prefix + path : "\(prefix).\(path)"
        return JSONProblem(path: joined, expected: expected, found: found)
    }
}

/// How much a document may ask of us before it is refused.
package struct JSONLimits: Sendable {
    package var bytes: Int
    package var depth: Int
    /// Values and keys together; each costs 16 bytes of index.
    package var values: Int
    /// Whether a document with bytes that are not UTF-8 is taken. Reading a text that holds such bytes is then the
    /// error, so that one bad record does not hide its neighbours.
    package var toleratesInvalidText: Bool

    package init(bytes: Int, depth: Int, values: Int, toleratesInvalidText: Bool = false) {
        self.bytes = bytes
        self.depth = depth
        self.values = values
        self.toleratesInvalidText = toleratesInvalidText
    }

    /// 64 MB like the body of an answer; a depth far beyond any vendor's (theirs is below 20); one value for every
    /// eight bytes of the longest document, at 128 MB of index.
    package static let standard = JSONLimits(bytes: 64 << 20, depth: 256, values: 8_000_000)
}
