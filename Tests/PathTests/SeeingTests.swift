import Foundation
import HTTPClient
import Ports
import Testing

@Suite("Whoever watches the programs")
struct SeeingTests {
    private static let loops = [
        "ingest": ["observe"], "enrich": ["enrich", "investigate"], "playbook": ["perform", "plan"],
    ]

    private let client = HTTPClient()

    private func get(_ page: String, of origin: HTTPOrigin) throws -> HTTPAnswer {
        client.start(HTTPRequest(.get, origin, path: page, deadline: .seconds(10)), as: CallID(page))
        while true {
            if let ended = client.finished(waiting: .seconds(1)).first { return try ended.result.get() }
        }
    }

    @Test("finds each program ready, well and counting, at the address that it tells, and no token anywhere")
    func pages() async throws {
        try await Deployment.run { deployment in
            try deployment.startAll()
            let tokens = ["viewer", "ir-team"].compactMap {
                try? String(contentsOf: deployment.folder.appending(path: "console/\($0).token"), encoding: .utf8)
            }
            try #require(tokens.count == 2)
            for program in Deployment.programs {
                let origin = try await deployment.wait(for: "the address of \(program)") {
                    deployment.log(of: program).firstMatch(of: /"address":"http:\/\/127\.0\.0\.1:([0-9]+)"/)
                        .flatMap { UInt16($0.output.1) }.map { HTTPOrigin(.http, host: "127.0.0.1", port: $0) }
                }
                let loops = try #require(Self.loops[program])
                let ready = try await deployment.wait(for: "\(program) to be ready") {
                    let answer = try get("/readyz", of: origin)
                    let text = answer.body.text ?? ""
                    return loops.allSatisfy { text.contains("\($0): working on 4 partitions") } ? answer : nil
                }
                #expect(ready.status == 200)
                #expect(try get("/healthz", of: origin).status == 200)
                let numbers = try await deployment.wait(for: "\(program) to count") {
                    let text = try get("/metrics", of: origin).body.text ?? ""
                    return loops.allSatisfy { text.contains("docket_loop_turns_total{loop=\"\($0)\"}") } ? text : nil
                }
                #expect(numbers.contains("docket_build_info{service=\"\(program)\""))
                for token in tokens { #expect(!numbers.contains(token.trimmingCharacters(in: .newlines))) }
            }
        }
    }
}
