// The start-up that all programs share: command line, settings, telemetry, signals, loops, exit codes.
//
//     let boot = Boot("enrich")
//     let settings = boot.settings(DocketSettings.init)
//     boot.loop("enrich") { stop in … }
//     boot.run(serving: settings.monitor)
//
// A closure written in `main.swift` belongs to the main actor and traps when another thread calls it, unless the type
// it is written for says `@Sendable`: then it belongs to nobody, and the compiler holds it to constants that may cross
// threads. `loop` takes such a body, and Boot is such a constant. BootTests runs a program of exactly this shape.

import Foundation
package import Lifecycle
package import Pipeline
package import Ports
import Settings
import Synchronization
import Telemetry

/// One program from its first line to its exit. Made first in `main.swift`, before anything starts a thread.
package final class Boot: Sendable {
    package static let version = "0.1.0"

    package let service: String
    /// Tells this process from its siblings in logs: DOCKET_INSTANCE, else the host's name.
    package let instance: String
    /// Where the program's own happenings are told.
    package let signals: Signals
    /// The crash points that tests ask for; none in production.
    package let seams: Seams

    /// What is measured, and where measures go.
    let book = MeterBook()
    let vitals = Vitals()
    let telemetry: Telemetry
    let process: ProcessReading
    let environment: [String: String]
    /// What a person wants to see of this program at once.
    let headlines = Mutex<Headlines?>(nil)

    private let group: LoopGroup
    private let loops = Mutex<[Loop]>([])
    private let document: SettingsDocument
    private let onlyChecks: Bool

    /// Reads command line and settings file; ends the program where they cannot be followed, or only ask for help.
    package init(_ service: String) {
        environment = ProcessInfo.processInfo.environment
        process = ProcessReading(startedAt: Telemetry.wallClock())
        let (file, onlyChecks) = Self.invocation(of: service)
        do {
            document = try SettingsFile.read(file, environment: environment)
        } catch {
            Self.leave(.usage, saying: error.detail)
        }
        guard let level = Signal.Level(rawValue: environment["DOCKET_LOG"] ?? "info") else {
            Self.leave(.usage, saying: "DOCKET_LOG: expected debug, info, warning or error")
        }
        self.service = service
        self.onlyChecks = onlyChecks
        instance = environment["DOCKET_INSTANCE"] ?? ProcessInfo.processInfo.hostName
        seams = .crashing(environment: environment)
        telemetry = Telemetry(level: level, style: Telemetry.style(environment: environment))
        signals = telemetry.signals.adding([.service: .text(service), .instance: .text(instance)])
        group = LoopGroup(signals: signals)
    }

    /// The typed settings that `parse` makes of the file. Prints every problem at once and ends the program where there
    /// is one; under `--check` ends it in any case.
    package func settings<T>(_ parse: (inout SettingsSection) -> T) -> T {
        do {
            let settings = try document.read(parse)
            if onlyChecks { Self.leave(.asked, saying: "\(document.file.printable()): no problems") }
            return settings
        } catch {
            Self.leave(.usage, saying: error.detail)
        }
    }

    /// A loop that `run` will start on a thread of its own. What it needs it builds inside its body.
    package func loop(_ name: String, _ body: @escaping @Sendable (StopSign) throws -> Void) {
        vitals.expect(name)
        loops.withLock { $0.append(Loop(name, body)) }
    }

    /// Ends the program before its loops run because something it needs failed.
    package func fail(_ failure: some Failure) -> Never {
        signals.failure("program.failed", failure, [.exitCode: .number(failure.exitCode.rawValue)])
        exit(failure.exitCode.rawValue)
    }

    /// Runs the loops until a signal or one of them ends all, then exits with the code that says why. Meanwhile it
    /// shows how it goes: where these settings say, and on a terminal.
    package func run(serving monitor: MonitorSettings? = nil) -> Never {
        signals.info("program.started", [.version: .text(Self.version), .path: .text(document.file)])
        let server = monitor.flatMap { serve($0) }
        let line = liveLine()
        let code = withExtendedLifetime(server) { group.run(loops.withLock { $0 }) }
        line?.stop()
        signals.info("program.ended", [.exitCode: .number(code.rawValue)])
        // Not `exit`: a loop that did not stop still runs, and must not meet half-destroyed globals.
        _exit(code.rawValue)
    }

    private static func invocation(of service: String) -> (settings: String, onlyChecks: Bool) {
        do {
            switch try Invocation(Array(CommandLine.arguments.dropFirst())) {
            case .run(let settings): return (settings, false)
            case .check(let settings): return (settings, true)
            case .help:
                print(Invocation.usage(of: service), terminator: "")
                exit(ExitCode.asked.rawValue)
            case .version:
                print("\(service) \(version)")
                exit(ExitCode.asked.rawValue)
            }
        } catch {
            leave(.usage, saying: "\(service): \(error.sentence)\n\n\(Invocation.usage(of: service))")
        }
    }

    /// What is said before there is a logger is said to a person: plain lines.
    private static func leave(_ code: ExitCode, saying text: String) -> Never {
        FileHandle.standardError.write(Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
        exit(code.rawValue)
    }
}
