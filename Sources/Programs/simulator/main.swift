import Foundation
import Ports

func complain(_ complaint: Complaint) -> Never {
    var text = complaint.sentences.map { "simulator: \($0)\n" }.joined()
    if case .usage = complaint { text += Arguments.usage + "\n" }
    FileHandle.standardError.write(Data(text.utf8))
    exit(complaint.exitCode)
}

do {
    let words = Array(CommandLine.arguments.dropFirst())
    let environment = ProcessInfo.processInfo.environment
    switch try Arguments.read(words, environment: environment, now: .wallClock) {
    case .help: print(Arguments.help)
    case .run(let arguments):
        // Blocked before the first thread is made, so that no thread but this one sees them.
        let signals = StopSignals()
        let simulation = try Simulation(arguments)
        print(simulation.endpoint)
        fflush(nil)
        let progress = Progress(every: 1, simulation.statusLine)
        signals.wait()
        progress.stop()
        simulation.stop()
    }
} catch {
    complain(error)
}
