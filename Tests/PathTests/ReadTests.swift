import Children
import Contracts
import Foundation
import Glibc
import JSONView
import LocalLog
import Ports
import Testing

/// `docket read` as a subscriber's own program would start it, on an embedded log.
@Suite("A subscriber", .timeLimit(.minutes(5)))
struct ReadTests {
    /// A log with records `{"n":0}`, `{"n":1}`… on `threats.observed`, and the way to read them.
    private final class Place {
        let folder = FileManager.default.temporaryDirectory.appending(path: "docket-read-\(UUID().uuidString)")
        private let store: LocalStore
        private var written = 0

        init() throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            store = try LocalStore(
                .directory(folder.appending(path: "log").path), topics: Catalogue(deployment: "test").declarations)
            try Data(
                """
                deployment: test
                log: { directory: log }
                consoles: [ { id: demo, url: "https://127.0.0.1", reader-token: "file:none" } ]

                """.utf8
            ).write(to: folder.appending(path: "docket.yaml"))
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func write(_ count: Int, padding: Int = 0) throws {
            let blank = String(repeating: " ", count: padding)
            try store.appender().append(
                (written..<(written + count)).map {
                    OutgoingRecord(
                        topic: "docket.threats.observed", key: Bytes("key-\($0 % 17)"),
                        value: Bytes("{\"n\":\($0)\(blank)}"))
                })
            written += count
        }

        func start(_ words: [String], to output: Child.Stream, environment: [String: String] = [:]) throws -> Child {
            try Child(
                try Deployment.executable("docket"), ["read", "threats.observed", "--json"] + words, in: folder,
                environment: environment, output: output, errors: .file(folder.appending(path: "errors")))
        }

        /// What it printed before it ended, and how it ended.
        func read(_ words: String..., environment: [String: String] = [:]) async throws -> ([Int], Child.End?) {
            let output = folder.appending(path: UUID().uuidString)
            let child = try start(words, to: .file(output), environment: environment)
            try await ReadTests.until("docket read to end") { child.ended != nil }
            return (try numbers(in: output), child.ended)
        }

        func numbers(in output: URL) throws -> [Int] {
            guard let text = try? String(contentsOf: output, encoding: .utf8) else { return [] }
            // The last line may be half written.
            return try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
                try JSONView(parsing: Bytes(String($0)))["value"]["n"].integer
            }
        }
    }

    fileprivate static func until(_ what: String, _ holds: () throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try !holds() {
            try #require(ContinuousClock.now < end, "waited in vain for \(what)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("two runs of one group show each record once, another group shows all of them again")
    func once() async throws {
        let place = try Place()
        try place.write(1_200)
        #expect(try await place.read("--group", "a", "--count", "7").0.count == 7)
        let (rest, end) = try await place.read("--group", "a")
        #expect(rest.count == 1_193)
        #expect(end == .exit(0))
        try place.write(3)
        #expect(try await place.read("--group", "docket.a").0.sorted() == [1_200, 1_201, 1_202])
        #expect(try await place.read("--group", "a").0 == [])
        #expect(try await place.read("--group", "b").0.sorted() == Array(0..<1_203))
        #expect(try await place.read().0.sorted() == Array(0..<1_203))
    }

    @Test("what was shown, and not committed before a kill, is shown again")
    func killed() async throws {
        let place = try Place()
        try place.write(20)
        let (shown, end) = try await place.read(
            "--group", "a", environment: ["DOCKET_CRASH_AT": "read.commit.turn.before"])
        #expect(end == .signal(SIGKILL))
        #expect(shown.sorted() == Array(0..<20))
        #expect(try await place.read("--group", "a").0.sorted() == Array(0..<20))
        #expect(try await place.read("--group", "a").0 == [])
    }

    @Test("who reads its output and goes away ends it quietly, and what was not written comes again")
    func closed() async throws {
        let place = try Place()
        // More than the line holds.
        try place.write(400, padding: 1_000)
        let (ours, theirs) = try Child.line()
        let child = try place.start(["--group", "a"], to: .descriptor(theirs))
        close(theirs)
        var byte: UInt8 = 0
        #expect(Glibc.read(ours, &byte, 1) == 1)
        close(ours)
        try await Self.until("the end") { child.ended != nil }
        #expect(child.ended == .exit(0))
        #expect(try String(contentsOf: place.folder.appending(path: "errors"), encoding: .utf8) == "")
        #expect(try await place.read("--group", "a").0.sorted() == Array(0..<400))
    }

    @Test("two that follow side by side share the records, show new ones at once, and end with 0 when asked to")
    func sideBySide() async throws {
        let place = try Place()
        let outputs = ["one", "two"].map { place.folder.appending(path: $0) }
        let readers = try outputs.map { try place.start(["--group", "a", "--follow"], to: .file($0)) }
        func seen() throws -> [[Int]] { try outputs.map { try place.numbers(in: $0) } }
        // How soon they share is theirs to say.
        try await Self.until("both to have shown some") {
            try place.write(40)
            return try seen().allSatisfy { !$0.isEmpty }
        }
        let count = try await place.read().0.count
        try await Self.until("all to be shown") { try seen().joined().count >= count }
        for reader in readers { reader.send(SIGTERM) }
        try await Self.until("both to end") { readers.allSatisfy { $0.ended != nil } }
        #expect(readers.map(\.ended) == [.exit(0), .exit(0)])
        #expect(Set(try seen().joined()) == Set(0..<count))
    }
}
