import Foundation
import Ports
import Settings
import SimulatedConsole

/// The command line and the scenario, read completely before anything starts. Both say the same things by the same
/// names; what the command line says counts.
struct Arguments {
    enum Reading {
        case run(Arguments)
        case help
    }

    var console: SimulatedConsoleSettings
    var port = 0
    var controlPort = 0
    var directory: String?
    /// Simulated seconds per second; nil runs by the wall clock.
    var timeScale: Double?
    var certificate: (chain: String, key: String)?

    static func read(
        _ words: [String], environment: [String: String], now: Timestamp
    ) throws(Complaint) -> Reading {
        if words.contains("--help") || words.contains("-h") { return .help }
        var options = try entries(words)
        var arguments = Arguments(console: SimulatedConsoleSettings(start: now))
        arguments.console.threatInterval = .seconds(2)
        if let index = options.firstIndex(where: { $0.key == "scenario" }) {
            let file = options.remove(at: index).node
            if case .text(let path, _) = file.value { arguments = try arguments.with(scenario: path, environment) }
        }
        let document = SettingsDocument(
            file: "", root: SettingsNode(.section(options), at: SettingsPlace(line: 1, column: 1)))
        do {
            arguments = try document.read { section in
                var arguments = arguments
                arguments.take(&section)
                return arguments
            }
        } catch {
            throw .usage(error.problems.map(Self.sentence))
        }
        for file in [arguments.certificate?.chain, arguments.certificate?.key] {
            if let file { try expectReadable(file, by: "TLS wants PEM files") }
        }
        guard arguments.directory != nil else { throw .usage(["--directory is missing: where do the tokens go?"]) }
        return .run(arguments)
    }

    private func with(scenario path: String, _ environment: [String: String]) throws(Complaint) -> Arguments {
        try Self.expectReadable(path, by: "--scenario wants a YAML file")
        do {
            return try SettingsFile.read(path, environment: environment).read { section in
                var arguments = self
                arguments.take(&section)
                return arguments
            }
        } catch {
            throw .unfit(error.problems.map(\.description))
        }
    }

    private static func expectReadable(_ path: String, by whom: String) throws(Complaint) {
        guard access(path, R_OK) == 0 else {
            throw .unreadable("\(path.printable()): \(String(cString: strerror(errno))); \(whom)")
        }
    }

    private mutating func take(_ section: inout SettingsSection) {
        directory = section.optional("directory") { $0.path($1) } ?? directory
        port = section.integer("port", default: port, in: 0...65_535)
        controlPort = section.integer("control-port", default: controlPort, in: 0...65_535)
        let scale = section.optional("time-scale") { section, key in
            section.text(key, expecting: "a number from 0.001 to 100000") { text in
                Double(text).map { (0.001...100_000).contains($0) } ?? false
            }
        }
        timeScale = scale.flatMap { Double($0) } ?? timeScale
        let start = section.optional("start") { section, key in
            section.text(key, expecting: "an ISO 8601 time such as 2026-01-05T08:00:00Z") { Timestamp(iso: $0) != nil }
        }
        if let start = start.flatMap({ Timestamp(iso: $0) }) {
            console.start = start
            timeScale = timeScale ?? 1
        }
        console.isClockMovable = timeScale != nil
        let chain = section.optional("tls-certificate") { $0.path($1) } ?? certificate?.chain
        let key = section.optional("tls-key") { $0.path($1) } ?? certificate?.key
        if let chain, let key {
            certificate = (chain, key)
        } else if chain != nil || key != nil {
            section.refuse("tls-certificate and tls-key go together")
        }
        console.read(&section)
    }

    /// `--name value` or `--name=value`, each once.
    private static func entries(_ words: [String]) throws(Complaint) -> [SettingsEntry] {
        var entries: [SettingsEntry] = []
        var complaints: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                complaints.append("\(word.printable()): options begin with --")
                continue
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                complaints.append("--\(name.printable()) wants a value")
                continue
            }
            if entries.contains(where: { $0.key == name }) { complaints.append("--\(name.printable()) is there twice") }
            let place = SettingsPlace(line: 1, column: entries.count + 1)
            entries.append(SettingsEntry(name, at: place, SettingsNode(.text(value, written: value), at: place)))
        }
        guard complaints.isEmpty else { throw .usage(complaints) }
        return entries
    }

    /// Without the place in a file that there is not.
    private static func sentence(_ problem: SettingsProblem) -> String {
        switch problem.fault {
        case .unknownKey(nearest: let near):
            "there is no option --\(problem.keyPath.printable())" + (near.map { "; did you mean --\($0)?" } ?? "")
        case .missing(let expectation): "--\(problem.keyPath) is missing; expected \(expectation)"
        case .unfit(let expectation, let found): "--\(problem.keyPath): expected \(expectation), found \(found)"
        case .other(let sentence): (problem.keyPath.isEmpty ? "" : "--\(problem.keyPath): ") + sentence
        }
    }
}

/// Why it does not start, each thing with what to do about it.
enum Complaint: Error {
    case usage([String])
    case unreadable(String)
    /// What was read makes no sense: a scenario, a certificate.
    case unfit([String])
    case failed(String)

    var sentences: [String] {
        switch self {
        case .usage(let sentences), .unfit(let sentences): sentences
        case .unreadable(let sentence), .failed(let sentence): [sentence]
        }
    }

    /// In the numbers of sysexits.h; 1 for what may be otherwise the next time.
    var exitCode: Int32 {
        switch self {
        case .usage: 64
        case .unreadable: 66
        case .unfit: 78
        case .failed: 1
        }
    }
}
