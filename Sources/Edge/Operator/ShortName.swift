/// Ids are long. A part of one stands for it as long as it stands for nothing else.
package enum ShortName {
    /// Below that a part is a slip of the finger rather than a name.
    package static let shortest = 4
    /// So many candidates are worth reading.
    static let shown = 10

    /// The one id among `ids` that is `text` or contains it; refused where there is none, or more than one.
    package static func whole(
        _ text: String, among ids: [String], what: String, partAllowed: Bool = true
    ) throws(Refusal) -> String {
        if ids.contains(text) { return text }
        guard partAllowed else {
            throw Refusal(
                "no \(what) \(text): without a terminal to ask at, \(what) ids are written whole",
                candidates: candidates(for: text, in: ids))
        }
        guard text.count >= shortest else {
            throw Refusal("no \(what) \(text): a part of an id has at least \(shortest) characters")
        }
        let found = ids.filter { $0.contains(text) }
        guard let only = found.first else { throw Refusal("no \(what) \(text)") }
        guard found.count == 1 else {
            throw Refusal("\(text) stands for \(found.count) \(what)s", candidates: Array(found.prefix(shown)))
        }
        return only
    }

    private static func candidates(for text: String, in ids: [String]) -> [String] {
        text.count < shortest ? [] : Array(ids.filter { $0.contains(text) }.prefix(shown))
    }
}

/// Why what was asked for is not done: there is no such thing, or it must not be.
package struct Refusal: Error, Equatable {
    package let sentence: String
    /// What may have been meant.
    package let candidates: [String]

    package init(_ sentence: String, candidates: [String] = []) {
        self.sentence = sentence
        self.candidates = candidates
    }
}
