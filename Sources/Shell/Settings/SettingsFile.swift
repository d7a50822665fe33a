// The file behind the settings: read, parsed as YAML, with the environment put in. What it means is for whoever reads
// the tree (`SettingsDocument.read`); secrets stay in their own files until they are used (`SecretFile.secret()`).

package import Ports
import YAML

/// The settings as a tree, or what is wrong with the file that holds them.
package enum SettingsFile {
    /// A settings file is written by hand; more than this is something else.
    static let sizeLimit = 1 << 20

    /// Reads the file and puts `${NAME}` of the environment into its values; `$${` stands for a plain `${`.
    package static func read(
        _ path: String, environment: [String: String]
    ) throws(SettingsProblems) -> SettingsDocument {
        let bytes: Bytes
        do {
            bytes = try SmallFile.read(path, atMost: sizeLimit)
        } catch {
            throw unreadable(path, error.reason)
        }
        guard let text = bytes.text else { throw unreadable(path, "not UTF-8") }
        return try parse(text, file: path, environment: environment)
    }

    /// The same for text that is already here.
    package static func parse(
        _ text: String, file: String, environment: [String: String]
    ) throws(SettingsProblems) -> SettingsDocument {
        let root: YAMLNode
        do {
            root = try YAMLNode(parsing: text, limits: YAMLLimits(bytes: sizeLimit))
        } catch {
            let place = SettingsPlace(line: error.line, column: error.column)
            throw SettingsProblems([SettingsProblem(file: file, at: place, .other(error.sentence))])
        }
        var tree = SettingsTree(file: file, environment: environment)
        let node = tree.node(root, keyPath: "")
        guard tree.problems.isEmpty else { throw SettingsProblems(tree.problems) }
        return SettingsDocument(file: file, root: node)
    }

    private static func unreadable(_ file: String, _ reason: String) -> SettingsProblems {
        SettingsProblems([SettingsProblem(file: file, at: nil, .other("cannot be read: \(reason)"))])
    }
}

/// YAML turned into the tree that the core knows, with the environment put into its values.
struct SettingsTree {
    let file: String
    let environment: [String: String]
    private(set) var problems: [SettingsProblem] = []

    init(file: String, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    mutating func node(_ node: YAMLNode, keyPath: String) -> SettingsNode {
        let place = SettingsPlace(line: node.line, column: node.column)
        switch node.content {
        case .scalar(let scalar) where scalar.isEmpty: return SettingsNode(.empty, at: place)
        case .scalar(let scalar):
            let text = substituted(scalar.text, at: place, keyPath: keyPath)
            return SettingsNode(.text(text, written: scalar.text), at: place)
        case .sequence(let items):
            var list: [SettingsNode] = []
            for (index, item) in items.enumerated() { list.append(self.node(item, keyPath: "\(keyPath)[\(index)]")) }
            return SettingsNode(.list(list), at: place)
        case .mapping(let entries):
            var section: [SettingsEntry] = []
            for entry in entries {
                let path = keyPath.isEmpty ? entry.key : "\(keyPath).\(entry.key)"
                let keyPlace = SettingsPlace(line: entry.line, column: entry.column)
                section.append(SettingsEntry(entry.key, at: keyPlace, self.node(entry.value, keyPath: path)))
            }
            return SettingsNode(.section(section), at: place)
        }
    }

    /// What comes from the environment is not looked at again: a value cannot smuggle in another name.
    private mutating func substituted(_ text: String, at place: SettingsPlace, keyPath: String) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let close = rest.firstIndex(of: "}") else {
                    note(.unfit(expectation: "${NAME}", found: "${ without its }"), at: place, keyPath)
                    return result
                }
                let name = String(rest[rest.index(rest.startIndex, offsetBy: 2)..<close])
                if let value = environment[name] {
                    result += value
                } else {
                    note(.other("the environment variable \(name.printable()) is not set"), at: place, keyPath)
                }
                rest = rest[rest.index(after: close)...]
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private mutating func note(_ fault: SettingsProblem.Fault, at place: SettingsPlace, _ keyPath: String) {
        problems.append(SettingsProblem(file: file, at: place, keyPath: keyPath, fault))
    }
}
