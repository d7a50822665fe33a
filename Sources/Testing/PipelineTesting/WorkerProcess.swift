package import Children
import Foundation

/// A process of ours that a test starts, freezes and kills. It is found beside the test's own binary.
package final class WorkerProcess {
    private let child: Child
    private let errors = FileManager.default.temporaryDirectory.appending(path: "docket-worker-\(UUID().uuidString)")

    package init(_ name: String, _ arguments: [String]) throws {
        child = try Child(Child.built(name), arguments, output: .file(errors), errors: .file(errors))
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: errors)
    }

    /// False once it has ended, by itself or killed.
    package var isRunning: Bool { child.ended == nil }

    /// How it ended; nil while it runs.
    package var ended: Child.End? { child.ended }

    /// As the system knows it, for as long as it runs.
    package var processID: Int32 { child.processID }

    /// What it has told so far of its own work.
    package var told: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Whether it has stopped itself, or was, and waits to be continued.
    package var isFrozen: Bool { field(0) == "T" }

    /// The processor time that it has used, all its threads together, in steps of 10 ms.
    package var processorTime: Duration {
        let ticks = [field(11), field(12)].compactMap { $0.flatMap { Int64($0) } }.reduce(0, +)
        return .milliseconds(ticks * 1_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// SIGSTOP: it does nothing any more, and keeps all that it has.
    package func freeze() { child.send(SIGSTOP) }

    /// SIGCONT: it goes on as if nothing had happened.
    package func thaw() { child.send(SIGCONT) }

    /// SIGKILL, and until it is gone.
    package func kill() { child.kill() }

    /// Of what the kernel tells about it behind its name.
    private func field(_ index: Int) -> String? {
        guard let line = FileManager.default.contents(atPath: "/proc/\(processID)/stat") else { return nil }
        let fields = String(decoding: line, as: UTF8.self).split(separator: ") ").last?.split(separator: " ") ?? []
        return index < fields.count ? String(fields[index]) : nil
    }
}
