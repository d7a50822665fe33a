import Foundation
import Ports

/// The Kafkas that the tests of this run share: one that somebody named, or that is started for it and ends with it;
/// and one with TLS, passwords and permissions, which only a folder with a Kafka can give.
enum TestCluster {
    case open
    case secure

    private static let home = ProcessInfo.processInfo.environment["DOCKET_KAFKA_HOME"]
    private static let given = ProcessInfo.processInfo.environment["DOCKET_KAFKA_BOOTSTRAP"]

    static let isThere = home != nil || given != nil
    /// Whether clusters can be started here.
    static let canStart = home != nil && given == nil

    /// Whether there is time for what takes minutes and needs a machine of its own.
    static let isSoak = canStart && ProcessInfo.processInfo.environment["DOCKET_SOAK"] != nil

    struct Missing: Error, CustomStringConvertible { let description: String }

    private static let opened = Result { try given.map { Running(bootstrap: $0) } ?? start([]) }
    private static let secured = Result { try start(["--secure"]) }

    var running: Running {
        get throws {
            switch self {
            case .open: try Self.opened.get()
            case .secure: try Self.secured.get()
            }
        }
    }

    func bootstrap() throws -> String { try running.bootstrap }

    /// The PEM file of the authority that the brokers' certificates are from.
    func authority() throws -> String { try running.folder + "/tls/authority.pem" }

    struct Running: Sendable {
        var bootstrap: String
        var folder = ""
        /// To the broker's keeper and back. When this process ends, however it ends, the keeper reads the end of its
        /// input, and ends the broker.
        var orders: FileHandle?
        var answers: FileHandle?

        /// Kills the one broker, or starts it again, and waits until that is done.
        func broker(_ verb: String) throws {
            try orders?.write(contentsOf: Data("\(verb)\n".utf8))
            let said = try TestCluster.line(from: answers)
            if said != "done" { throw Missing(description: "kafka \(verb): \(said)") }
        }

        /// Deletes a partition's records before an offset, as retention would.
        func deleteRecords(of partition: Partition, before offset: Int) throws {
            let file = "\(folder)/delete-\(UUID()).json"
            try """
            {"version":1,"partitions":[{"topic":"\(partition.topic)","partition":\(partition.number),"offset":\(offset)}]}
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "\(TestCluster.home ?? "")/kafka")
            process.arguments = ["tool", folder, "delete-records", "--offset-json-file", file]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            if process.terminationStatus != 0 { throw Missing(description: "records of \(partition) were not deleted") }
        }

        /// Ends the cluster.
        func end() throws { try orders?.close() }
    }

    /// A cluster for one test that torments it, which ends it.
    static func own() throws -> Running { try start([]) }

    private static let keeper = """
        home=$1
        shift
        dir=$(mktemp -d)
        "$home/kafka" start "$dir" "$@" || exit 1
        echo "$dir"
        while read -r verb; do
            "$home/kafka" "$verb" "$dir" 1 && echo done || echo failed
        done
        "$home/kafka" stop "$dir"
        rm -rf "$dir"
        """

    private static func start(_ options: [String]) throws -> Running {
        guard let home else { throw Missing(description: "DOCKET_KAFKA_HOME is not set") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", keeper, "keeper", home] + options
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let bootstrap = try line(from: output.fileHandleForReading)
        guard bootstrap.contains(":") else {
            throw Missing(description: "\(home)/kafka did not start a broker: \(bootstrap)")
        }
        return Running(
            bootstrap: bootstrap, folder: try line(from: output.fileHandleForReading),
            orders: input.fileHandleForWriting, answers: output.fileHandleForReading)
    }

    /// One line, without its end, read byte by byte so that nothing of the next one is taken.
    private static func line(from handle: FileHandle?) throws -> String {
        var bytes: [UInt8] = []
        while let byte = try handle?.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
