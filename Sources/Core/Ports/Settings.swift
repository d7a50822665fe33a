/// A place in a settings file; both count from 1.
package struct SettingsPlace: Hashable, Comparable, Sendable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: SettingsPlace, right: SettingsPlace) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A piece of settings and where it stands, whatever language it was written in.
package struct SettingsNode: Sendable {
    package indirect enum Value: Sendable {
        /// A key with nothing behind it.
        case empty
        /// `written` is the text before environment variables were put in: the only one that problems may show.
        case text(String, written: String)
        case list([SettingsNode])
        case section([SettingsEntry])
    }

    package let value: Value
    package let place: SettingsPlace

    package init(_ value: Value, at place: SettingsPlace) {
        self.value = value
        self.place = place
    }
}

package struct SettingsEntry: Sendable {
    package let key: String
    package let place: SettingsPlace
    package let node: SettingsNode

    package init(_ key: String, at place: SettingsPlace, _ node: SettingsNode) {
        self.key = key
        self.place = place
        self.node = node
    }
}

/// One thing that is wrong with the settings, as a line that says where, what was expected and what was found.
package struct SettingsProblem: Hashable, Sendable, CustomStringConvertible {
    package enum Fault: Hashable, Sendable {
        case unknownKey(nearest: String?)
        case missing(expectation: String)
        case unfit(expectation: String, found: String)
        /// What concerns the file or several keys at once.
        case other(String)
    }

    package let file: String
    package let place: SettingsPlace?
    /// As in `consoles[0].poll`; empty where the whole file is meant.
    package let keyPath: String
    package let fault: Fault

    package init(file: String, at place: SettingsPlace?, keyPath: String = "", _ fault: Fault) {
        self.file = file
        self.place = place
        self.keyPath = keyPath
        self.fault = fault
    }

    package var description: String {
        let position = place.map { ":\($0.line):\($0.column)" } ?? ""
        let subject = keyPath.isEmpty ? ":" : " \(keyPath.printable()):"
        return "\(file.printable())\(position)\(subject) \(sentence)"
    }

    private var sentence: String {
        switch fault {
        case .unknownKey(nearest: let name?): "unknown key; did you mean \"\(name)\"?"
        case .unknownKey(nearest: nil): "unknown key"
        case .missing(let expectation): "missing; expected \(expectation)"
        case .unfit(let expectation, let found): "expected \(expectation), found \(found)"
        case .other(let sentence): sentence
        }
    }
}

/// Everything that is wrong with the settings, in the order of the file.
package struct SettingsProblems: Failure, Equatable {
    package let problems: [SettingsProblem]

    package init(_ problems: [SettingsProblem]) {
        self.problems = problems.enumerated().sorted { left, right in
            let first = left.element.place ?? SettingsPlace(line: 0, column: 0)
            let second = right.element.place ?? SettingsPlace(line: 0, column: 0)
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }

    package var remedy: Remedy { .stop }
    package var code: String { "settings" }
    package var detail: String { problems.map(\.description).joined(separator: "\n") }
    package var exitCode: ExitCode { .usage }
}

/// Settings as they were read, before anybody gave them a meaning.
package struct SettingsDocument: Sendable {
    /// As the operator named it: problems begin with it, and relative paths in it are relative to its folder.
    package let file: String
    package let root: SettingsNode

    package init(file: String, root: SettingsNode) {
        self.file = file
        self.root = root
    }

    /// The typed settings that `parse` makes of the whole document, or every problem in it.
    package func read<T>(_ parse: (inout SettingsSection) -> T) throws(SettingsProblems) -> T {
        var section = SettingsSection(of: root, in: file)
        let settings = parse(&section)
        let problems = section.finished()
        guard problems.isEmpty else { throw SettingsProblems(problems) }
        return settings
    }
}

/// Where a secret lies. Its content is read when it is needed, and again after it changed, never into the settings.
package struct SecretFile: Hashable, Sendable {
    package let path: String
    package init(path: String) { self.path = path }
}
