/// That a text in a list is not what was wanted; what was, in words.
package struct UnfitText: Error {
    package let expectation: String
    package init(expecting expectation: String) { self.expectation = expectation }
}

// Lists whose texts are judged one by one, each in its own place.
extension SettingsSection {
    /// What `read` makes of each text of a list; absent means none.
    package mutating func values<T>(
        _ key: String, count: ClosedRange<Int>, _ read: (String) throws(UnfitText) -> T
    ) -> [T] {
        var values: [T] = []
        for (index, node) in items(key, count: count, of: "texts").enumerated() {
            do throws(UnfitText) {
                guard case .text(let text, _) = node.value, !text.isEmpty else { throw UnfitText(expecting: "text") }
                values.append(try read(text))
            } catch {
                note(
                    .unfit(expectation: error.expectation, found: node.found), at: node.place,
                    keyPath: "\(path(to: key))[\(index)]")
            }
        }
        return values
    }

    /// Names that the operator chose, each with a text; absent means none.
    package mutating func pairs(
        _ key: String, atMost limit: Int, expecting expectation: String,
        where fits: (_ name: String, _ text: String) -> Bool
    ) -> [(name: String, text: String)] {
        guard let node = node(key) else { return [] }
        guard case .section(let entries) = node.value, entries.count <= limit else {
            let expectation = "at most \(limit) names, each with a text"
            note(.unfit(expectation: expectation, found: node.found), at: node.place, key)
            return []
        }
        return entries.compactMap { entry in
            if case .text(let text, _) = entry.node.value, fits(entry.key, text) { return (entry.key, text) }
            note(
                .unfit(expectation: expectation, found: entry.node.found), at: entry.place,
                keyPath: "\(path(to: key)).\(entry.key)")
            return nil
        }
    }
}
