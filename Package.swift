// swift-tools-version: 6.3
// The architecture as code. Each layer has one helper, which fixes where its targets live, the strict settings they
// are built with, and what they may depend on: only on what is declared above them, and only on the layers that
// `Layer.mayUse` names. ArchitectureTests holds the imports in the sources against the same picture.

import PackageDescription

enum Layer: String {
    case library = "C"
    case core = "Core"
    case kit = "Kit"
    case edge = "Edge"
    case shell = "Shell"
    case program = "Programs"
    case testing = "Testing"

    func mayUse(_ other: Layer) -> Bool {
        switch self {
        case .library: false
        case .core: other == .core
        case .kit: [.core, .library].contains(other)
        case .edge: [.core, .kit, .edge].contains(other)
        case .shell: [.core, .kit, .library].contains(other)
        case .program: [.core, .kit, .edge, .shell, .program].contains(other)
        case .testing: other != .library
        }
    }
}

/// The one Shell target that others may build on: what keeps records and what keeps cases both keep them in SQLite.
let foundation = "SQLite"

/// Filled as targets are declared, by one thread, from top to bottom.
nonisolated(unsafe) var layers: [String: Layer] = [:]

func declare(_ name: String, in layer: Layer, on dependencies: [String]) -> [Target.Dependency] {
    for dependency in dependencies {
        guard let other = layers[dependency] else { fatalError("\(name) depends on \(dependency), declared below it") }
        guard layer.mayUse(other) || (layer == .shell && dependency == foundation) else {
            fatalError("\(name) in \(layer.rawValue) may not depend on \(dependency) in \(other.rawValue)")
        }
    }
    layers[name] = layer
    return dependencies.map { .byName(name: $0) }
}

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

func room(_ name: String, in layer: Layer, _ dependencies: [String], settings: [SwiftSetting] = []) -> Target {
    .target(
        name: name, dependencies: declare(name, in: layer, on: dependencies),
        path: "Sources/\(layer.rawValue)/\(name)", swiftSettings: strict + settings)
}

func executable(_ name: String, in layer: Layer, _ dependencies: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: declare(name, in: layer, on: dependencies),
        path: "Sources/\(layer.rawValue)/\(name)", swiftSettings: strict)
}

/// A C library as Debian ships it: module map and shims only.
func library(_ name: String, pkgConfig: String, debian: String) -> Target {
    layers[name] = .library
    return .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// A C++ library behind an `extern "C"` header of ours.
func shim(_ name: String, links: String) -> Target {
    layers[name] = .library
    return .target(
        name: name, path: "Sources/C/\(name)", cxxSettings: [.unsafeFlags(["-O2", "-std=c++17"])],
        linkerSettings: [.linkedLibrary(links)])
}

/// Pure: depends on nothing outside Core, not even Foundation.
func core(_ name: String, _ dependencies: [String] = []) -> Target {
    // Lifetimes: `Bytes` hands out a `RawSpan`, so that its memory can be read and never kept.
    room(name, in: .core, dependencies, settings: [.enableExperimentalFeature("Lifetimes")])
}

/// Pure computation over one C library: no I/O, no clock.
func kit(_ name: String, _ dependencies: [String]) -> Target { room(name, in: .kit, dependencies) }

/// Mapping and stages: no I/O.
func edge(_ name: String, _ dependencies: [String]) -> Target { room(name, in: .edge, dependencies) }

/// The world: one C library each.
func shell(_ name: String, _ dependencies: [String]) -> Target { room(name, in: .shell, dependencies) }

/// The start-up that programs share.
func boot(_ name: String, _ dependencies: [String]) -> Target { room(name, in: .program, dependencies) }

/// Wiring only.
func program(_ name: String, _ dependencies: [String]) -> Target { executable(name, in: .program, dependencies) }

/// Code that only tests link.
func testing(_ name: String, _ dependencies: [String]) -> Target { room(name, in: .testing, dependencies) }

/// A program that only tests start, and kill.
func probe(_ name: String, _ dependencies: [String]) -> Target { executable(name, in: .testing, dependencies) }

/// The tests of one target, with its name.
func tests(_ name: String, _ dependencies: [String], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies.map { .byName(name: $0) }, path: "Tests/\(name)Tests",
        resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "docket",
    targets: [
        // C libraries
        shim("CSimdJSON", links: "simdjson"),
        shim("CRE2", links: "re2"),
        library("CSodium", pkgConfig: "libsodium", debian: "libsodium-dev"),
        library("CYAML", pkgConfig: "yaml-0.1", debian: "libyaml-dev"),
        library("CSQLite", pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
        library("CCurl", pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),
        library("CMicroHTTPD", pkgConfig: "libmicrohttpd", debian: "libmicrohttpd-dev"),
        library("CRDKafka", pkgConfig: "rdkafka", debian: "librdkafka-dev"),

        // Core
        core("Ports"),
        core("Pipeline", ["Ports"]),
        core("Investigation", ["Ports"]),
        core("ActionLedger", ["Ports", "Investigation"]),
        core("Playbook", ["Ports", "Investigation", "ActionLedger"]),

        // Kit
        kit("JSONView", ["Ports", "CSimdJSON"]),
        kit("Crypto", ["Ports", "CSodium"]),
        kit("Patterns", ["CRE2", "Ports"]),
        kit("YAML", ["CYAML", "Ports"]),

        // Edge
        edge("Contracts", ["Ports", "Pipeline", "Investigation", "ActionLedger", "Playbook", "JSONView"]),
        edge("SentinelOne", ["Ports", "Pipeline", "JSONView"]),
        edge("SimulatedConsole", ["Ports"]),
        edge(
            "Stages",
            [
                "Ports", "Pipeline", "Investigation", "ActionLedger", "Playbook", "Contracts", "SentinelOne",
                "JSONView",
                "Crypto", "Patterns",
            ]),
        edge(
            "Operator",
            ["Ports", "Pipeline", "Investigation", "ActionLedger", "Contracts", "SentinelOne", "JSONView", "Crypto"]),

        // Shell
        shell("Settings", ["Ports", "YAML"]),
        shell("Telemetry", ["Ports"]),
        shell("Lifecycle", ["Ports"]),
        shell("SQLite", ["CSQLite", "Ports"]),
        shell("LocalLog", ["Pipeline", "Ports", "SQLite"]),
        shell("Kafka", ["Pipeline", "Ports", "CRDKafka"]),
        shell("HTTPClient", ["Ports", "CCurl"]),
        shell("HTTPServer", ["Ports", "CMicroHTTPD"]),

        // Programs
        boot(
            "Boot",
            [
                "Ports", "Pipeline", "Investigation", "ActionLedger", "Contracts", "SentinelOne", "Stages", "Crypto",
                "Patterns", "Settings", "Telemetry", "Lifecycle", "LocalLog", "Kafka", "HTTPClient", "HTTPServer",
            ]),
        program("ingest", ["Boot", "Contracts", "Lifecycle", "Pipeline", "Ports", "Stages", "Telemetry"]),
        program("simulator", ["Ports", "Settings", "SimulatedConsole", "HTTPServer"]),
        program("enrich", ["Boot", "Contracts", "Lifecycle", "Pipeline", "Ports", "Stages", "Telemetry"]),
        program(
            "docket",
            [
                "ActionLedger", "Boot", "Contracts", "Crypto", "Investigation", "JSONView", "Operator", "Pipeline",
                "Ports", "Settings", "SentinelOne",
            ]),
        program(
            "playbook",
            [
                "ActionLedger", "Boot", "Contracts", "Crypto", "Lifecycle", "Pipeline", "Playbook", "Ports", "Stages",
                "Telemetry",
            ]),

        // Testing
        testing("Children", []),
        testing("PipelineTesting", ["Children", "Pipeline", "Ports"]),
        testing("Samples", ["Ports", "Investigation", "ActionLedger", "Playbook"]),
        probe("LogWorker", ["LocalLog", "PipelineTesting"]),
        probe("LogBench", ["Kafka", "LocalLog", "Pipeline", "PipelineTesting", "Ports"]),
        probe("KafkaWorker", ["Kafka", "PipelineTesting", "Ports", "Telemetry"]),
        probe("APIBench", ["HTTPClient", "HTTPServer", "JSONView", "Ports", "SentinelOne", "SimulatedConsole"]),
        probe(
            "IngestBench",
            [
                "ActionLedger", "Contracts", "Crypto", "Investigation", "JSONView", "Pipeline", "Ports", "SentinelOne",
                "SimulatedConsole", "Stages",
            ]),
        probe("BootProbe", ["Boot", "Lifecycle", "Pipeline", "Ports", "Telemetry"]),

        // Tests
        tests("Architecture", []),
        tests("Ports", ["PipelineTesting", "Ports"]),
        tests("Investigation", ["Investigation", "PipelineTesting", "Ports", "Samples"]),
        tests(
            "ActionLedger", ["ActionLedger", "Investigation", "PipelineTesting", "Ports", "Samples"],
            resources: [.copy("Golden")]),
        tests("Pipeline", ["LocalLog", "Pipeline", "PipelineTesting", "Ports"]),
        tests("JSONView", ["JSONView", "PipelineTesting", "Ports"]),
        tests("Crypto", ["Crypto", "Ports"]),
        tests("Patterns", ["Patterns", "Ports"]),
        tests("YAML", ["YAML", "Ports"]),
        tests(
            "SentinelOne", ["SentinelOne", "JSONView", "Pipeline", "PipelineTesting", "Ports"],
            resources: [.copy("Fixtures")]),
        tests("SQLite", ["Ports", "SQLite"]),
        tests("LocalLog", ["LocalLog", "Pipeline", "PipelineTesting", "Ports", "SQLite"]),
        tests(
            "Broker",
            ["Children", "Contracts", "Kafka", "KafkaWorker", "Operator", "Pipeline", "PipelineTesting", "Ports"]),
        tests("HTTP", ["Children", "Ports", "HTTPClient", "HTTPServer"]),
        tests("Playbook", ["Playbook", "ActionLedger", "Investigation", "Ports", "Samples"]),
        tests("Encounter", ["JSONView", "Ports", "SentinelOne", "SimulatedConsole"]),
        tests("SimulatedConsole", ["PipelineTesting", "Ports", "SimulatedConsole"]),
        tests(
            "Contracts",
            ["Contracts", "Ports", "Pipeline", "Investigation", "ActionLedger", "Playbook", "JSONView"],
            resources: [.copy("Histories")]),
        tests(
            "Operator",
            [
                "ActionLedger", "Boot", "Contracts", "Crypto", "Investigation", "JSONView", "Operator", "Pipeline",
                "Ports", "Samples", "SentinelOne", "Settings", "Stages",
            ], resources: [.copy("Golden")]),
        tests("Path", ["Children", "Contracts", "HTTPClient", "JSONView", "LocalLog", "Ports"]),
        tests("Settings", ["Settings", "Ports"]),
        tests("Telemetry", ["Telemetry", "Ports"]),
        tests("Lifecycle", ["Lifecycle", "Ports"]),
        tests(
            "Stages",
            [
                "ActionLedger", "Contracts", "Crypto", "Investigation", "JSONView", "LocalLog", "Patterns", "Pipeline",
                "PipelineTesting", "Playbook", "Ports", "SentinelOne", "SimulatedConsole", "Stages",
            ]),
        tests(
            "Boot",
            [
                "Boot", "BootProbe", "Children", "HTTPClient", "Kafka", "Lifecycle", "Pipeline", "Ports",
                "SentinelOne", "Settings", "Stages", "Telemetry",
            ]),
        tests(
            "Simulation",
            [
                "ActionLedger", "Contracts", "Crypto", "Investigation", "JSONView", "LocalLog", "Pipeline",
                "PipelineTesting", "Ports", "SentinelOne", "SimulatedConsole", "Stages",
            ]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
