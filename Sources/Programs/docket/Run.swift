import Boot
import Crypto
import Foundation
import Glibc
import JSONView
import Operator
import Ports
import Settings

/// Reads the command line, does what it asks, exits with the code that says how it went.
func run() -> Never {
    let environment = ProcessInfo.processInfo.environment
    let arguments = Array(CommandLine.arguments.dropFirst())
    let isJSON = Invocation.wantsJSON(arguments)
    do {
        try serve(try Invocation(arguments, environment: environment), environment)
        exit(0)
    } catch let misuse as Invocation.Misuse {
        leave(Complaint(.usage, [misuse.sentence]), isJSON)
    } catch let problems as SettingsProblems {
        leave(Complaint(.usage, problems.problems.map(\.description) + hint(problems)), isJSON)
    } catch let complaint as Complaint {
        leave(complaint, isJSON)
    } catch let refusal as Refusal {
        leave(Complaint(refusal), isJSON)
    } catch let failure as LogFailure {
        leave(Complaint(.unavailable, [failure.detail]), isJSON)
    } catch let failure as any Failure {
        leave(Complaint(.usage, [failure.detail]), isJSON)
    } catch {
        leave(Complaint(.failure, ["\(error)"]), isJSON)
    }
}

private func serve(_ invocation: Invocation, _ environment: [String: String]) throws {
    switch invocation.command {
    case .help(let topic): print(Manual.page(on: topic), terminator: "")
    case .version: print("docket \(Boot.version)")
    case .createKey(let file): show(try KeyFile.create(file), json: invocation.isJSON)
    case .showKey(let file): show(try KeyFile.read(file).verifyingKey, json: invocation.isJSON)
    case .cases, .showCase, .actions, .showAction, .approve, .reject, .undo, .stop, .resume, .topics, .read,
        .check, .connect, .status, .feed:
        let document = try SettingsFile.read(invocation.settings, environment: environment)
        let settings = try document.read { DocketSettings(&$0) }
        try Desktop(settings, invocation: invocation, terminal: Terminal(environment: environment)).serve()
    }
}

/// The public half alone, so that it can be pasted and piped.
private func show(_ key: VerifyingKey, json: Bool) {
    guard json else { return print(key.base64) }
    let object = JSONText.object { object in
        object.append("key", text: key.base64)
        object.append("fingerprint", text: key.fingerprint)
    }
    print(object.text ?? "")
}

/// Where a whole file is the problem, which one it should have been.
private func hint(_ problems: SettingsProblems) -> [String] {
    guard problems.problems.count == 1, problems.problems[0].place == nil else { return [] }
    return ["--settings FILE or DOCKET_SETTINGS names another; deploy/docket.yaml.example is one to begin with"]
}

private func leave(_ complaint: Complaint, _ isJSON: Bool) -> Never {
    FileHandle.standardError.write(Data(complaint.text(json: isJSON).utf8))
    exit(complaint.kind.rawValue)
}
