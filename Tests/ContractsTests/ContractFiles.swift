import Foundation
import Testing

/// The folder `contracts/`, found from this file and not by the working directory.
enum ContractFiles {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    static let root = tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: "contracts")

    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
            .filter { $0.hasSuffix(".json") }.sorted()
    }

    static func data(_ path: String) throws -> Data { try Data(contentsOf: root.appending(path: path)) }

    static func json(_ path: String) throws -> JSON { try JSONDecoder().decode(JSON.self, from: data(path)) }
}

/// Compares with a file that is reviewed like code. `UPDATE_GOLDEN=1` rewrites it and fails once, so that nobody
/// updates without looking.
func expectGolden(_ text: String, at file: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let golden = try? String(contentsOf: file, encoding: .utf8)
    if golden == text { return }
    let name = file.lastPathComponent
    guard ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" else {
        let old = golden?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
        let (was, now) = (line < old.count ? old[line] : "nothing", line < new.count ? new[line] : "nothing")
        Issue.record(
            "\(name) differs in line \(line + 1): it has \"\(was)\", the code makes \"\(now)\" (UPDATE_GOLDEN=1 rewrites)",
            sourceLocation: sourceLocation)
        return
    }
    try text.write(to: file, atomically: true, encoding: .utf8)
    Issue.record("\(name) was rewritten: look at the difference, then run again", sourceLocation: sourceLocation)
}
