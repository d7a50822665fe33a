package import Foundation
import Glibc

/// A process that a test starts, watches and ends, on `posix_spawn` alone: `Foundation.Process` has crashed the test's
/// own process when many were started side by side, and leaves children a signal mask that keeps SIGTERM from them.
///
/// It ends with the test's process at the latest, however that ends. For one thread.
package final class Child {
    package enum End: Equatable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    /// What one of its descriptors is.
    package enum Stream {
        case nothing
        /// Made where there is none; what is written goes behind what is there.
        case file(URL)
        case descriptor(Int32)
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// As the system knows it, for as long as it runs.
    package let processID: pid_t
    private var end: End?
    private let isLeashed: Bool

    /// Starts a program with the variables that are given and no others. One that is `leashed` has a way of its own to
    /// learn that the test's process has ended; any other is killed then.
    package init(
        _ program: URL, _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:],
        leashed: Bool = false, input: Stream = .nothing, output: Stream, errors: Stream
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, stream) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            let flags = descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND
            switch stream {
            case .nothing: posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
            case .file(let file): posix_spawn_file_actions_addopen(&actions, descriptor, file.path, flags, 0o600)
            case .descriptor(let other): posix_spawn_file_actions_adddup2(&actions, other, descriptor)
            }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // env changes the folder and becomes the program: glibc's own way there is not to be had from Swift.
        let env = "/usr/bin/env"
        let words = ([env, "-C", folder?.path ?? ".", program.path] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var started = pid_t()
        let code = posix_spawn(&started, env, &actions, &attributes, words, variables)
        guard code == 0 else { throw Failure(description: "\(program.path): \(String(cString: strerror(code)))") }
        processID = started
        isLeashed = leashed
        if !leashed { Guardian.shared?.watch(started) }
    }

    deinit {
        if ended == nil, !isLeashed { kill() }
    }

    /// The program of this name that is built beside the test's own bundle.
    package static func built(_ name: String) -> URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: name)
    }

    /// A line between this process and a child, both ways. It is closed in every other child: one that held an end of
    /// it would keep the child from seeing that this process is gone.
    package static func line() throws -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw Failure(description: "a line to a child: \(String(cString: strerror(errno)))")
        }
        return (ends[0], ends[1])
    }

    /// nil while it runs.
    package var ended: End? {
        if end == nil {
            var status: Int32 = 0
            if waitpid(processID, &status, WNOHANG) == processID { note(status) }
        }
        return end
    }

    package func send(_ signal: Int32) { if ended == nil { Glibc.kill(processID, signal) } }

    /// SIGKILL, and until it is gone.
    package func kill() {
        send(SIGKILL)
        wait()
    }

    /// Until it has ended.
    @discardableResult
    package func wait() -> End? {
        var status: Int32 = 0
        while end == nil {
            if waitpid(processID, &status, 0) == processID { note(status) } else if errno != EINTR { break }
        }
        return end
    }

    private func note(_ status: Int32) {
        end = status & 0x7f == 0 ? .exit(status >> 8 & 0xff) : .signal(status & 0x7f)
        if !isLeashed { Guardian.shared?.forget(processID) }
    }
}
