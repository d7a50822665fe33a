/// A file of the tree, and its text with comments told from code and texts.
struct Source {
    /// From the root of the package, e.g. `Sources/Core/Ports/Bytes.swift`.
    let path: String
    let lines: [Line]

    struct Line {
        let number: Int
        /// Without comments; texts in quotes are empty.
        var code = ""
        /// What the comments of the line say.
        var comment = ""
    }

    init(path: String, text: String) {
        self.path = path
        var lexer = Lexer(text)
        lines = lexer.lines()
    }

    /// `Core` of `Sources/Core/Ports/Bytes.swift`; nil outside Sources.
    var layer: String? { component(0) }
    /// `Ports` of `Sources/Core/Ports/Bytes.swift`; for tests, the folder.
    var target: String? { path.hasPrefix("Tests/") ? String(path.split(separator: "/")[1]) : component(1) }
    var name: String { String(path.split(separator: "/").last ?? "") }

    private func component(_ index: Int) -> String? {
        let parts = path.split(separator: "/")
        return parts.first == "Sources" && parts.count > index + 2 ? String(parts[index + 1]) : nil
    }

    /// The module of every import, with the number of its line.
    var imports: [(module: String, line: Int)] {
        lines.compactMap { line in
            guard let match = line.code.wholeMatch(of: /\s*(?:@?\w+\s+)*?import\s+(?:\w+\s+)??(\w+)(?:\.\w+)*\s*;?/)
            else {
                return nil
            }
            return (String(match.1), line.number)
        }
    }
}

/// Tells code from comments and texts, as much of Swift as that takes.
private struct Lexer {
    private var rest: Substring
    private var line = Source.Line(number: 1)
    private var done: [Source.Line] = []

    init(_ text: String) { rest = text[...] }

    mutating func lines() -> [Source.Line] {
        code(until: nil)
        return done + [line]
    }

    /// Reads code to its end, or to the parenthesis that closes an interpolation.
    private mutating func code(until close: Character?) {
        var depth = 0
        while let character = rest.first {
            if rest.hasPrefix("//") {
                while let next = rest.first, next != "\n" { keepComment(next) }
            } else if rest.hasPrefix("/*") {
                blockComment()
            } else if character == "\"" || (character == "#" && rest.drop { $0 == "#" }.first == "\"") {
                text()
            } else {
                if character == "(" { depth += 1 }
                if character == ")" {
                    depth -= 1
                    if close == ")" && depth < 0 { return }
                }
                keepCode(character)
            }
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if rest.hasPrefix("/*") { depth += 1 } else if rest.hasPrefix("*/") { depth -= 1 }
            let length = rest.hasPrefix("/*") || rest.hasPrefix("*/") ? 2 : 1
            for _ in 0..<length { if let character = rest.first { keepComment(character) } }
        } while depth > 0 && !rest.isEmpty
    }

    /// A text, single or triple quoted, raw or not; what is interpolated into it is code again.
    private mutating func text() {
        let pounds = rest.prefix { $0 == "#" }
        rest = rest.dropFirst(pounds.count)
        let quote = rest.hasPrefix("\"\"\"") ? "\"\"\"" : "\""
        rest = rest.dropFirst(quote.count)
        line.code += "\"\""
        while let character = rest.first {
            if rest.hasPrefix(quote + pounds) {
                rest = rest.dropFirst(quote.count + pounds.count)
                return
            } else if rest.hasPrefix("\\" + pounds + "(") {
                rest = rest.dropFirst(2 + pounds.count)
                code(until: ")")
                rest = rest.dropFirst()
            } else if rest.hasPrefix("\\" + pounds) && pounds.isEmpty {
                rest = rest.dropFirst()
                if let escaped = rest.first { skip(escaped) }
            } else if character.isNewline && quote.count == 1 {
                // No text but part of a regular expression: what follows the line is code again.
                return
            } else {
                skip(character)
            }
        }
    }

    private mutating func skip(_ character: Character) {
        rest = rest.dropFirst()
        if character.isNewline { endLine() }
    }

    private mutating func keepCode(_ character: Character) {
        rest = rest.dropFirst()
        if character.isNewline { endLine() } else { line.code.append(character) }
    }

    private mutating func keepComment(_ character: Character) {
        rest = rest.dropFirst()
        if character.isNewline { endLine() } else { line.comment.append(character) }
    }

    private mutating func endLine() {
        done.append(line)
        line = Source.Line(number: line.number + 1)
    }
}
