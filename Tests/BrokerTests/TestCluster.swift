import Foundation
import Ports

/// The Kafka that the tests of this run share: one that somebody named, or one that is started for it and ends with it.
enum TestCluster {
    private static let home = ProcessInfo.processInfo.environment["DOCKET_KAFKA_HOME"]
    private static let given = ProcessInfo.processInfo.environment["DOCKET_KAFKA_BOOTSTRAP"]

    static let isThere = home != nil || given != nil

    struct Missing: Error, CustomStringConvertible { let description: String }

    private static let started = Result { try start() }

    static func bootstrap() throws -> String { try started.get().bootstrap }

    private struct Running: Sendable {
        let bootstrap: String
        /// Held open: when this process ends, however it ends, the broker's keeper reads the end of it.
        let lifeline: FileHandle?
    }

    private static let keeper = """
        dir=$(mktemp -d)
        "$1/kafka" start "$dir" || exit 1
        exec >/dev/null
        read -r _
        "$1/kafka" stop "$dir"
        rm -rf "$dir"
        """

    private static func start() throws -> Running {
        if let given { return Running(bootstrap: given, lifeline: nil) }
        guard let home else {
            throw Missing(description: "neither DOCKET_KAFKA_HOME nor DOCKET_KAFKA_BOOTSTRAP is set")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", keeper, "keeper", home]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        let bootstrap = String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard bootstrap.contains(":") else {
            throw Missing(description: "\(home)/kafka did not start a broker: \(bootstrap)")
        }
        return Running(bootstrap: bootstrap, lifeline: input.fileHandleForWriting)
    }
}
