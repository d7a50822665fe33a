import Foundation

/// A process of ours that a test starts and kills. It is found beside the test's own binary.
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

    /// SIGKILL, and until it is gone.
    package func kill() {
        // One that has ended may have left its number to somebody else.
        if !process.isRunning { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
