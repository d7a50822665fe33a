import Testing

/// A small violation of one rule, and a twin that only looks like one.
struct Planted: CustomTestStringConvertible {
    let rule: String
    let path: String
    let guilty: String
    let innocent: String
    var innocentPath: String?

    var testDescription: String { "\(rule) in \(path)" }

    static let manifest = """
        let package = Package(
            targets: [
                core("Ports"), core("Pipeline", ["Ports"]),
                kit("YAML", ["CYAML", "Ports"]),
                edge("Contracts", ["Ports"]), edge("SentinelOne", ["Ports"]), edge("Stages", ["Ports"]),
                edge("SimulatedConsole", ["Ports"]),
                shell("Kafka", ["CRDKafka", "Ports"]), shell("SQLite", ["CSQLite", "Ports"]),
                shell("LocalLog", ["SQLite", "Ports"]), shell("Settings", ["YAML", "Ports"]),
                program("enrich", ["Kafka"]),
                library("CYAML", pkgConfig: "yaml-0.1", debian: "libyaml-dev"),
                library("CRDKafka", pkgConfig: "rdkafka", debian: "librdkafka-dev"),
                library("CSQLite", pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
                testing("Samples", ["Ports"]),
                tests("Ports", ["Ports"]),
            ])
        """

    private static let core = "Sources/Core/Ports/Timestamp.swift"
    private static let kit = "Sources/Kit/YAML/YAMLNode.swift"
    private static let stages = "Sources/Edge/Stages/EnrichStage.swift"
    private static let kafka = "Sources/Shell/Kafka/KafkaLog.swift"

    static let all: [Planted] = imports + code + names

    private static let imports: [Planted] = [
        Planted("core imports nothing but core", core, "import Foundation", "package import Pipeline"),
        Planted("core imports nothing but core", core, "import Glibc", "let text = \"import Glibc\""),
        Planted("core imports nothing but core", core, "@testable import struct YAML.YAMLNode", "// import YAML"),
        Planted("kit imports core and its one C module", kit, "import CSQLite", "import CYAML"),
        Planted("kit imports core and its one C module", kit, "import Foundation", "import Ports"),
        edge("import Kafka", "import YAML"),
        edge("import Glibc", "import SentinelOne"),
        edge("import CYAML", "import Pipeline"),
        edge("import Foundation", "import Foundation", "Sources/Edge/Contracts/Topics.swift"),
        shell("import SQLite", "import SQLite", "Sources/Shell/LocalLog/LocalLog.swift"),
        shell("import YAML", "import YAML", "Sources/Shell/Settings/SettingsFile.swift"),
        shell("import CSQLite", "import CRDKafka"),
        shell("import Stages", "import Synchronization"),
        Planted(
            "programs and test code reach C only through its owner", "Sources/Programs/enrich/main.swift",
            "import CRDKafka", "import Kafka"),
        Planted("tests reach C only through its owner", "Tests/PortsTests/A.swift", "import CYAML", "import YAML"),
        Planted("only tests import test code", stages, "import Samples", "import Ports"),
        Planted(
            "only tests import test code", stages, "import Testing", "import Testing", "Sources/Testing/Samples/A.swift"
        ),
        Planted(
            "the simulator shares no code with what it simulates for", "Sources/Edge/SimulatedConsole/Clock.swift",
            "import SentinelOne", "import SentinelOne", stages),
    ]

    private static func edge(_ guilty: String, _ innocent: String, _ innocentPath: String? = nil) -> Planted {
        Planted(
            "edge imports core, kit and edge, and Foundation only where text and time are made", stages, guilty,
            innocent, innocentPath)
    }

    private static func shell(_ guilty: String, _ innocent: String, _ innocentPath: String? = nil) -> Planted {
        Planted(
            "shell imports core, its one C module and the system, and no other shell", kafka, guilty, innocent,
            innocentPath)
    }

    private static let code: [Planted] = [
        memory("var handle: OpaquePointer?", "var handle: OpaquePointer?", kafka),
        memory("func f(_ p: UnsafeRawBufferPointer) {}", "func f(_ p: UnsafeRawBufferPointer) {}", kit),
        memory("UnsafeRawPointer(base)", "UnsafeRawPointer(base)", "Sources/Core/Ports/Bytes.swift"),
        memory("let a = withUnsafePointer(to: b) { $0 }", "let a = b.withUnsafeBytes { $0.first }", stages),
        Planted("C names stay in shell and kit", stages, "rd_kafka_poll(handle, 0)", "rd_kafka_poll(handle, 0)", kafka),
        Planted("C names stay in shell and kit", core, "let code = curl_easy_perform(x)", "let code = \"curl_easy\""),
        Planted("C names stay in shell and kit", core, "sqlite3_step(x)", "let sqlite3 = 1"),
        Planted("C names stay in shell and kit", core, "MHD_stop_daemon(x)", "// MHD_stop_daemon"),
        Planted("C names stay in shell and kit", stages, "yaml_parser_delete(x)", "yaml_parser_delete(x)", kit),
        Planted("C names stay in shell and kit", stages, "crypto_sign(x)", "crypto_sign(x)", kit),
        Planted(
            "package is the widest access, for there is no library product", core, "public let a = 1",
            "package let a = publication"),
        Planted("a failure is answered, not bet on", core, "let a = try! f()", "let a = try? f()"),
        Planted("a type is asked for, not bet on", core, "let a = b as! C", "let a = b as? C"),
        Planted(
            "a programmer's error is a precondition with a sentence", core, "fatalError(\"x\")",
            "preconditionFailure(\"fatalError(x)\")"),
        Planted(
            "core and edge are called by one thread", stages, "let s = DispatchSemaphore(value: 0)",
            "let s = DispatchSemaphore(value: 0)", kafka),
        Planted("core and edge are called by one thread", core, "let m = Mutex(0)", "let mutexes = 0"),
        Planted(
            "only shell may vouch for what crosses threads", stages, "final class A: @unchecked Sendable {}",
            "final class A: @unchecked Sendable {}", kafka),
        Planted("tests are swift-testing", "Tests/PortsTests/A.swift", "import XCTest", "import Testing"),
        Planted(
            "what is left to do is an issue, not a remark", core, "let a = 1 // \(marker) later", "let \(marker) = 1"),
        Planted("what is left to do is an issue, not a remark", core, "/* \(marker) */", "let a = \"\(marker)\""),
        Planted(
            "a switch in core names every case; a default says in its line why it may not", core,
            "switch a {\n  case 1: b\n  default: c\n}", "switch a {\n  case 1: b\n  default: c  // an open set\n}"),
        Planted(
            "main.swift wires and nothing else: at most 100 lines", "Sources/Programs/enrich/main.swift",
            String(repeating: "f()\n", count: 101), String(repeating: "f()\n", count: 100)),
    ]

    /// In two pieces, so that a search for left-over remarks does not find this one.
    private static let marker = "TO" + "DO"

    private static func memory(_ guilty: String, _ innocent: String, _ innocentPath: String) -> Planted {
        Planted(
            "pointers are for shell and kit, and for the one type that owns bytes", stages, guilty, innocent,
            innocentPath)
    }

    private static let names: [Planted] = [
        Planted("a name says what a thing is", "Sources/Core/Common/A.swift", "", "", core),
        Planted("a name says what a thing is", "Sources/Edge/Stages/Helpers.swift", "", "", stages),
        Planted(
            "a name says what a thing is", "Sources/Edge/Stages/CaseManager.swift", "", "",
            "Sources/Edge/Stages/Manager+A.swift"),
        Planted(
            "a name says what a thing is", "Sources/Edge/Stages/Case+TimeUtil.swift", "", "",
            "Sources/Edge/Stages/Utility.swift"),
        Planted("a type is named for what it is", core, "struct EventHandler {}", "let eventHandler = 1"),
        Planted("a type is named for what it is", core, "final class CaseProcessor: A {}", "struct Processors {}"),
    ]

    init(_ rule: String, _ path: String, _ guilty: String, _ innocent: String, _ innocentPath: String? = nil) {
        self.rule = rule
        self.path = path
        self.guilty = guilty
        self.innocent = innocent
        self.innocentPath = innocentPath
    }
}
