/// A section of settings while it is being read: each reader takes a key, gives the typed value, and notes what is
/// wrong with it. The keys that were asked for are the keys that exist; every other one is a problem.
///
/// A reader that finds a problem returns a stand-in, so that reading goes on and all problems are seen at once. Nobody
/// ever works with a stand-in: `SettingsDocument.read` throws when there was any problem.
///
///     struct Poll { init(_ section: inout SettingsSection) { every = section.duration("every", in: … } }
///     let poll = outer.section("poll", Poll.init)
package struct SettingsSection {
    let file: String
    /// As in `consoles[0]`; empty for the whole document.
    package let keyPath: String
    private let place: SettingsPlace
    private let entries: [SettingsEntry]
    private var asked: [String] = []
    private var problems: [SettingsProblem] = []

    /// A node that is no section is a problem, and reads as an empty one.
    init(of node: SettingsNode, in file: String, keyPath: String = "") {
        self.file = file
        self.keyPath = keyPath
        place = node.place
        switch node.value {
        case .section(let entries): self.entries = entries
        case .empty: entries = []
        case .text, .list:
            entries = []
            problems = [
                SettingsProblem(
                    file: file, at: node.place, keyPath: keyPath,
                    .unfit(expectation: "a section of keys", found: node.found))
            ]
        }
    }

    /// Notes a rule that ties several keys together, at one of them or at the section as a whole.
    package mutating func refuse(_ sentence: String, at key: String? = nil) {
        let entry = key.flatMap { key in entries.first { $0.key == key } }
        note(.other(sentence), at: entry?.place ?? place, keyPath: key.map(path(to:)) ?? keyPath)
    }

    /// Nil where the key is absent; else what `read` makes of it: `optional("directory") { $0.path($1) }`.
    package mutating func optional<T>(_ key: String, _ read: (inout SettingsSection, String) -> T) -> T? {
        node(key) == nil ? nil : read(&self, key)
    }

    /// A section inside this one.
    package mutating func section<T>(_ key: String, _ parse: (inout SettingsSection) -> T) -> T {
        let found = node(key)
        let inner = found ?? SettingsNode(.empty, at: place)
        var section = SettingsSection(of: inner, in: file, keyPath: path(to: key))
        let parsed = parse(&section)
        if found == nil {
            // What an absent section lacks is one problem, not one for each of its keys; where every key of it has a
            // default it lacks nothing.
            if !section.problems.isEmpty {
                note(.missing(expectation: "a section with \(section.asked.joined(separator: ", "))"), key)
            }
        } else {
            problems += section.finished()
        }
        return parsed
    }

    /// A list of sections; absent means none, which is a problem only where some are needed.
    package mutating func list<T>(
        _ key: String, count: ClosedRange<Int>, _ parse: (inout SettingsSection) -> T
    ) -> [T] {
        items(key, count: count, of: "sections").enumerated().map { index, node in
            var section = SettingsSection(of: node, in: file, keyPath: "\(path(to: key))[\(index)]")
            let parsed = parse(&section)
            problems += section.finished()
            return parsed
        }
    }

    /// A list of texts, each not empty; absent means none, which is a problem only where some are needed.
    package mutating func texts(_ key: String, count: ClosedRange<Int>) -> [String] {
        items(key, count: count, of: "texts").enumerated().compactMap { index, node in
            if case .text(let text, _) = node.value, !text.isEmpty { return text }
            note(
                .unfit(expectation: "text", found: node.found), at: node.place, keyPath: "\(path(to: key))[\(index)]")
            return nil
        }
    }

    mutating func items(_ key: String, count: ClosedRange<Int>, of kind: String) -> [SettingsNode] {
        let expectation = "a list of \(count.lowerBound) to \(count.upperBound) \(kind)"
        guard let node = node(key) else {
            if count.lowerBound > 0 { note(.missing(expectation: expectation), key) }
            return []
        }
        guard case .list(let items) = node.value else {
            note(.unfit(expectation: expectation, found: node.found), at: node.place, key)
            return []
        }
        if !count.contains(items.count) {
            note(.unfit(expectation: expectation, found: "\(items.count)"), at: node.place, key)
            return []
        }
        return items
    }

    /// What every reader of one value does: find the key, let `convert` judge its text, note what is wrong.
    mutating func value<T>(
        _ key: String, expecting expectation: String, default standard: T?, standIn: T, confidential: Bool = false,
        _ convert: (String) -> T?
    ) -> T {
        guard let node = node(key) else {
            if let standard { return standard }
            note(.missing(expectation: expectation), key)
            return standIn
        }
        if case .text(let text, _) = node.value, let value = convert(text) { return value }
        let found = confidential ? "something else (not shown)" : node.found
        note(.unfit(expectation: expectation, found: found), at: node.place, key)
        return standIn
    }

    /// Marks the key as known, whether or not it is there.
    mutating func node(_ key: String) -> SettingsNode? {
        if !asked.contains(key) { asked.append(key) }
        return entries.first { $0.key == key }?.node
    }

    func path(to key: String) -> String { keyPath.isEmpty ? key : "\(keyPath).\(key)" }

    mutating func note(_ fault: SettingsProblem.Fault, at place: SettingsPlace? = nil, _ key: String) {
        note(fault, at: place ?? self.place, keyPath: path(to: key))
    }

    mutating func note(_ fault: SettingsProblem.Fault, at place: SettingsPlace, keyPath: String) {
        problems.append(SettingsProblem(file: file, at: place, keyPath: keyPath, fault))
    }

    /// Every problem, once all keys were asked for: the keys that nobody asked for are problems too.
    consuming func finished() -> [SettingsProblem] {
        for entry in entries where !asked.contains(entry.key) {
            note(.unknownKey(nearest: asked.nearest(to: entry.key)), at: entry.place, entry.key)
        }
        return problems
    }
}

extension SettingsNode {
    /// What stands there, for a problem: bounded, printable, and before environment variables were put in.
    var found: String {
        switch value {
        case .empty: "nothing"
        case .text(_, let written): written.isEmpty ? "empty text" : "\"\(written.printable(atMost: 60))\""
        case .list(let items): "a list of \(items.count)"
        case .section: "a section"
        }
    }
}
