// A process for the log's contract: runs the copy loop on the log in the directory it is given, until it is killed.

import LocalLog
import PipelineTesting

precondition(CommandLine.arguments.count >= 2, "usage: LogWorker <directory> [intent|copy]")
let store = try LocalStore(.directory(CommandLine.arguments[1]), topics: LogContract.topics)
var loop = CopyLoop()
loop.freezesBefore = CommandLine.arguments.dropFirst(2).first.flatMap(CopyLoop.Moment.init)
try loop.run(on: try store.member(of: loop.group, reading: [loop.source], journal: loop.journal))
