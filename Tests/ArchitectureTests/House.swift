import Foundation

/// The targets that Package.swift declares, and the folders that there are.
struct House {
    struct Target: Hashable {
        let name: String
        /// As in `Sources/Core`; nil for the tests.
        let layer: String?
        let dependencies: [String]

        var folder: String { layer.map { "Sources/\($0)/\(name)" } ?? "Tests/\(name)" }
    }

    let targets: [Target]

    /// Reads the calls of the helper functions, one target each.
    init(manifest: String) {
        let start = manifest.range(of: "let package = Package(")?.lowerBound ?? manifest.startIndex
        let calls = manifest[start...].split(separator: "\n").filter { !$0.contains(/^\s*\/\//) }.joined(
            separator: "\n")
        targets = calls.matches(of: /\b(\w+)\(\s*"(\w+)"(?:,\s*\[([^\]]*)\])?/).compactMap { match in
            let dependencies = (match.3 ?? "").matches(of: /"(\w+)"/).map { String($0.1) }
            guard let (layer, name) = Self.place(of: String(match.2), by: String(match.1)) else { return nil }
            return Target(name: name, layer: layer, dependencies: dependencies)
        }
    }

    private static func place(of name: String, by helper: String) -> (layer: String?, name: String)? {
        switch helper {
        case "core": ("Core", name)
        case "kit": ("Kit", name)
        case "edge": ("Edge", name)
        case "shell": ("Shell", name)
        case "program", "boot": ("Programs", name)
        case "library", "shim": ("C", name)
        case "testing", "probe": ("Testing", name)
        case "tests": (nil, name + "Tests")
        default: nil
        }
    }

    func layer(of module: String) -> String? { targets.first { $0.name == module }?.layer }

    /// The package that this file belongs to.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Every Swift file under Sources and Tests.
    static func sources() throws -> [Source] {
        try ["Sources", "Tests"].flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
                .filter { $0.hasSuffix(".swift") }.sorted()
                .map { Source(path: "\(folder)/\($0)", text: try text(of: "\(folder)/\($0)")) }
        }
    }

    /// The folders in which a target could live.
    static func folders() throws -> Set<String> {
        var folders: Set<String> = []
        for layer in try directories(in: "Sources") {
            folders.formUnion(try directories(in: layer))
        }
        return folders.union(try directories(in: "Tests").filter { !$0.hasSuffix("/Mutations") })
    }

    private static func directories(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).sorted().filter { name in
            var isDirectory: ObjCBool = false
            let path = root.appending(path: "\(folder)/\(name)").path
            return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
        }.map { "\(folder)/\($0)" }
    }
}
