import Ports

/// What a person asks of `docket`, read from the command line.
package enum Command: Equatable, Sendable {
    case cases
    case showCase(String)
    case actions(all: Bool)
    case showAction(String)
    case approve(String, Signing, hours: Int)
    case reject(String, Signing, reason: String)
    case undo(String, Signing, reason: String)
    case stop(console: String?, reason: String)
    case resume(String, Signing, reason: String)
    case createKey(file: String)
    case showKey(file: String)
    case check
    case status
    case help(String?)
    case version

    package struct Signing: Equatable, Sendable {
        package let keyFile: String
        /// Who signs; nil: the approver whose key it is.
        package let name: String?
    }
}

/// A command line: the command, and what holds for all of them.
package struct Invocation: Equatable, Sendable {
    package let command: Command
    package let settings: String
    package let isJSON: Bool

    package struct Misuse: Error, Equatable {
        package let sentence: String
    }

    package init(_ arguments: [String], environment: [String: String] = [:]) throws(Misuse) {
        var words: [String] = []
        var options: [String: String] = [:]
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                words.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            if Self.flags.contains(parts[0]) {
                options[parts[0]] = ""
            } else if Self.options.contains(parts[0]) {
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                    throw Misuse(sentence: "\(parts[0]) needs a value")
                }
                options[parts[0]] = value
            } else {
                throw Misuse(
                    sentence: "unknown option \(parts[0])\(Self.hint(parts[0], among: Self.flags + Self.options))")
            }
        }
        settings = options["--settings"] ?? environment["DOCKET_SETTINGS"] ?? "docket.yaml"
        isJSON = options["--json"] != nil
        if options["--version"] != nil {
            command = .version
        } else if options["--help"] != nil {
            command = .help(words.first)
        } else {
            command = try Self.command(words, options, environment)
        }
    }

    private static let flags = ["--json", "--all", "--help", "--version"]
    private static let options = ["--settings", "--key", "--as", "--reason", "--console", "--hours"]

    private static func command(
        _ words: [String], _ options: [String: String], _ environment: [String: String]
    ) throws(Misuse) -> Command {
        guard let verb = words.first else { return .help(nil) }
        func object(_ what: String) throws(Misuse) -> String {
            guard words.count == 2 else {
                throw Misuse(sentence: "docket \(verb) takes one \(what); see docket \(verb) --help")
            }
            return words[1]
        }
        func nothingElse() throws(Misuse) {
            guard words.count == 1 else {
                throw Misuse(sentence: "docket \(verb) takes no further word, found \"\(words[1])\"")
            }
        }
        func reason() throws(Misuse) -> String {
            guard let reason = options["--reason"], !reason.isEmpty else {
                throw Misuse(sentence: "docket \(verb) needs --reason TEXT: it stands in the record")
            }
            return reason
        }
        func signing() throws(Misuse) -> Command.Signing {
            guard let key = options["--key"] ?? environment["DOCKET_KEY"], !key.isEmpty else {
                throw Misuse(sentence: "docket \(verb) needs --key FILE (or DOCKET_KEY): orders are signed")
            }
            return Command.Signing(keyFile: key, name: options["--as"])
        }
        switch verb {
        case "cases": try nothingElse(); return .cases
        case "case": return .showCase(try object("case id"))
        case "actions": try nothingElse(); return .actions(all: options["--all"] != nil)
        case "action": return .showAction(try object("action id"))
        case "approve": return .approve(try object("action id"), try signing(), hours: try hours(options["--hours"]))
        case "reject": return .reject(try object("action id"), try signing(), reason: try reason())
        case "undo": return .undo(try object("action id"), try signing(), reason: try reason())
        case "stop": try nothingElse(); return .stop(console: options["--console"], reason: try reason())
        case "resume": return .resume(try object("stop id"), try signing(), reason: try reason())
        case "key": return try key(words)
        case "status": try nothingElse(); return .status
        case "check": try nothingElse(); return .check
        case "help": return .help(words.count > 1 ? words[1] : nil)
        default: throw Misuse(sentence: "unknown command \"\(verb)\"\(hint(verb, among: Manual.verbs))")
        }
    }

    private static func key(_ words: [String]) throws(Misuse) -> Command {
        guard words.count == 3 else { throw Misuse(sentence: "docket key takes create FILE or show FILE") }
        switch words[1] {
        case "create": return .createKey(file: words[2])
        case "show": return .showKey(file: words[2])
        default: throw Misuse(sentence: "docket key takes create FILE or show FILE, found \"\(words[1])\"")
        }
    }

    private static func hours(_ text: String?) throws(Misuse) -> Int {
        guard let text else { return 1 }
        guard let hours = Int(text), (1...72).contains(hours) else {
            throw Misuse(sentence: "--hours takes a whole number from 1 to 72, found \"\(text)\"")
        }
        return hours
    }

    private static func hint(_ word: String, among known: [String]) -> String {
        known.nearest(to: word).map { "; did you mean \($0)?" } ?? ""
    }
}
