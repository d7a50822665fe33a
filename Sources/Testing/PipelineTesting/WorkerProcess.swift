import Foundation

/// A process of ours that a test starts, freezes and kills. It is found beside the test's own binary.
package final class WorkerProcess {
    private let process = Process()

    package init(_ name: String, _ arguments: [String]) throws {
        let ours = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.executableURL = ours.deletingLastPathComponent().appendingPathComponent(name)
        process.arguments = arguments
        try process.run()
    }

    deinit { kill() }

    /// False once it has ended, by itself or killed.
    package var isRunning: Bool { process.isRunning }

    /// As the system knows it, for as long as it runs.
    package var processID: Int32 { process.processIdentifier }

    /// Whether it has stopped itself, or was, and waits to be continued.
    package var isFrozen: Bool { field(0) == "T" }

    /// The processor time that it has used, all its threads together, in steps of 10 ms.
    package var processorTime: Duration {
        let ticks = [field(11), field(12)].compactMap { $0.flatMap { Int64($0) } }.reduce(0, +)
        return .milliseconds(ticks * 1_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// SIGSTOP: it does nothing any more, and keeps all that it has.
    package func freeze() { signal(SIGSTOP) }

    /// SIGCONT: it goes on as if nothing had happened.
    package func thaw() { signal(SIGCONT) }

    /// SIGKILL, and until it is gone.
    package func kill() {
        if signal(SIGKILL) { process.waitUntilExit() }
    }

    @discardableResult
    private func signal(_ signal: Int32) -> Bool {
        // One that has ended may have left its number to somebody else.
        guard process.isRunning else { return false }
        Foundation.kill(process.processIdentifier, signal)
        return true
    }

    /// Of what the kernel tells about it behind its name.
    private func field(_ index: Int) -> String? {
        guard let line = FileManager.default.contents(atPath: "/proc/\(processID)/stat") else { return nil }
        let fields = String(decoding: line, as: UTF8.self).split(separator: ") ").last?.split(separator: " ") ?? []
        return index < fields.count ? String(fields[index]) : nil
    }
}
