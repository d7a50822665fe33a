import Glibc

/// A process that outlives the test's by a moment: it is told of every child, and kills those that are left when its
/// input ends. A child cannot be told by the kernel: `PR_SET_PDEATHSIG` cannot be set from outside, and counts the end
/// of the thread that started it as well.
struct Guardian: Sendable {
    /// None where it could not be started: then children may be left behind by a test's process that is killed.
    static let shared = Guardian()

    private let orders: Int32

    private static let script = """
        trap '' HUP INT TERM
        declare -A children
        while read -r verb pid; do
            case $verb in
                watch) children[$pid]=1 ;;
                forget) unset "children[$pid]" ;;
            esac
        done
        [ ${#children[@]} -eq 0 ] || kill -9 "${!children[@]}" 2>/dev/null
        """

    private init?() {
        guard let line = try? Child.line() else { return nil }
        defer { close(line.theirs) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, line.theirs, STDIN_FILENO)
        // Whoever reads what the test says must not wait for the guardian.
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let bash = "/bin/bash"
        let command: [String] = [bash, "-c", Self.script]
        let words = command.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        var pid = pid_t()
        guard posix_spawn(&pid, bash, &actions, nil, words, [nil]) == 0 else {
            close(line.ours)
            return nil
        }
        orders = line.ours
    }

    func watch(_ child: pid_t) { tell("watch \(child)\n") }
    func forget(_ child: pid_t) { tell("forget \(child)\n") }

    private func tell(_ order: String) {
        // So short a line is written whole or not at all.
        _ = order.withCString { write(orders, $0, strlen($0)) }
    }
}
