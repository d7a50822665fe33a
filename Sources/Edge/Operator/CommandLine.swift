package import Contracts
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
    case topics(Topics)
    case read(Reading)
    case check
    case connect(Connect)
    case status
    case feed(FeedOrder)
    case help(String?)
    case version

    /// What is asked about the topics. Copies: how many each new topic gets.
    package enum Topics: Equatable, Sendable {
        case list
        case plan(copies: Int?)
        case apply(copies: Int?)
        /// Who a program logs in as, where that is not its own name.
        case acls(asCommands: Bool, principals: [Program: String])
    }

    /// The console whose tokens are asked about; nil: all of them. Strict: a warning ends it with a code of its own.
    package struct Connect: Equatable, Sendable {
        package let console: String?
        package let isStrict: Bool

        package init(console: String?, isStrict: Bool) {
            self.console = console
            self.isStrict = isStrict
        }
    }

    package struct Signing: Equatable, Sendable {
        package let keyFile: String
        /// Who signs; nil: the approver whose key it is.
        package let name: String?

        package init(keyFile: String, name: String?) {
            self.keyFile = keyFile
            self.name = name
        }
    }
}

/// A command line: the command, and what holds for all of them.
package struct Invocation: Equatable, Sendable {
    package let command: Command
    package let settings: String
    package let isJSON: Bool
    /// The person has said yes beforehand.
    package let saysYes: Bool
    /// Whether to wait for what becomes of an order.
    package let waits: Bool

    package struct Misuse: Error, Equatable {
        package let sentence: String

        package init(sentence: String) { self.sentence = sentence }
    }

    /// What stands in the record is read by people.
    static let longestReason = 1_000

    package init(_ arguments: [String], environment: [String: String] = [:]) throws(Misuse) {
        let words = try Words(arguments)
        settings = words["--settings"] ?? environment["DOCKET_SETTINGS"].nonEmpty ?? "docket.yaml"
        isJSON = words["--json"] != nil
        saysYes = words["--yes"] != nil
        waits = words["--no-wait"] == nil
        if words["--version"] != nil {
            command = .version
        } else if words["--help"] != nil {
            command = .help(try Self.topic(words.plain.first))
        } else {
            command = try Self.command(words, environment)
        }
    }

    /// Whether errors are wanted as JSON: asked also of a command line that cannot be read.
    package static func wantsJSON(_ arguments: [String]) -> Bool { arguments.contains("--json") }

    private static func command(_ words: Words, _ environment: [String: String]) throws(Misuse) -> Command {
        guard let verb = words.plain.first else { return .help(nil) }
        guard let known = Manual.options[verb] else {
            throw Misuse(sentence: "unknown command \"\(verb)\"\(hint(verb, among: Manual.verbs))")
        }
        if let option = words.options.keys.sorted().first(where: { !(known + Manual.common).contains($0) }) {
            throw Misuse(sentence: "docket \(verb) takes no \(option); see docket \(verb) --help")
        }
        let asked = Asked(verb: verb, words: words, environment: environment)
        switch verb {
        case "cases": try asked.nothingElse(); return .cases
        case "case": return .showCase(try asked.object("case id"))
        case "actions": try asked.nothingElse(); return .actions(all: words["--all"] != nil)
        case "action": return .showAction(try asked.object("action id"))
        case "approve":
            return .approve(try asked.object("action id"), try asked.signing(), hours: try asked.hours())
        case "reject": return .reject(try asked.object("action id"), try asked.signing(), reason: try asked.reason())
        case "undo": return .undo(try asked.object("action id"), try asked.signing(), reason: try asked.reason())
        case "stop": try asked.nothingElse(); return .stop(console: words["--console"], reason: try asked.reason())
        case "resume": return .resume(try asked.object("stop id"), try asked.signing(), reason: try asked.reason())
        case "key": return try asked.key()
        case "topics": return .topics(try asked.topics())
        case "read": return .read(try asked.reading())
        case "status": try asked.nothingElse(); return .status
        case "sync": return .feed(try asked.feedOrder(.sync))
        case "reconcile": return .feed(try asked.feedOrder(.reconcile))
        case "check": return try asked.check()
        default: return .help(try topic(words.plain.dropFirst().first))  // help, the last of `Manual.verbs`
        }
    }

    private static func topic(_ word: String?) throws(Misuse) -> String? {
        guard let word, !Manual.topics.contains(word) else { return word }
        throw Misuse(sentence: "no help on \"\(word)\"\(hint(word, among: Manual.topics))")
    }

    fileprivate static func hint(_ word: String, among known: [String]) -> String {
        known.nearest(to: word).map { "; did you mean \($0)?" } ?? "; docket --help lists what there is"
    }
}

/// The words of a command line, sorted into plain ones and options.
struct Words {
    private(set) var plain: [String] = []
    private(set) var options: [String: [String]] = [:]

    init(_ arguments: [String]) throws(Invocation.Misuse) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word.count > 1 else {
                plain.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts[0] == "-h" ? "--help" : parts[0]
            let written = parts.count == 2 ? parts[1] : nil
            if options[name] != nil, !Manual.repeatable.contains(name) {
                throw Invocation.Misuse(sentence: "\(name) stands there twice")
            }
            if Manual.flags.contains(name) {
                guard written == nil else { throw Invocation.Misuse(sentence: "\(name) takes no value") }
                options[name] = [""]
            } else if Manual.valued.contains(name) {
                // What begins with two dashes is more likely the next option than a value.
                let next = written == nil && rest.first?.hasPrefix("--") != true ? rest.popFirst() : nil
                guard let value = (written ?? next).nonEmpty else {
                    throw Invocation.Misuse(sentence: "\(name) needs a value")
                }
                options[name, default: []].append(value)
            } else {
                let hint = Invocation.hint(name, among: Manual.flags + Manual.valued)
                throw Invocation.Misuse(sentence: "unknown option \(name)\(hint)")
            }
        }
    }

    subscript(option: String) -> String? { options[option]?.first }
}

/// What one verb asks of the words behind it.
struct Asked {
    let verb: String
    let words: Words
    let environment: [String: String]

    func misuse(_ sentence: String) -> Invocation.Misuse { Invocation.Misuse(sentence: sentence) }

    func object(_ what: String) throws(Invocation.Misuse) -> String {
        guard words.plain.count == 2, !words.plain[1].isEmpty else {
            throw misuse("docket \(verb) takes one \(what); see docket \(verb) --help")
        }
        return words.plain[1]
    }

    func nothingElse() throws(Invocation.Misuse) {
        guard words.plain.count == 1 else {
            throw misuse("docket \(verb) takes no further word, found \"\(words.plain[1])\"")
        }
    }

    func reason() throws(Invocation.Misuse) -> String {
        guard let reason = words["--reason"] else {
            throw misuse("docket \(verb) needs --reason TEXT: it stands in the record")
        }
        guard reason.utf8.count <= Invocation.longestReason else {
            throw misuse("--reason takes at most \(Invocation.longestReason) bytes")
        }
        return reason
    }

    func signing() throws(Invocation.Misuse) -> Command.Signing {
        guard let key = words["--key"] ?? environment["DOCKET_KEY"].nonEmpty else {
            throw misuse("docket \(verb) needs --key FILE (or DOCKET_KEY): orders are signed")
        }
        return Command.Signing(keyFile: key, name: words["--as"])
    }

    func hours() throws(Invocation.Misuse) -> Int {
        guard let text = words["--hours"] else { return 1 }
        guard let hours = Int(text), (1...72).contains(hours) else {
            throw misuse("--hours takes a whole number from 1 to 72, found \"\(text)\"")
        }
        return hours
    }

    func check() throws(Invocation.Misuse) -> Command {
        guard words["--connect"] != nil else {
            if words["--strict"] != nil { throw misuse("--strict goes with --connect; see docket check --help") }
            try nothingElse()
            return .check
        }
        guard words.plain.count <= 2 else {
            throw misuse("docket check --connect takes one console at most, found \"\(words.plain[2])\"")
        }
        return .connect(.init(console: words.plain.dropFirst().first, isStrict: words["--strict"] != nil))
    }

    func topics() throws(Invocation.Misuse) -> Command.Topics {
        let parts = ["list", "plan", "apply", "acls"]
        guard words.plain.count == 2, let part = parts.first(where: { $0 == words.plain[1] }) else {
            throw misuse("docket topics takes one of \(parts.joined(separator: ", ")); see docket topics --help")
        }
        let known = part == "acls" ? ["--principal", "--commands"] : part == "list" ? [] : ["--replication-factor"]
        let options = words.options.keys.sorted()
        if let foreign = options.first(where: { !(known + Manual.common).contains($0) }) {
            throw misuse("docket topics \(part) takes no \(foreign); see docket topics --help")
        }
        switch part {
        case "plan": return .plan(copies: try copies())
        case "apply": return .apply(copies: try copies())
        case "acls":
            if words["--commands"] != nil, words["--json"] != nil {
                throw misuse("--commands and --json exclude each other")
            }
            return .acls(asCommands: words["--commands"] != nil, principals: try principals())
        default: return .list
        }
    }

    private func copies() throws(Invocation.Misuse) -> Int? {
        guard let text = words["--replication-factor"] else { return nil }
        guard let copies = Int(text), (1...9).contains(copies) else {
            throw misuse("--replication-factor takes a whole number from 1 to 9, found \"\(text)\"")
        }
        return copies
    }

    private func principals() throws(Invocation.Misuse) -> [Program: String] {
        var principals: [Program: String] = [:]
        for text in words.options["--principal"] ?? [] {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let names = Program.allCases.map(\.rawValue)
            guard parts.count == 2, let program = Program(rawValue: parts[0]) else {
                throw misuse(
                    "--principal takes PROGRAM=TYPE:NAME, PROGRAM one of \(names.joined(separator: ", ")), "
                        + "found \"\(text)\"")
            }
            let named = parts[1].split(separator: ":", maxSplits: 1)
            guard named.count == 2, !parts[1].unicodeScalars.contains(where: \.isUnseen) else {
                throw misuse("--principal takes PROGRAM=TYPE:NAME, as in ingest=User:docket-ingest, found \"\(text)\"")
            }
            guard principals[program] == nil else { throw misuse("--principal names \(program.rawValue) twice") }
            principals[program] = parts[1]
        }
        return principals
    }

    func key() throws(Invocation.Misuse) -> Command {
        guard words.plain.count == 3 else { throw misuse("docket key takes create FILE or show FILE") }
        switch words.plain[1] {
        case "create": return .createKey(file: words.plain[2])
        case "show": return .showKey(file: words.plain[2])
        default: throw misuse("docket key takes create FILE or show FILE, found \"\(words.plain[1])\"")
        }
    }
}

extension String? {
    fileprivate var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}
