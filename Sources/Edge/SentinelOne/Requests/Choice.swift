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

/// A value of a filter that is free text at the console. Without a comma, which would make two of it.
package struct FilterWord: Hashable, Sendable {
    package let text: String

    /// nil for nothing, for more than 64 bytes, and for anything but letters, digits, spaces, dots, hyphens and
    /// underscores: all that classifications and uuids are made of.
    package init?(_ text: String) {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(Self.isPlain) else { return nil }
        self.text = text
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
