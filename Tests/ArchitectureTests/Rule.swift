/// A rule of the house: what it finds wrong in one file, given the targets that there are.
struct Rule {
    /// What the rule demands, as a sentence.
    let name: String
    private let find: (Source, House) -> [(line: Int, what: String)]

    init(_ name: String, _ find: @escaping (Source, House) -> [(line: Int, what: String)]) {
        self.name = name
        self.find = find
    }

    /// Each as `path:line: what (rule)`.
    func violations(in source: Source, of house: House) -> [String] {
        find(source, house).map { "\(source.path):\($0.line): \($0.what) — \(name)" }
    }

    /// A rule about code that must not match, in the files that it is for.
    static func ban(
        _ pattern: Regex<Substring>, _ name: String, in isMeant: @escaping (Source) -> Bool = { _ in true }
    ) -> Rule {
        // By default a word goes on across the dot in `bytes.withUnsafeBytes`.
        let pattern = pattern.wordBoundaryKind(.simple)
        return Rule(name) { source, _ in
            guard isMeant(source) else { return [] }
            return source.lines.compactMap { line in
                line.code.firstMatch(of: pattern).map { (line.number, "\(line.code[$0.range])") }
            }
        }
    }
}

extension Rule {
    static var all: [Rule] { imports + code + names }

    // MARK: Imports

    static var imports: [Rule] {
        [
            imports("core imports nothing but core", of: "Core") { house, _, module in
                house.layer(of: module) == "Core"
            },
            imports("kit imports core and its one C module", of: "Kit") { house, target, module in
                house.layer(of: module) == "Core" || house.owns(target, module)
            },
            imports("edge imports core, kit and edge, and Foundation only where text and time are made", of: "Edge") {
                house, target, module in
                if ["Foundation", "FoundationEssentials"].contains(module) {
                    return ["Contracts", "Console", "Operator", "SimulatedConsole"].contains(target)
                }
                return ["Core", "Kit", "Edge"].contains(house.layer(of: module))
            },
            imports("shell imports core, its one C module and the system, and no other shell", of: "Shell") {
                house, target, module in
                if ["LocalLog", "CaseIndex"].contains(target) && module == "SQLite" { return true }
                if target == "Settings" && module == "YAML" { return true }
                return ["Foundation", "Dispatch", "Glibc", "Synchronization"].contains(module)
                    || house.layer(of: module) == "Core" || house.owns(target, module)
            },
            imports("programs and test code reach C only through its owner", of: "Programs", "Testing") {
                house, _, module in
                house.layer(of: module) != "C"
            },
            Rule("tests reach C only through its owner") { source, house in
                guard source.path.hasPrefix("Tests/") else { return [] }
                return source.imports.filter { house.layer(of: $0.module) == "C" }.map {
                    ($0.line, "imports \($0.module)")
                }
            },
            Rule("only tests import test code") { source, house in
                guard let layer = source.layer, layer != "Testing" else { return [] }
                return source.imports.filter { house.layer(of: $0.module) == "Testing" || $0.module == "Testing" }
                    .map { ($0.line, "imports \($0.module)") }
            },
            Rule("the simulator shares no code with what it simulates for") { source, _ in
                guard source.target == "SimulatedConsole" else { return [] }
                return source.imports.filter { $0.module == "SentinelOne" }.map { ($0.line, "imports SentinelOne") }
            },
        ]
    }

    private static func imports(
        _ name: String, of layers: String..., where allowed: @escaping (House, String, String) -> Bool
    ) -> Rule {
        Rule(name) { source, house in
            guard let layer = source.layer, layers.contains(layer), let target = source.target else { return [] }
            return source.imports.filter { !allowed(house, target, $0.module) }
                .map { ($0.line, "imports \($0.module)") }
        }
    }

    // MARK: Code

    /// The type that owns bytes, and the tests' bad network, which is made of sockets.
    private static let pointing: Set = [
        "Sources/Core/Ports/Bytes.swift", "Sources/Testing/PipelineTesting/FaultyProxy.swift",
    ]

    static var code: [Rule] {
        [
            .ban(
                /\bOpaquePointer\b|\bUnmanaged\b|\b(?:with)?Unsafe\w*Pointer\b/,
                "pointers are for shell and kit, and for the one type that owns bytes",
                in: { !["Shell", "Kit", nil].contains($0.layer) && !pointing.contains($0.path) }),
            .ban(
                /\b(?:rd_kafka_|curl_|sqlite3_|MHD_|yaml_|crypto_)\w+/, "C names stay in shell and kit",
                in: { !["Shell", "Kit"].contains($0.layer) }),
            .ban(/\bpublic\b/, "package is the widest access, for there is no library product"),
            .ban(/\btry!/, "a failure is answered, not bet on"),
            .ban(/\bas!/, "a type is asked for, not bet on"),
            .ban(/\bfatalError\(/, "a programmer's error is a precondition with a sentence"),
            .ban(
                /\bDispatchSemaphore\b|\bNSLock\b|\bMutex\b|\bAtomic\b/, "core and edge are called by one thread",
                in: { ["Core", "Edge"].contains($0.layer) }),
            .ban(/@unchecked\s+Sendable/, "only shell may vouch for what crosses threads", in: { $0.layer != "Shell" }),
            .ban(
                /\bimport\s+XCTest\b/, "tests are swift-testing",
                in: { $0.path.hasPrefix("Tests/") || $0.layer == "Testing" }),
            Rule("what is left to do is an issue, not a remark") { source, _ in
                source.lines.compactMap { line in
                    line.comment.firstMatch(of: /\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/.wordBoundaryKind(.simple)).map {
                        (line.number, "\($0.output)")
                    }
                }
            },
            Rule("a switch in core names every case; a default says in its line why it may not") { source, _ in
                guard source.layer == "Core" else { return [] }
                return source.lines.filter { $0.code.contains(/^\s*default\s*:/) && $0.comment.isEmpty }
                    .map { ($0.number, "default:") }
            },
            Rule("main.swift wires and nothing else: at most 100 lines") { source, _ in
                source.name == "main.swift" && source.lines.count > 101 ? [(source.lines.count, "too long")] : []
            },
        ]
    }

    // MARK: Names

    private static let banned = ["Common", "Shared", "Utils", "Helpers", "Models"]

    static var names: [Rule] {
        [
            Rule("a name says what a thing is") { source, _ in
                let file = source.name.split(separator: ".").first.map(String.init) ?? ""
                let parts = (file.split(separator: "+") + [Substring(source.target ?? "")]).map(String.init)
                return parts.filter {
                    banned.contains($0) || $0.contains(/\w(?:Manager|Util|Utils|Helper|Helpers|Handler|Processor)$/)
                }
                .map { (1, "\($0) names nothing") }
            },
            .ban(
                /\b(?:class|struct|enum|actor|protocol)\s+\w*(?:Manager|Util|Utils|Helper|Helpers|Handler|Processor)\b/,
                "a type is named for what it is"),
        ]
    }
}

extension House {
    /// Whether a C module is the one that a target is there for.
    fileprivate func owns(_ target: String, _ module: String) -> Bool {
        guard layer(of: module) == "C" else { return false }
        return targets.first { $0.name == target }?.dependencies.filter { layer(of: $0) == "C" } == [module]
    }
}
