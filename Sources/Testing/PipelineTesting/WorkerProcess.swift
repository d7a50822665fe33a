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

    package var isRunning: Bool { process.isRunning }

    package var processID: Int32 { process.processIdentifier }

    /// SIGKILL, and until it is gone.
    package func kill() {
        // One that has ended may have left its number to somebody else.
        if !process.isRunning { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
