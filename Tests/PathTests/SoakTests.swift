import Children
import Foundation
import JSONView
import Ports
import Testing

/// Three `ingest` share three consoles while calls fail, records come late and programs are killed; then what was
/// published is compared with what the console really showed, from outside.
@Suite("What three of ingest publish", .timeLimit(.minutes(10)))
struct SoakTests {
    static let logs = TestCluster.canStart ? ["embedded", "kafka"] : ["embedded"]

    private static let consoles = ["ap1", "eu1", "us1"]
    private static let programs = ["ingest", "ingest-2", "ingest-3"]
    /// Nothing that makes the console tell a lie: what it showed is what is compared with.
    private static let weather = [
        #""kind":"rate-limited","retryAfter":"1","times":6"#, #""kind":"status","status":503,"body":"html","times":8"#,
        #""kind":"lose-reply","times":5"#, #""kind":"cut-body","times":5"#, #""kind":"expired-cursor","times":4"#,
        #""kind":"page-shift","count":3,"times":4"#, #""kind":"slow","times":3"#,
    ]

    private static func run(on log: String, _ body: (Deployment) async throws -> Void) async throws {
        var scene = Deployment.Scene()
        (scene.agents, scene.threats, scene.threatInterval) = (10, 120, "120ms")
        scene.simulating = ["--late-visibility", "3s", "--late-share", "20", "--history", "50"]
        scene.consoles = consoles
        scene.ingest = "poll: 200ms, overlap: 8s, look-back: 1d"
        let isKafka = log == "kafka"
        let prefix = "soak-\(UUID().uuidString.prefix(8).lowercased())."
        let place: DeploymentLog = isKafka ? .kafka(try TestCluster.bootstrap(), prefix: prefix) : .embedded
        try await Deployment.run(scene, on: place) { deployment in
            if isKafka { try await deployment.docket("topics", "apply") }
            for program in programs { try deployment.start(program) }
            try await body(deployment)
        }
    }

    @Test("is all of what the console showed, once each and in order, and goes on with one of them", arguments: logs)
    func soak(log: String) async throws {
        try await Self.run(on: log) { deployment in
            try await deployment.wait(for: "the first records") {
                try await Published(on: "threats.observed", of: deployment).lines.isEmpty ? nil : ()
            }
            for round in 0..<12 {
                for route in ["threats", "activities"] {
                    let fault = Self.weather[(round * 2 + route.utf8.count) % Self.weather.count]
                    try deployment.tell("/faults", #"{"route":"\#(route)",\#(fault)}"#)
                }
                if !round.isMultiple(of: 3) { try deployment.kill(Self.programs[round % 3]) }
                try await Task.sleep(for: .milliseconds(1_200))
                try await deployment.wait(for: "those that were killed") { () }
            }
            try deployment.forgive()
            try await Self.expectEverything(of: deployment)
            // Who is left takes over what the others had.
            for program in Self.programs.dropFirst() { try deployment.kill(program, forGood: true) }
            try deployment.tell("/people", #"{"do":"detect","count":7}"#)
            try await Self.expectEverything(of: deployment)
        }
    }

    /// At rest, each console's last version of every threat and every activity is published, each once, in order.
    private static func expectEverything(of deployment: Deployment) async throws {
        let threats = try await published("threats", of: deployment) { try $0["threatInfo"]["updatedAt"].text }
        let activities = try await published("activities", of: deployment) { try $0["id"].id }
        for published in [threats, activities] {
            #expect(Set(published.lines.map(\.version)).count == published.lines.count, "none is published twice")
        }
        #expect(threats.isInOrder)
        let shown = try deployment.told("/truth/threats")["shown"]
        for line in threats.lines {
            let versions = try shown[line.id].elements.map { try $0["updatedAt"].text }
            #expect(versions.contains(line.time), "\(line.version) was never shown")
        }
    }

    /// What is on the topic once it holds every row as the console has it now.
    private static func published(
        _ list: String, of deployment: Deployment, version: (JSONView) throws -> String
    ) async throws -> Published {
        var missing: [String] = []
        do {
            return try await deployment.wait(for: "all \(list) of every console") {
                let published = try await Published(on: "\(list).observed", of: deployment)
                missing = try published.lacks(try deployment.rows(of: list), version: version)
                return missing.isEmpty ? published : nil
            }
        } catch {
            throw Deployment.Failure(description: "without \(missing.prefix(9)): \(error)")
        }
    }

    /// What a subscriber reads.
    private struct Published {
        struct Line {
            let console: String
            let id: String
            /// By its own word, where it has one.
            let time: String
            var version: String { "\(console)/\(id)/\(time)" }
        }

        let lines: [Line]

        init(on topic: String, of deployment: Deployment) async throws {
            lines = try await deployment.records(on: topic).map { record in
                let headers = record["headers"]
                return Line(
                    console: String(try record["key"].text.prefix { $0 != "/" }), id: try headers["docket-record"].text,
                    time: try headers["docket-version"].text)
            }
        }

        /// What there is of these rows, as they are now, and is not here.
        func lacks(_ rows: [JSONView], version: (JSONView) throws -> String) throws -> [String] {
            let published = Set(lines.map(\.version))
            return try rows.flatMap { row in
                let (id, version) = (try row["id"].id, try version(row))
                return SoakTests.consoles.map { "\($0)/\(id)/\(version)" }.filter { !published.contains($0) }
            }
        }

        /// Each threat's versions come as they were made.
        var isInOrder: Bool {
            Dictionary(grouping: lines) { "\($0.console)/\($0.id)" }.values.allSatisfy { versions in
                zip(versions, versions.dropFirst()).allSatisfy { $0.time < $1.time }
            }
        }
    }
}
