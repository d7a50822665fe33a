import Foundation

switch Arguments.read(Array(CommandLine.arguments.dropFirst())) {
case .help:
    print(Arguments.help)
case .wrong(let sentence):
    FileHandle.standardError.write(Data("simulator: \(sentence)\n\(Arguments.usage)\n".utf8))
    exit(64)
case .run(let arguments):
    // Blocked before the first thread is made, so that no thread but this one sees them.
    let signals = StopSignals()
    do {
        let simulation = try Simulation(arguments)
        print(simulation.endpoint)
        fflush(nil)
        signals.wait()
        simulation.stop()
    } catch {
        FileHandle.standardError.write(Data("simulator: \(error)\n".utf8))
        exit(1)
    }
}
