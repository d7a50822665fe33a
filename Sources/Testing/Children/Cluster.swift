package import Foundation
import Glibc

/// A Kafka of the tests' own: as many brokers as wanted on loopback, which can be tormented one by one. It ends with
/// the test's process, however that ends: a keeper reads the end of its input then, and stops it.
package struct Cluster: Sendable {
    package let bootstrap: String
    package let folder: String
    /// The `kafka` that it was started with.
    package let program: URL
    private let line: FileHandle

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(description: String) { self.description = description }
    }

    private static let keeper = """
        dir=$(mktemp -d)
        trap '"$0" stop "$dir"; rm -rf "$dir"' EXIT
        "$0" start "$dir" "$@" || exit 1
        echo "$dir"
        read -r _
        """

    /// Starts one by the `kafka` of a folder, with its options.
    package init(by home: String, _ options: [String]) throws {
        program = URL(filePath: home).appending(path: "kafka")
        let ends = try Child.line()
        defer { close(ends.theirs) }
        _ = try Child(
            URL(filePath: "/bin/bash"), ["-c", Self.keeper, program.path] + options,
            environment: ProcessInfo.processInfo.environment, leashed: true, input: .descriptor(ends.theirs),
            output: .descriptor(ends.theirs), errors: .descriptor(STDERR_FILENO))
        line = FileHandle(fileDescriptor: ends.ours, closeOnDealloc: true)
        bootstrap = try Self.line(from: line)
        guard bootstrap.contains(":") else {
            throw Failure(description: "\(program.path) did not start a broker: \(bootstrap)")
        }
        folder = try Self.line(from: line)
    }

    /// `kill`, `restart`, `pause` or `resume` of one broker; done when it has returned.
    package func broker(_ verb: String, _ node: Int = 1) throws { try run([verb, folder, "\(node)"]) }

    /// One of Kafka's own tools; what it printed.
    @discardableResult
    package func tool(_ words: String...) throws -> String { try run(["tool", folder] + words) }

    /// Runs what `docket topics acls --commands` printed, as it was printed; only the tool of that name is the tests' own
    /// way to Kafka's.
    package func permit(_ commands: String) throws {
        let script = """
            set -eu
            BOOTSTRAP=there ADMIN=already
            kafka-acls() {
                shift 4
                "$kafka" tool "$cluster" acls "$@"
            }
            \(commands)
            """
        let environment = ProcessInfo.processInfo.environment.merging([
            "kafka": self.program.path, "cluster": folder,
        ]) { $1 }
        try run(URL(filePath: "/bin/bash"), ["-c", script], environment)
    }

    /// Where one broker listens.
    package func port(of node: Int) throws -> UInt16 {
        let text = try String(contentsOfFile: "\(folder)/\(node).port", encoding: .utf8).filter(\.isNumber)
        guard let port = UInt16(text) else { throw Failure(description: "broker \(node) has no port: \(text)") }
        return port
    }

    /// What Kafka's own tools tell of groups and of transactions that are open: for whoever has to find out why work
    /// stands still.
    package var diagnosis: String {
        let questions = [
            ["consumer-groups", "--describe", "--all-groups"], ["transactions", "list"],
            ["transactions", "find-hanging", "--broker-id", "1", "--max-transaction-timeout", "0"],
            ["topics", "--describe", "--unavailable-partitions"],
            ["topics", "--describe", "--under-replicated-partitions"],
        ]
        return questions.map { words in
            let answer = Result { try run(["tool", folder] + words) }
            switch answer {
            case .success(let text): return "\(words.joined(separator: " ")):\n\(text)"
            case .failure(let failure): return "\(failure)"
            }
        }.joined(separator: "\n")
    }

    /// Until every replica has caught up: only then may the next broker be killed.
    package func waitUntilWhole() throws {
        let end = ContinuousClock.now + .seconds(90)
        while try tool("topics", "--describe", "--under-replicated-partitions").contains("Topic:") {
            if ContinuousClock.now > end { throw Failure(description: "replicas do not catch up") }
        }
    }

    /// Ends the cluster, and returns when it has ended.
    package func end() throws {
        shutdown(line.fileDescriptor, Int32(SHUT_WR))
        _ = try line.readToEnd()
    }

    @discardableResult
    private func run(_ words: [String]) throws -> String {
        try run(program, words, ProcessInfo.processInfo.environment)
    }

    @discardableResult
    private func run(_ program: URL, _ words: [String], _ environment: [String: String]) throws -> String {
        let said = URL(filePath: "\(folder)/said-\(UUID())")
        let child = try Child(program, words, environment: environment, output: .file(said), errors: .file(said))
        let end = child.wait()
        let text = try String(contentsOf: said, encoding: .utf8)
        guard end == .exit(0) else {
            throw Failure(description: "\(program.lastPathComponent) \(words.joined(separator: " ")): \(text)")
        }
        return text
    }

    /// One line, without its end, read byte by byte so that nothing of the next one is taken.
    private static func line(from handle: FileHandle) throws -> String {
        var bytes: [UInt8] = []
        while let byte = try handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
