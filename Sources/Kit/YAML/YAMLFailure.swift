package import Ports

/// Why a text is not a document, and where.
package struct YAMLFailure: Failure, Equatable {
    package enum Reason: String, Sendable {
        case syntax, encoding, duplicateKey, alias, tag, key, documents, tooLong, tooDeep, tooMany
    }

    package let reason: Reason
    package let line: Int
    package let column: Int
    /// What is wrong, what was expected, without the place.
    package let sentence: String

    init(_ reason: Reason, line: Int, column: Int, _ sentence: String) {
        self.reason = reason
        self.line = line
        self.column = column
        self.sentence = sentence
    }

    package var remedy: Remedy { .setAside }
    package var code: String { "yaml.\(reason.rawValue)" }
    package var detail: String { "line \(line), column \(column): \(sentence)" }
}
