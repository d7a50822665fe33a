/// One or more values, any of which a row may have. Never none: an empty list would ask for everything.
package struct Choice<Value: Hashable & Sendable>: Hashable, Sendable {
    /// With the ids of a query it still fits into a request line.
    package static var limit: Int { 100 }

    package let values: [Value]

    package init(_ first: Value, _ others: Value...) {
        values = ([first] + others).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        precondition(values.count <= Self.limit, "a choice is of at most \(Self.limit) values")
    }

    /// nil when there is none or there are more than `limit`; one that is named twice counts once.
    package init?(_ values: [Value]) {
        var seen: Set<Value> = []
        let distinct = values.filter { seen.insert($0).inserted }
        guard !distinct.isEmpty, distinct.count <= Self.limit else { return nil }
        self.values = distinct
    }

    func commaSeparated(_ spelling: (Value) -> String) -> String { values.map(spelling).joined(separator: ",") }
}

/// Values of a filter that is free text at the console, any of which a row may have. Never none, for the same reason.
package struct FilterWords: Hashable, Sendable {
    package let texts: [String]

    /// nil when there is none, there are more than 50, or one of them is not a word: one to 40 letters, digits, spaces,
    /// dots, hyphens and underscores, which is all that classifications and uuids are made of. A comma would make two
    /// words of one.
    package init?(_ texts: [String]) {
        guard let choice = Choice(texts), choice.values.count <= 50, choice.values.allSatisfy(Self.isWord) else {
            return nil
        }
        self.texts = choice.values
    }

    var commaSeparated: String { texts.joined(separator: ",") }

    private static func isWord(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count) && text.utf8.allSatisfy(isPlain)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false  // a byte that could mean something to the console or to a request line
        }
    }
}
