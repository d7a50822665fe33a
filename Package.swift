// swift-tools-version: 6.3
// The architecture as code. Each layer has one helper, which fixes where its targets live, the strict settings they
// are built with, and — through `legal` — what they may depend on. ArchitectureTests holds the imports against it.

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// Pure: depends on nothing outside Core, not even Foundation.
func core(_ name: String, _ dependencies: [String] = []) -> Target {
    // Lifetimes: `Bytes` hands out a `RawSpan`, so that its memory can be read and never kept.
    .layer("Core", name, dependencies, settings: [.enableExperimentalFeature("Lifetimes")])
}

/// Pure computation over one C library: no I/O, no clock.
func kit(_ name: String, _ dependencies: [String] = []) -> Target { .layer("Kit", name, dependencies) }

/// Mapping and stages: no I/O.
func edge(_ name: String, _ dependencies: [String]) -> Target { .layer("Edge", name, dependencies) }

/// The world: one C library each. Shell targets do not see each other (exception: LocalLog sits on SQLite).
func shell(_ name: String, _ dependencies: [String]) -> Target { .layer("Shell", name, dependencies) }

/// Wiring only.
func program(_ name: String, _ dependencies: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies.map { .byName(name: $0) }, path: "Sources/Programs/\(name)",
        swiftSettings: strict)
}

/// A C library as Debian ships it: module map and shims only.
func library(_ name: String, pkgConfig: String, debian: String) -> Target {
    .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// A C++ library behind an `extern "C"` header of ours.
func shim(_ name: String, links: String) -> Target {
    .target(
        name: name, path: "Sources/C/\(name)", cxxSettings: [.unsafeFlags(["-O2", "-std=c++17"])],
        linkerSettings: [.linkedLibrary(links)])
}

/// Code that only tests link.
func testing(_ name: String, _ dependencies: [String]) -> Target { .layer("Testing", name, dependencies) }

/// The tests of one target, with its name.
func tests(_ name: String, _ dependencies: [String], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies.map { .byName(name: $0) }, path: "Tests/\(name)Tests",
        resources: resources, swiftSettings: strict)
}

extension Target {
    static func layer(
        _ layer: String, _ name: String, _ dependencies: [String], settings: [SwiftSetting] = []
    ) -> Target {
        .target(
            name: name, dependencies: dependencies.map { .byName(name: $0) }, path: "Sources/\(layer)/\(name)",
            swiftSettings: strict + settings)
    }
}

let package = Package(
    name: "docket",
    targets: [
        // Core
        core("Ports"),
        core("Pipeline", ["Ports"]),
        core("Investigation", ["Ports"]),
        core("ActionLedger", ["Ports", "Investigation"]),
        core("Playbook", ["Ports", "Investigation", "ActionLedger"]),

        // Kit
        kit("JSONView", ["Ports", "CSimdJSON"]),
        kit("Crypto", ["Ports", "CSodium"]),

        // Edge
        edge("Contracts", ["Ports", "Pipeline", "Investigation", "ActionLedger", "Playbook", "JSONView"]),
        edge("Stages", ["Ports", "Pipeline", "Investigation", "ActionLedger", "Playbook", "Contracts", "JSONView"]),

        // Shell

        // Programs

        // C libraries
        shim("CSimdJSON", links: "simdjson"),
        library("CSodium", pkgConfig: "libsodium", debian: "libsodium-dev"),

        // Testing
        testing("Samples", ["Ports", "Investigation", "ActionLedger", "Playbook"]),

        // Tests
        tests("Investigation", ["Investigation", "Ports", "Samples"]),
        tests(
            "ActionLedger", ["ActionLedger", "Investigation", "Ports", "Samples"], resources: [.copy("Golden")]),
        tests("Playbook", ["Playbook", "ActionLedger", "Investigation", "Ports", "Samples"]),
        tests("JSONView", ["JSONView", "Ports"]),
        tests("Crypto", ["Crypto", "Ports"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
