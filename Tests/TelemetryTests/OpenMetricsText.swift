import Testing

/// A reader of OpenMetrics 1.0, after the grammar and the rules of its specification and nothing else. What it does not
/// know it refuses.
struct OpenMetricsText {
    struct Family: Equatable {
        var type = "unknown"
        var unit = ""
        var help = ""
        var samples: [Sample] = []
    }

    struct Sample: Equatable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var families: [String: Family] = [:]
    private var current: String?
    private var described: Set<String> = []

    init(_ text: String) throws {
        guard text.hasSuffix("# EOF\n") else { throw Refused(description: "does not end with # EOF") }
        for line in text.dropLast("# EOF\n".count).split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# ") { try describe(line.dropFirst(2)) } else { try sample(line) }
        }
        for (name, family) in families {
            guard family.unit.isEmpty || name.hasSuffix("_" + family.unit) else {
                throw Refused(description: "\(name) does not end with its unit \(family.unit)")
            }
        }
    }

    private mutating func describe(_ line: Substring) throws {
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, Self.isName(parts[1], also: ":") else { throw Refused(description: "# \(line)") }
        let (kind, name) = (parts[0], parts[1])
        if current != name {
            // Families must not be interleaved.
            guard families[name] == nil else { throw Refused(description: "\(name) comes twice") }
            families[name] = Family()
            current = name
        }
        guard families[name]?.samples.isEmpty == true else { throw Refused(description: "\(name): said too late") }
        guard described.insert("\(kind) \(name)").inserted else { throw Refused(description: "\(kind) \(name) twice") }
        switch kind {
        case "TYPE" where ["counter", "gauge", "info", "stateset", "unknown"].contains(parts[2]):
            families[name]?.type = parts[2]
        case "UNIT": families[name]?.unit = parts[2]
        case "HELP":
            var rest = parts[2][...]
            families[name]?.help = try Self.escaped(&rest, until: nil)
        default: throw Refused(description: "# \(line)")
        }
    }

    private mutating func sample(_ line: Substring) throws {
        let name = String(line.prefix { $0 != "{" && $0 != " " })
        var rest = line.dropFirst(name.count)
        guard Self.isName(name, also: ":") else { throw Refused(description: "\(line)") }
        var labels: [String: String] = [:]
        if rest.hasPrefix("{") {
            repeat {
                rest = rest.dropFirst()
                let label = String(rest.prefix { $0 != "=" })
                rest = rest.dropFirst(label.count)
                guard Self.isName(label), !label.hasPrefix("__"), rest.hasPrefix("=\"") else {
                    throw Refused(description: "\(line)")
                }
                rest = rest.dropFirst(2)
                guard labels[label] == nil else { throw Refused(description: "label twice: \(line)") }
                labels[label] = try Self.escaped(&rest, until: "\"")
            } while rest.hasPrefix(",")
            guard rest.hasPrefix("}") else { throw Refused(description: "\(line)") }
            rest = rest.dropFirst()
        }
        guard rest.hasPrefix(" "), let value = Self.number(rest.dropFirst()) else {
            throw Refused(description: "\(line)")
        }
        try take(Sample(name: name, labels: labels, value: value))
    }

    private mutating func take(_ sample: Sample) throws {
        guard let current, let family = families[current] else { throw Refused(description: "\(sample): no family") }
        switch family.type {
        case "counter":
            guard sample.name == current + "_total", sample.value >= 0 else { throw Refused(description: "\(sample)") }
        default:
            guard sample.name == current else { throw Refused(description: "\(sample)") }
        }
        guard !family.samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
            throw Refused(description: "\(sample): twice")
        }
        families[current]?.samples.append(sample)
    }

    /// `[sign] digits [. digits] [e [sign] digits]`, or one of the words.
    private static func number(_ text: Substring) -> Double? {
        if ["+Inf", "-Inf", "NaN"].contains(text) { return Double(text) }
        guard text.wholeMatch(of: /[+-]?[0-9]+(\.[0-9]*)?(e[+-]?[0-9]+)?/) != nil else { return nil }
        return Double(text)
    }

    private static func isName(_ text: String, also: String = "") -> Bool {
        guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
        return text.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
                || also.unicodeScalars.contains($0)
        }
    }

    /// Text in which backslash, quote and line feed stand behind a backslash; takes the end along.
    private static func escaped(_ text: inout Substring, until end: Character?) throws -> String {
        var read = ""
        while let character = text.popFirst() {
            if character == end { return read }
            switch character {
            case "\"": throw Refused(description: "a bare quote")
            case "\\":
                switch text.popFirst() {
                case "n": read += "\n"
                case "\"": read += "\""
                case "\\": read += "\\"
                default: throw Refused(description: "an escape that is none")
                }
            default: read.append(character)
            }
        }
        if end != nil { throw Refused(description: "no end of a label") }
        return read
    }
}
