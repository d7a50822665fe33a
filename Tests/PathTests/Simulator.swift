import Children
import Foundation
import Glibc
import HTTPClient
import JSONView
import Ports
import Testing

/// A simulator as a process, in a folder that goes with it.
final class Simulator {
    let folder: URL
    private var child: Child?
    private(set) var console = HTTPOrigin(.http, host: "127.0.0.1", port: 1)
    private(set) var control = HTTPOrigin(.http, host: "127.0.0.1", port: 1)
    private let calls: HTTPClient

    init(trusting authorities: URL? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "docket-simulator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var settings = HTTPClientSettings()
        settings.certificateAuthorityFile = authorities?.path
        calls = try HTTPClient(settings)
    }

    deinit {
        child?.kill()
        try? FileManager.default.removeItem(at: folder)
    }

    var errors: String { text("errors.txt") }
    var output: String { text("output.txt") }

    func text(_ name: String) -> String {
        (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }

    func write(_ text: String, to name: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    private func spawn(_ words: [String]) throws -> Child {
        try Child(
            Deployment.executable("simulator"), words, in: folder, output: .file(folder.appending(path: "output.txt")),
            errors: .file(folder.appending(path: "errors.txt")))
    }

    /// One that is not meant to start: how it ended.
    func end(_ words: [String]) async throws -> Child.End {
        let child = try spawn(words)
        for _ in 0..<3_000 {
            if let end = child.ended { return end }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Deployment.Failure(description: "it runs on: \(output)")
    }

    func start(_ words: String...) async throws {
        child = try spawn(["--directory", "console"] + words)
        let file = folder.appending(path: "console/endpoint.json")
        for _ in 0..<3_000 {
            if let told = try? Data(contentsOf: file) {
                let view = try JSONView(parsing: Bytes(Array(told)))
                console = try origin(try view["console"].text)
                control = try origin(try view["control"].text)
                return
            }
            guard child?.ended == nil else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Deployment.Failure(description: "it did not start: \(errors)")
    }

    private func origin(_ text: String) throws -> HTTPOrigin {
        let port = try #require(text.split(separator: ":").last.flatMap { UInt16($0) })
        return HTTPOrigin(text.hasPrefix("https") ? .https : .http, host: "127.0.0.1", port: port)
    }

    func stop() async throws -> Child.End? {
        child?.send(SIGTERM)
        for _ in 0..<3_000 {
            if let end = child?.ended { return end }
            try await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    func call(_ request: HTTPRequest) throws -> HTTPResult {
        calls.start(request, as: CallID("call"))
        while true {
            if let answer = calls.finished(waiting: .seconds(1)).first { return answer.result }
        }
    }

    func read(_ path: String, as name: String = "viewer") throws -> HTTPResult {
        let token = text("console/\(name).token").trimmingCharacters(in: .newlines)
        return try call(
            HTTPRequest(
                .get, console, path: "/web/api/v2.1/\(path)", authorization: Secret("ApiToken \(token)"),
                deadline: .seconds(20), bodyLimit: 16 << 20))
    }

    func tell(_ path: String, _ body: String) throws -> HTTPAnswer {
        try call(HTTPRequest(.post, control, path: path, body: Bytes(body))).get()
    }
}
