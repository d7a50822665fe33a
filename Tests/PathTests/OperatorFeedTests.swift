import Foundation
import JSONView
import Ports
import Testing

/// What a person has ingest read and compare, and what really comes of it. By itself it would do neither for an hour.
@Suite("An operator who does not wait for the next poll", .timeLimit(.minutes(15)))
struct OperatorFeedTests {
    private static func running(
        simulating more: [String] = [], hiding: Bool = false, _ body: (Deployment) async throws -> Void
    ) async throws {
        try await Deployment.run(.init(simulating: more, ingest: "poll: 1h, overlap: 10s")) { deployment in
            if hiding {
                try deployment.tell("/faults", #"{"route":"threats","kind":"withheld-row","rows":40}"#)
            }
            try deployment.start("ingest")
            try await deployment.wait(for: "the first reading") {
                let streams = try? await streams(of: deployment, "sync", "--last")
                return streams?.allSatisfy { $0["firstWalkAt"].isText } == true ? () : nil
            }
            try await body(deployment)
        }
    }

    private static func streams(of deployment: Deployment, _ words: String...) async throws -> [JSONView] {
        let said = try await deployment.run("docket", words + ["--json"])
        return try JSONView(parsing: Bytes(said.output))["streams"].elements.map { $0 }
    }

    private static func versions(of deployment: Deployment) async throws -> [String] {
        try await deployment.docket("read", "threats.observed", "--json").split(separator: "\n").map { line in
            let headers = try JSONView(parsing: Bytes(String(line)))["headers"]
            return "\(try headers["docket-record"].text) \(try headers["docket-version"].text)"
        }
    }

    @Test("sees at once what changed, and how much of it was published")
    func sync() async throws {
        try await Self.running { deployment in
            let before = try await Self.versions(of: deployment)
            let id = try #require(before.first?.split(separator: " ").first)
            try deployment.tell("/people", #"{"do":"verdict","threatId":"\#(id)","analystVerdict":"true_positive"}"#)
            let said = try await deployment.docket("sync", "demo", "threats", "--key", "you.key", "--json")
            let stream = try #require(try JSONView(parsing: Bytes(said))["streams"].elements.first { _ in true })
            #expect(try stream["state"].text == "done")
            #expect(try stream["published"].integer == 1)
            let after = try await Self.versions(of: deployment)
            #expect(
                Set(after).subtracting(before).map { $0.prefix(id.count) } == [id] && after.count == before.count + 1)
            let all = try await deployment.docket("sync", "--key", "you.key")
            for name in ["threats", "alerts", "activities", "agents", "groups"] {
                #expect(all.contains(try Regex("demo +\(name) +read +[0-9]")), "\(name)")
            }
        }
    }

    @Test("has what the console hid while it was read found, published and told, and nothing the next time")
    func reconcile() async throws {
        try await Self.running(simulating: ["--history", "40", "--history-interval", "5m"], hiding: true) {
            deployment in
            let before = try await Self.versions(of: deployment)
            try deployment.forgive()
            let said = try await deployment.docket("reconcile", "demo", "--key", "you.key")
            #expect(said.contains("demo threats: polling had missed") && said.contains("published now"))
            #expect(said.contains(/demo +agents +no comparison/))
            let found = try #require(try await Self.streams(of: deployment, "reconcile", "threats", "--last").first)
            let (missing, repaired) = (try found["missing"].integer, try found["repaired"].integer)
            #expect(missing > 0 && repaired == missing)
            #expect(try found["open"].integer == 0)
            #expect(try found["counted"].integer == found["shown"].integer + missing)
            let after = try await Self.versions(of: deployment)
            #expect(after.count == before.count + missing && Set(after).count == after.count)
            let again = try await deployment.docket("reconcile", "demo", "threats", "--key", "you.key")
            #expect(again.contains("Nothing is missing."))
            #expect(again.contains(/demo +threats +complete/))
        }
    }

    @Test("is refused with a stranger's key, by the command and by ingest, and nothing is read")
    func stranger() async throws {
        try await Self.running { deployment in
            try await deployment.docket("key", "create", "stranger.key")
            let refused = try await deployment.run("docket", ["sync", "--key", "stranger.key"])
            #expect(refused.status == 1 && refused.errors.contains("belongs to no approver"))
            // With settings of their own the command signs, and ingest turns it away.
            let own = deployment.folder.appending(path: "docket.yaml")
            let you = try await deployment.docket("key", "show", "you.key").trimmingCharacters(in: .newlines)
            let stranger = try await deployment.docket("key", "show", "stranger.key")
                .trimmingCharacters(in: .newlines)
            let genuine = try String(contentsOf: own, encoding: .utf8)
            try Data(genuine.replacing(you, with: stranger).utf8).write(
                to: deployment.folder.appending(path: "theirs.yaml"))
            for verb in ["sync", "reconcile"] {
                let forged = try await deployment.run(
                    "docket", [verb, "--key", "stranger.key", "--settings", "theirs.yaml"])
                #expect(forged.status == 1)
                #expect(forged.output.contains("demo: refused by ingest: the signature is not one of an approver"))
                #expect(forged.output.contains("remedy: ingest goes by its own settings"))
            }
            let streams = try await Self.streams(of: deployment, "sync", "--last")
            #expect(streams.count == 5 && streams.allSatisfy { !$0["wantedWalkAt"].isText })
            let compared = try await Self.streams(of: deployment, "reconcile", "--last")
            #expect(try compared.allSatisfy { ["never", "uncompared"].contains(try $0["state"].text) })
        }
    }

    @Test("is told what there is no such thing of, what cannot be read, and that nobody answers")
    func obstacles() async throws {
        try await Self.running { deployment in
            func docket(_ line: String) async throws -> (status: Int32, output: String, errors: String) {
                try await deployment.run("docket", line.split(separator: " ").map(String.init))
            }
            let nowhere = try await docket("sync eu9 threats --key you.key")
            #expect(nowhere.status == 1 && nowhere.errors == "docket: no console eu9 in the settings\n  demo\n")
            #expect(try await docket("reconcile demo groups --key you.key").status == 1)
            let token = deployment.folder.appending(path: "console/viewer.token")
            let good = try Data(contentsOf: token)
            try Data(contentsOf: deployment.folder.appending(path: "console/revoked.token")).write(to: token)
            let dead = try await docket("sync --key you.key")
            #expect(dead.status == 1)
            #expect(dead.output.contains("demo threats, alerts, activities, agents, groups: not read: console demo"))
            try good.write(to: token)
            // ingest looks at the file by itself, and the order still stands.
            try await deployment.wait(for: "the walk that was ordered") {
                let streams = try await Self.streams(of: deployment, "sync", "--last")
                return streams.allSatisfy { $0["wantedWalkAt"].isText } ? () : nil
            }
            _ = try await deployment.stop("ingest")
            let unheard = try await docket("reconcile demo threats --key you.key")
            #expect(unheard.status == 75)
            #expect(unheard.output.hasPrefix("demo: no ingest took the order within 5 s"))
            try deployment.start("ingest")
            try await deployment.wait(for: "the comparison that was ordered") {
                let compared = try await Self.streams(of: deployment, "reconcile", "threats", "--last")
                return try compared.first?["state"].text == "done" ? () : nil
            }
        }
    }
}

extension JSONView {
    fileprivate var isText: Bool { (try? text) != nil }
}
