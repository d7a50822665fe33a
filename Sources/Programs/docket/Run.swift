import Boot
import Crypto
import Foundation
import Glibc
import Operator
import Ports
import Settings

/// Reads the command line, does what it asks, exits with the code that says how it went.
func run() -> Never {
    let environment = ProcessInfo.processInfo.environment
    let invocation: Invocation
    do {
        invocation = try Invocation(Array(CommandLine.arguments.dropFirst()), environment: environment)
    } catch {
        leave(.usage, saying: "docket: \(error.sentence)")
    }
    do {
        switch invocation.command {
        case .help(let verb): print(Manual.page(on: verb), terminator: "")
        case .version: print("docket \(Boot.version)")
        case .createKey(let file): print(try KeyFile.create(file))
        case .showKey(let file): print(try KeyFile.read(file).verifyingKey.base64)
        case .cases, .showCase, .actions, .showAction, .approve, .reject, .undo, .stop, .resume, .check, .status:
            let document = try SettingsFile.read(invocation.settings, environment: environment)
            let settings = try document.read { DocketSettings(&$0) }
            try Desktop(settings, invocation: invocation, isTerminal: isatty(STDOUT_FILENO) == 1).serve()
        }
        exit(0)
    } catch let problems as SettingsProblems {
        leave(.usage, saying: problems.detail)
    } catch let refusal as Refusal {
        leave(.refused, saying: "docket: \(refusal.sentence)")
    } catch let failure as LogFailure {
        leave(.unavailable, saying: "docket: \(failure.detail)")
    } catch let failure as any Failure {
        leave(.usage, saying: "docket: \(failure.detail)")
    } catch {
        leave(.failure, saying: "docket: \(error)")
    }
}

/// What was asked for is not there, or must not be.
typealias Refusal = OrderForm.Refusal

enum Leaving: Int32 {
    case refused = 1
    case usage = 64
    case unavailable = 69
    case failure = 70
}

func leave(_ code: Leaving, saying text: String) -> Never {
    FileHandle.standardError.write(Data((text + "\n").utf8))
    exit(code.rawValue)
}
