import Ports

/// What the command line of a program asks for. All programs take the same one.
enum Invocation: Equatable {
    case run(settings: String)
    /// Only look whether the settings are right.
    case check(settings: String)
    case help
    case version

    static let standardSettings = "docket.yaml"

    /// Why a command line cannot be followed.
    struct Misuse: Error, Equatable { let sentence: String }

    init(_ arguments: [String]) throws(Misuse) {
        var settings = Self.standardSettings
        var checks = false
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            switch Option(rawValue: String(parts[0])) {
            case .help:
                self = .help
                return
            case .version:
                self = .version
                return
            case .check where parts.count == 1: checks = true
            case .check: throw Misuse(sentence: "--check takes no value")
            case .settings:
                guard let file = parts.count == 2 ? String(parts[1]) : rest.popFirst(), !file.isEmpty else {
                    throw Misuse(sentence: "--settings needs a file")
                }
                settings = file
            case nil: throw Misuse(sentence: Self.unknown(argument, name: String(parts[0])))
            }
        }
        self = checks ? .check(settings: settings) : .run(settings: settings)
    }

    private enum Option: String, CaseIterable {
        case settings = "--settings"
        case check = "--check"
        case help = "--help"
        case version = "--version"
    }

    private static func unknown(_ argument: String, name: String) -> String {
        let shown = argument.printable(atMost: 60)
        guard name.hasPrefix("-") else { return "unexpected argument \"\(shown)\"" }
        let nearest = Option.allCases.map(\.rawValue).nearest(to: name)
        return "unknown option \"\(shown)\"" + (nearest.map { "; did you mean \($0)?" } ?? "")
    }

    static func usage(of service: String) -> String {
        """
        usage: \(service) [--settings FILE] [--check]

          --settings FILE   the settings of all programs (\(standardSettings))
          --check           only look whether the settings are right
          --help            this text
          --version         the version

        environment: DOCKET_LOG=debug|info|warning|error (info), DOCKET_INSTANCE=NAME (the host's name), NO_COLOR
        exit codes: 0 asked to stop, 64 usage or settings, 69 something needed is unavailable, 70 failure,
        75 replaced by another, 78 do not restart

        """
    }
}
