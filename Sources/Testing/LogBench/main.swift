// What the embedded log can do, measured. Started by `deploy/bench`, which prints the table; nothing else claims speed.

let words = Array(CommandLine.arguments.dropFirst())
precondition(words.count >= 2, "usage: LogBench copy|idle|killed|frozen <directory> [records] [turn]")
try Measurement(in: words[1], numbers: words.dropFirst(2).compactMap { Int($0) }).run(words[0])
