import Foundation
import Testing

/// The probe as a process of its own, in a folder of its own.
final class ProbeRun {
    let folder: URL
    private let process = Process()
    private let errors = Pipe()
    private let output = Pipe()
    private var watchdog: Task<Void, Never>?
    private(set) var text = ""

    init(_ settings: String, arguments: [String] = [], environment: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "docket-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(settings.utf8).write(to: folder.appending(path: "docket.yaml"))
        process.executableURL = try Self.executable()
        process.currentDirectoryURL = folder
        process.arguments = arguments
        process.environment = environment.mapValues { $0.replacing("FOLDER", with: folder.path) }
        process.standardError = errors
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        watchdog = Task.detached { [pid = process.processIdentifier] in
            // The reads of this class block, so only the end of the probe can end them.
            if (try? await Task.sleep(for: .seconds(40))) != nil { kill(pid, SIGKILL) }
        }
    }

    deinit {
        watchdog?.cancel()
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Reads what the probe tells until a line holds `event`, or its end.
    func wait(for event: String) {
        while !text.contains(event) {
            let data = errors.fileHandleForReading.availableData
            if data.isEmpty { return }
            text += String(decoding: data, as: UTF8.self)
        }
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// The exit code, or minus the signal that ended it.
    func end() -> Int32 {
        text += String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        watchdog?.cancel()
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// Programs are built beside the bundle of tests that runs.
    private static func executable() throws -> URL {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        let url = URL(filePath: bundle).deletingLastPathComponent().appending(path: "BootProbe")
        try #require(FileManager.default.isExecutableFile(atPath: url.path), "\(url.path) was not built")
        return url
    }
}
