// Measures what calls to a console cost. A probe that people start: `swift run -c release APIBench inflight`.

import Foundation

let words = Array(CommandLine.arguments.dropFirst())
do {
    switch words.first {
    case "inflight": try measureInFlight(calls: words.count > 1 ? Int(words[1]) ?? 500 : 500)
    case "pages": try measurePages(count: words.count > 1 ? Int(words[1]) ?? 200 : 200)
    default:
        FileHandle.standardError.write(Data("usage: APIBench inflight [CALLS] | pages [COUNT]\n".utf8))
        exit(64)
    }
} catch {
    FileHandle.standardError.write(Data("APIBench: \(error)\n".utf8))
    exit(70)
}
