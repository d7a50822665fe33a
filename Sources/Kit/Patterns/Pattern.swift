// Regular expressions that people write, over RE2: a search takes a time that is linear in the text, whatever the
// pattern, so nobody's pattern can stall a worker. What RE2 leaves out for that (back-references, looking around) is
// refused when a pattern is made.

import CRE2
package import Ports

/// A pattern in RE2's syntax; `(?i)` at its start makes letters' case say nothing. Made once, shared by threads.
package struct Pattern: Sendable {
    /// So that a pattern can be read by people, and its automaton stays small.
    package static let limit = 1_000
    /// The automaton of a pattern and what searching adds to it. When it is full, searching goes on without it, slower
    /// by a constant.
    private static let memory: Int64 = 1 << 20

    /// Owns the handle.
    private final class Automaton: Sendable {
        // RE2 promises that one expression may be searched with by several threads at once; freed with its owner.
        nonisolated(unsafe) let handle: OpaquePointer

        init(_ text: String) {
            var text = text
            let made = text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) { docket_pattern_make($0.baseAddress, $0.count, Pattern.memory) }
            }
            guard let made else { preconditionFailure("no memory for a pattern") }
            handle = made
        }

        deinit { docket_pattern_free(handle) }
    }

    private let automaton: Automaton
    /// As it was written.
    package let text: String

    /// Throws what is wrong with the pattern, and where in it.
    package init(_ text: String) throws(PatternProblem) {
        guard !text.isEmpty else { throw PatternProblem("nothing is written", position: nil) }
        guard text.utf8.count <= Self.limit else {
            throw PatternProblem("longer than \(Self.limit) bytes", position: nil)
        }
        automaton = Automaton(text)
        self.text = text
        let words = Self.text(docket_pattern_error(automaton.handle))
        guard words.isEmpty else {
            throw PatternProblem(words, piece: Self.text(docket_pattern_error_piece(automaton.handle)), of: text)
        }
    }

    /// Whether it occurs anywhere in the text.
    package func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    /// Whether it occurs anywhere in the bytes. They are read as UTF-8; a byte that is none is a character that nothing
    /// in a pattern stands for, and what lies around it is searched all the same.
    package func matches(_ bytes: Bytes) -> Bool { bytes.withUnsafeBytes { matches($0) } }

    private func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // An empty text has no address; RE2 wants one.
        guard let start = bytes.baseAddress else { return docket_pattern_occurs(automaton.handle, "", 0) != 0 }
        return docket_pattern_occurs(automaton.handle, start.assumingMemoryBound(to: CChar.self), bytes.count) != 0
    }

    /// Whether it leaves nothing out, as `.*` and `a?` do: as a filter such a pattern is a mistake.
    package var matchesEverything: Bool { matches("") && matches("\u{e000}") }

    private static func text(_ piece: docket_pattern_text) -> String {
        let bytes = UnsafeRawBufferPointer(start: piece.bytes, count: piece.count)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Pattern: Hashable {
    package static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Why a text is no pattern.
package struct PatternProblem: Failure, Equatable {
    /// In RE2's words.
    package let reason: String
    /// Which character of the pattern is meant, counted from 1; nil where it is the whole.
    package let position: Int?

    init(_ reason: String, position: Int?) {
        self.reason = reason
        self.position = position
    }

    /// RE2 says what the wrong piece is, not where: it lies where that text first occurs.
    fileprivate init(_ words: String, piece: String, of pattern: String) {
        let (all, wanted) = (Array(pattern.utf8), Array(piece.utf8))
        let first = wanted.isEmpty ? nil : (0..<all.count).first { all[$0...].starts(with: wanted) }
        position = first.map { String(decoding: all[..<$0], as: UTF8.self).unicodeScalars.count + 1 }
        reason = words.hasSuffix(": \(piece)") ? String(words.dropLast(piece.count + 2)) : words
    }

    package var remedy: Remedy { .stop }
    package var code: String { "pattern" }
    package var detail: String { position.map { "\(reason) at character \($0)" } ?? reason }
    package var description: String { detail }
}
