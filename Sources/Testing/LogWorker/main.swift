// A process for the log's contract: runs the copy loop on the log in the directory it is given, until it is killed.
// Where it is given a target it does its housekeeping at every poll, without waiting for anything to grow old.

import LocalLog
import PipelineTesting

let words = Array(CommandLine.arguments.dropFirst())
guard (2...4).contains(words.count), let turnSize = Int(words[1]) else {
    preconditionFailure("usage: LogWorker <directory> <records a turn> [intent|copy|- [target]]")
}
var limits = LocalStore.Limits()
var loop = CopyLoop()
loop.turnSize = turnSize
loop.freezesBefore = words.dropFirst(2).first.flatMap(CopyLoop.Moment.init)
if let target = words.dropFirst(3).first {
    loop.target = target
    limits.housekeeping.pause = .zero
    limits.housekeeping.rest = .zero
    limits.housekeeping.minimumAge = .zero
}
let store = try LocalStore(.directory(words[0]), topics: LogContract.topics, limits: limits)
try loop.run(on: try store.member(of: loop.group, reading: [loop.source], journal: loop.journal))
