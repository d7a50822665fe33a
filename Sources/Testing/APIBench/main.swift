// What the client, the HTTP room and the simulated console can do, measured. Started by `deploy/bench`, which prints the
// table; nothing else claims speed. Each measurement prints one line of numbers.

import Foundation

let words = Array(CommandLine.arguments.dropFirst())
do {
    switch (words.first, words.dropFirst().first) {
    case ("inflight", let calls?): try measureInFlight(calls: Int(calls) ?? 500)
    case ("pages", let count?): try measurePages(count: Int(count) ?? 200)
    case ("read", nil): try ReadMeasurement().pages()
    case ("fields", let file?): try ReadMeasurement().fields(of: file)
    case ("serve", let list?): try ServeMeasurement().run(list)
    default:
        let usage = "usage: APIBench inflight CALLS | pages COUNT | read | fields FILE | serve LIST"
        FileHandle.standardError.write(Data((usage + "\n").utf8))
        exit(64)
    }
} catch {
    FileHandle.standardError.write(Data("APIBench: \(error)\n".utf8))
    exit(70)
}
