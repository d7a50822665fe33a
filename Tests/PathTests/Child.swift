import Foundation
import Glibc

/// A process that a test starts, watches and ends, on `posix_spawn` alone: `Foundation.Process` has crashed the test's
/// own process when many were started side by side, and leaves children a signal mask that keeps SIGTERM from them.
final class Child {
    enum End: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let pid: pid_t
    private var end: End?

    /// What it says is appended to two files, which may be one.
    init(
        _ program: URL, _ arguments: [String], in folder: URL, environment: [String: String] = [:], output: URL,
        errors: URL
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        for (descriptor, file) in [(STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            posix_spawn_file_actions_addopen(
                &actions, descriptor, file.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
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
        let words = ([env, "-C", folder.path, program.path] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var started = pid_t()
        let code = posix_spawn(&started, env, &actions, &attributes, words, variables)
        guard code == 0 else { throw Failure(description: "\(program.path): \(String(cString: strerror(code)))") }
        pid = started
    }

    deinit {
        if ended == nil { kill() }
    }

    /// nil while it runs.
    var ended: End? {
        if end == nil {
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid { note(status) }
        }
        return end
    }

    func send(_ signal: Int32) { if ended == nil { Glibc.kill(pid, signal) } }

    /// SIGKILL, and until it is gone.
    func kill() {
        send(SIGKILL)
        var status: Int32 = 0
        if end == nil, waitpid(pid, &status, 0) == pid { note(status) }
    }

    private func note(_ status: Int32) {
        end = status & 0x7f == 0 ? .exit(status >> 8 & 0xff) : .signal(status & 0x7f)
    }
}
