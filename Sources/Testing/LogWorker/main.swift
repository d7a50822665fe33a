// A process for the log's contract: runs the copy loop on the log in the directory it is given, until it is killed.

import LocalLog
import PipelineTesting

let words = Array(CommandLine.arguments.dropFirst())
guard (2...3).contains(words.count), let turnSize = Int(words[1]) else {
    preconditionFailure("usage: LogWorker <directory> <records a turn> [intent|copy]")
}
let store = try LocalStore(.directory(words[0]), topics: LogContract.topics)
var loop = CopyLoop()
loop.turnSize = turnSize
loop.freezesBefore = words.dropFirst(2).first.flatMap(CopyLoop.Moment.init)
try loop.run(on: try store.member(of: loop.group, reading: [loop.source], journal: loop.journal))
