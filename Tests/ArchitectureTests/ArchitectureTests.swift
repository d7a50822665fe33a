import Foundation
import Testing

@Suite("House rules") struct ArchitectureTests {
    @Test("no file of the tree breaks a rule")
    func tree() throws {
        let house = House(manifest: try House.text(of: "Package.swift"))
        let sources = try House.sources()
        #expect(sources.count > 20, "the tree was not found")
        let violations = sources.flatMap { source in Rule.all.flatMap { $0.violations(in: source, of: house) } }
        #expect(violations.isEmpty, "\n\(violations.joined(separator: "\n"))")
    }

    @Test("every target has its folder, every folder its target")
    func folders() throws {
        let house = House(manifest: try House.text(of: "Package.swift"))
        let declared = Set(house.targets.map(\.folder))
        #expect(declared.count == house.targets.count, "a target is declared twice")
        #expect(declared == (try House.folders()))
    }

    @Test("a C module has exactly one owner")
    func owners() throws {
        let house = House(manifest: try House.text(of: "Package.swift"))
        for module in house.targets where module.layer == "C" {
            let owners = house.targets.filter { $0.dependencies.contains(module.name) }.map(\.name)
            #expect(owners.count == 1, "\(module.name) belongs to \(owners)")
        }
    }

    @Test("every library of Package.swift is installed by deploy/packages")
    func packages() throws {
        let manifest = try House.text(of: "Package.swift")
        let installed = Set(
            try House.text(of: "deploy/packages").split(separator: "\n").filter { !$0.hasPrefix("#") }
                .flatMap { $0.split(separator: " ") })
        let needed = manifest.matches(of: /debian: "([\w.+-]+)"/).map(\.1)
        #expect(!needed.isEmpty)
        for package in needed { #expect(installed.contains(package), "\(package) is missing") }
    }

    /// A rule that finds nothing in what was planted for it has rotted.
    @Test("each rule finds what is planted for it, and nothing in its innocent twin", arguments: Planted.all)
    func planted(_ planted: Planted) throws {
        let house = House(manifest: Planted.manifest)
        let rule = try #require(Rule.all.first { $0.name == planted.rule }, "there is no such rule")
        let guilty = rule.violations(in: Source(path: planted.path, text: planted.guilty), of: house)
        #expect(guilty.count == 1, "\(guilty)")
        let path = planted.innocentPath ?? planted.path
        let innocent = rule.violations(in: Source(path: path, text: planted.innocent), of: house)
        #expect(innocent.isEmpty, "\(innocent)")
    }

    @Test("no rule is without something planted for it")
    func planted() {
        #expect(Set(Planted.all.map(\.rule)) == Set(Rule.all.map(\.name)))
    }

    @Test("comments and texts are told from code")
    func lexer() {
        let source = Source(
            path: "Sources/Core/Ports/X.swift",
            text: """
                let a = "public \\(b ? "try!" : #"as!"#) // no" // public
                /* public /* nested */ try! */ let c = 1
                let d = \"""
                    public "quoted"
                    \"""; let e = #"\\"# // why
                let f = "\\\\"; public
                """)
        #expect(source.lines.map(\.number) == Array(1...6))
        #expect(
            source.lines.map { $0.code.trimmingCharacters(in: .whitespaces) } == [
                "let a = \"\"b ? \"\" : \"\"", "let c = 1", "let d = \"\"", "", "; let e = \"\"",
                "let f = \"\"; public",
            ])
        #expect(source.lines[0].comment == "// public")
        #expect(source.lines[4].comment == "// why")
    }

    @Test(
        "an import is seen in all its forms",
        arguments: [
            "import Ports", "package import Ports", "@testable import Ports", "@preconcurrency internal import Ports",
            "import struct Ports.Bytes", "  import Ports // why", "import Ports.Bytes",
        ])
    func imports(line: String) {
        #expect(Source(path: "Sources/Core/X/Y.swift", text: line).imports.map(\.module) == ["Ports"])
    }
}
