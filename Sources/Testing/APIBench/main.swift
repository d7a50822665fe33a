// What the client and the simulated console can do, measured; nothing else claims speed.

let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "serve": try ServeMeasurement().run()
default: preconditionFailure("usage: APIBench serve")
}
