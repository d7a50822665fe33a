import Children
import Foundation
import Testing

/// The probe as a process of its own, in a folder of its own.
final class ProbeRun {
    let folder: URL
    private let child: Child
    private let said: URL
    /// Nobody waits longer for what a probe tells, or for its end.
    private let deadline = ContinuousClock.now + .seconds(40)

    init(_ settings: String, arguments: [String] = [], environment: [String: String] = [:], errors: Child.Stream? = nil)
        throws
    {
        folder = FileManager.default.temporaryDirectory.appending(path: "docket-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(settings.utf8).write(to: folder.appending(path: "docket.yaml"))
        said = folder.appending(path: "said")
        let program = Child.built("BootProbe")
        try #require(FileManager.default.isExecutableFile(atPath: program.path), "\(program.path) was not built")
        let folder = folder
        child = try Child(
            program, arguments, in: folder,
            environment: environment.mapValues { $0.replacing("FOLDER", with: folder.path) }, output: .file(said),
            errors: errors ?? .file(said))
    }

    deinit {
        child.kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// What the probe has told so far.
    var text: String { (try? String(contentsOf: said, encoding: .utf8)) ?? "" }

    /// Until the probe tells `event`, or has ended.
    func wait(for event: String) {
        while child.ended == nil, !text.contains(event), ContinuousClock.now < deadline { usleep(5_000) }
    }

    func send(_ signal: Int32) { child.send(signal) }

    /// The exit code, or minus the signal that ended it.
    func end() -> Int32 {
        while child.ended == nil, ContinuousClock.now < deadline { usleep(5_000) }
        child.kill()
        switch child.ended {
        case .exit(let code): return code
        case .signal(let signal): return -signal
        case nil: return .min
        }
    }
}
