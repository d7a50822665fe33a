// What the logs can do, measured. Started by `deploy/bench`, which prints the table; nothing else claims speed.

let words = Array(CommandLine.arguments.dropFirst())
precondition(words.count >= 3, "usage: LogBench local|kafka <measurement> <directory or bootstrap> [number]...")
let numbers = words.dropFirst(3).compactMap { Int($0) }
switch words[0] {
case "local": try LocalMeasurement(in: words[2]).run(words[1], numbers)
case "kafka": try KafkaMeasurement(at: words[2]).run(words[1], numbers)
default: preconditionFailure("there is no log called \(words[0])")
}
