import Foundation
import Testing

/// Output that is compared with what lies in `Golden`, letter by letter.
enum Golden {
    private struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// `UPDATE_GOLDEN=1` writes what is there now, and fails, so that nobody leaves it on.
    static func expect(_ text: String?, is name: String, _ location: SourceLocation = #_sourceLocation) throws {
        let text = try #require(text, sourceLocation: location)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
            try Data(text.utf8).write(to: folder.appending(path: name))
            Issue.record("\(name) was written anew", sourceLocation: location)
            return
        }
        guard let file = Bundle.module.url(forResource: "Golden/\(name)", withExtension: nil) else {
            throw Missing(description: "no Golden/\(name); UPDATE_GOLDEN=1 writes it")
        }
        #expect(text == (try String(contentsOf: file, encoding: .utf8)), sourceLocation: location)
    }
}
