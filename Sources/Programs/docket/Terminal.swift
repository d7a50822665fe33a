import Foundation
import Glibc
import Operator
import Ports

/// Where the command is used: what the output must fit, and whether somebody is there to answer.
struct Terminal {
    let paper: Paper
    let canAsk: Bool
    /// Whether somebody watches what goes to standard error.
    private let isWatched: Bool
    let user: String

    init(environment: [String: String]) {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let isTerminal = isatty(STDOUT_FILENO) == 1
        paper = Paper(isTerminal: isTerminal, columns: isKnown ? Int(size.ws_col) : nil, environment: environment)
        canAsk = isatty(STDIN_FILENO) == 1
        isWatched = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
        user = environment["USER"].flatMap { $0.isEmpty ? nil : $0 } ?? "uid \(getuid())"
    }

    /// One line that the next one replaces; nil takes it away. Nothing where nobody watches.
    func showProgress(_ line: String?) {
        guard isWatched else { return }
        FileHandle.standardError.write(Data("\r\(line ?? "")\u{1b}[K".utf8))
    }

    /// Shows what it is about and asks. Anything but a plain yes is a no, the end of the input included. Standard output
    /// is left to the answer of the command.
    func isAgreed(to proposal: String, _ question: String) -> Bool {
        FileHandle.standardError.write(Data("\(proposal)\n\(question.printable()) [y/N] ".utf8))
        return ["y", "yes"].contains(readLine()?.trimmingCharacters(in: .whitespaces).lowercased())
    }
}
