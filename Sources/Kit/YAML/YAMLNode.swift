/// A piece of a YAML document with its place. Lines and columns count from 1, columns in characters.
///
/// What this reader leaves out, it refuses by name: aliases (a bomb is written with them), tags, several documents,
/// keys that are no scalars. What it reads therefore means what it says, and costs no more than its length.
package struct YAMLNode: Sendable, Equatable {
    package indirect enum Content: Sendable, Equatable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order of the document; no key twice.
        case mapping([YAMLEntry])
    }

    package let content: Content
    package let line: Int
    package let column: Int

    /// Reads the one document that `text` holds; an empty text holds an empty plain scalar.
    package init(parsing text: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLFailure) {
        var composer = try YAMLComposer(of: text, limits: limits)
        self = try composer.document()
    }

    init(_ content: Content, line: Int, column: Int) {
        self.content = content
        self.line = line
        self.column = column
    }

    /// The value behind a key of a mapping.
    package subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }
}

package struct YAMLScalar: Sendable, Equatable {
    package enum Style: Sendable, Equatable { case plain, singleQuoted, doubleQuoted, literal, folded }

    package let text: String
    package let style: Style

    /// Whether nothing stands here: `key:`, `key: ~`, `key: null`.
    package var isEmpty: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(text) }
}

package struct YAMLEntry: Sendable, Equatable {
    package let key: String
    /// Where the key begins.
    package let line: Int
    package let column: Int
    package let value: YAMLNode
}

/// How much a document may be. Whoever reads foreign documents may tighten it.
package struct YAMLLimits: Sendable {
    /// More than settings or a playbook need; the costliest megabyte that the tests know takes half a second.
    package var bytes: Int
    package var depth: Int
    package var nodes: Int

    package init(bytes: Int = 1 << 20, depth: Int = 32, nodes: Int = 50_000) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
    }
}
