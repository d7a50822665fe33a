import Children
import Foundation
import JSONView
import Ports
import Testing

/// What a person does with the command, and what really happens then.
@Suite("An operator", .timeLimit(.minutes(15)))
struct OperatorTests {
    private static func running(
        isDryRun: Bool = false, _ body: (Deployment) async throws -> Void
    ) async throws {
        try await Deployment.run(isDryRun: isDryRun) { deployment in
            try deployment.startAll()
            try await body(deployment)
        }
    }

    private static func waiting(_ deployment: Deployment) async throws -> Deployment.Action {
        try await deployment.wait(for: "an action that waits") {
            try await deployment.actions().first { $0.state == "awaitingApproval" }
        }
    }

    @Test("sees an isolation confirmed, undoes it, and sees the release confirmed")
    func undo() async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            try await deployment.approve(action.id)
            try await deployment.wait(for: action.id, toBe: "confirmed")
            try await deployment.docket("undo", action.id, "--reason", "false alarm", "--key", "you.key")
            let release = try await deployment.wait(for: "the release") {
                try await deployment.actions().first { $0.kind == "release" && $0.state == "confirmed" }
            }
            #expect(release.endpoint == action.endpoint)
            #expect(
                try deployment.effects() == [
                    .init(action: "disconnect", ids: [action.endpoint], affected: 1),
                    .init(action: "connect", ids: [action.endpoint], affected: 1),
                ])
        }
    }

    @Test("sees nothing happen without an approval, and nothing after a rejection")
    func reject() async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            try await deployment.docket("reject", action.id, "--reason", "not this one", "--key", "you.key")
            try await deployment.wait(for: action.id, toBe: "rejected")
            #expect(try await deployment.run("docket", ["approve", action.id, "--key", "you.key"]).status == 1)
            #expect(try deployment.effects() == [])
        }
    }

    @Test("cannot approve with a key that is nobody's")
    func strangerKey() async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            try await deployment.docket("key", "create", "stranger.key")
            let refused = try await deployment.run("docket", ["approve", action.id, "--key", "stranger.key"])
            #expect(refused.status == 1)
            #expect(refused.errors.contains("belongs to no approver"))
            let borrowed = try await deployment.run(
                "docket", ["approve", action.id, "--key", "stranger.key", "--as", "you"])
            #expect(borrowed.status == 1)
            // With settings of their own the command signs, and the ledger turns it away.
            let own = deployment.folder.appending(path: "docket.yaml")
            let genuine = try String(contentsOf: own, encoding: .utf8)
            let you = try await deployment.docket("key", "show", "you.key").trimmingCharacters(in: .newlines)
            let stranger = try await deployment.docket("key", "show", "stranger.key")
                .trimmingCharacters(in: .newlines)
            try Data(genuine.replacing(you, with: stranger).utf8).write(
                to: deployment.folder.appending(path: "theirs.yaml"))
            let forged = try await deployment.run(
                "docket", ["approve", action.id, "--key", "stranger.key", "--settings", "theirs.yaml"])
            #expect(forged.status == 1)
            #expect(forged.output.contains("refused by the ledger: the signature is not one of"))
            #expect(try await deployment.docket("actions").contains("was refused: the signature is not one of"))
            #expect(try await deployment.action(action.id)?.state == "awaitingApproval")
            #expect(try deployment.effects() == [])
        }
    }

    @Test("is told what became of an approval, and of a stop with nobody there to hear it")
    func answers() async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            // A part of an id is for people who are asked; a script writes it whole.
            let part = String(action.id.prefix { $0 != "/" })
            #expect(try await deployment.docket("action", part).contains(action.id))
            let short = try await deployment.run("docket", ["approve", part, "--key", "you.key"])
            #expect(short.status == 1 && short.errors.contains(action.id))
            let approval = try await deployment.docket("approve", action.id, "--key", "you.key", "--json")
            #expect(try JSONView(parsing: Bytes(approval))["fate"].text == "accepted")
            let twice = try await deployment.run("docket", ["approve", action.id, "--key", "you.key", "--json"])
            #expect(twice.status == 1 && twice.output.isEmpty)
            #expect(try JSONView(parsing: Bytes(twice.errors))["error"]["code"].text == "refused")
            #expect(try await deployment.docket("stop", "--reason", "drill").contains("perform has taken note"))
            _ = try await deployment.stop("playbook")
            let unheard = try await deployment.run("docket", ["stop", "--reason", "drill"])
            #expect(unheard.status == 75)
            #expect(unheard.output.contains("no perform answered within 5 s"))
        }
    }

    @Test("is asked on a terminal, and nothing but a yes is one", arguments: ["y", "n", ""])
    func consent(answer: String) async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            let docket = try Deployment.executable("docket").path
            // script gives the command a terminal, and passes on what it reads.
            let line = "echo '\(answer)' | script -qec \"'\(docket)' approve '\(action.id)' --key you.key\" /dev/null"
            let (status, output, _) = try await deployment.run(URL(filePath: "/bin/sh"), ["-c", line])
            #expect(output.contains("about to approve:") && output.contains("approve this as you? [y/N]"))
            #expect(status == (answer == "y" ? 0 : 1))
            if answer == "y" {
                try await deployment.wait(for: action.id, toBe: "confirmed")
            } else {
                #expect(output.contains("nothing was signed"))
                #expect(try await deployment.action(action.id)?.state == "awaitingApproval")
            }
        }
    }

    @Test("is told that there is no log, and makes none by looking")
    func noLog() async throws {
        try await Deployment.run() { deployment in
            for words in [["cases"], ["stop", "--reason", "drill"]] {
                let (status, output, errors) = try await deployment.run("docket", words)
                #expect(status == 69 && output.isEmpty && errors.contains("there is no log in"))
            }
            #expect(!FileManager.default.fileExists(atPath: deployment.folder.appending(path: "log").path))
            let lost = try await deployment.run("docket", ["cases", "--settings", "nowhere.yaml"])
            #expect(lost.status == 64 && lost.errors.contains("nowhere.yaml: cannot be read"))
            let unsigned = try await deployment.run("docket", ["key", "show", "nowhere.key", "--json"])
            #expect(unsigned.status == 64 && unsigned.errors.hasPrefix(#"{"error":{"code":"usage","exit":64,"#))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644],
                ofItemAtPath: deployment.folder.appending(path: "console/viewer.token").path)
            let (status, output, _) = try await deployment.run("docket", ["check"])
            #expect(status == 64 && output.contains("chmod o-rw"))
        }
    }

    @Test("stops everything at once, and lifts the stop by name")
    func stopAndResume() async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            try await deployment.docket("stop", "--reason", "change freeze")
            try await deployment.approve(action.id)
            try await deployment.wait(for: action.id, toBe: "held")
            #expect(try deployment.effects() == [])
            let stop = try await deployment.docket("actions").split(separator: " ").first { $0.hasPrefix("stop-all-") }
            try await deployment.docket(
                "resume", String(try #require(stop)), "--reason", "freeze over", "--key", "you.key")
            try await deployment.wait(for: action.id, toBe: "confirmed")
            #expect(try deployment.effects().count == 1)
        }
    }

    @Test("sees every action end as rehearsed under dry run, without a call that changes anything")
    func dryRun() async throws {
        try await Self.running(isDryRun: true) { deployment in
            try await deployment.wait(for: "rehearsals") {
                let actions = try await deployment.actions()
                return !actions.isEmpty && actions.allSatisfy { $0.state == "rehearsed" } ? () : nil
            }
            #expect(try deployment.effects() == [])
        }
    }

    @Test("finds an approved action withdrawn or held once an analyst calls the threat a false positive")
    func falsePositive() async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            for threat in try await deployment.threats(of: action.id) {
                try deployment.tell(
                    "/people", #"{"do":"verdict","threatId":"\#(threat)","analystVerdict":"false_positive"}"#)
            }
            // Too late where the withdrawal was quicker: then the command refuses.
            _ = try await deployment.run("docket", ["approve", action.id, "--key", "you.key", "--no-wait"])
            try await deployment.wait(for: action.id, toBe: "withdrawn")
            #expect(try deployment.effects() == [])
        }
    }

    @Test("sees one isolation although its answer was lost, found in the console's activities")
    func lostReply() async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            try deployment.tell("/faults", #"{"route":"agents/actions/disconnect","kind":"lose-reply","times":1}"#)
            try await deployment.approve(action.id)
            try await deployment.wait(for: action.id, toBe: "confirmed")
            #expect(try deployment.effects() == [.init(action: "disconnect", ids: [action.endpoint], affected: 1)])
            #expect(try await deployment.docket("action", action.id).contains("effect unknown"))
        }
    }

    @Test("sees a second attempt only after the first was proven absent")
    func lostRequest() async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            try deployment.tell("/faults", #"{"route":"agents/actions/disconnect","kind":"lose-request","times":1}"#)
            try await deployment.approve(action.id)
            try await deployment.wait(for: action.id, toBe: "confirmed")
            #expect(try deployment.effects().filter { $0.affected > 0 }.count == 1)
            let history = try await deployment.docket("action", action.id)
            #expect(history.contains("provably not applied") && history.contains("attempt 2"))
        }
    }

    @Test("stops the programs with SIGTERM, and they go on where they were")
    func restart() async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            for program in Deployment.programs { #expect(try await deployment.stop(program) == .exit(0), "\(program)") }
            try await deployment.approve(action.id)
            try deployment.startAll()
            try await deployment.wait(for: action.id, toBe: "confirmed")
            try await deployment.expectNothingTwice()
        }
    }

    @Test("never sees a token or a private key in anything that is written", arguments: ["viewer", "ir-team"])
    func canary(token: String) async throws {
        try await Self.running() { deployment in
            let action = try await Self.waiting(deployment)
            try deployment.tell("/faults", #"{"route":"threats","kind":"status","status":401,"times":3}"#)
            try await deployment.approve(action.id)
            try await deployment.wait(for: action.id, toBe: "confirmed")
            let secret = try Data(contentsOf: deployment.folder.appending(path: "console/\(token).token"))
            let key = try String(contentsOf: deployment.folder.appending(path: "you.key"), encoding: .utf8)
            let privateHalf = try #require(key.split(separator: "\n").last?.split(separator: " ").dropFirst(3).first)
            for program in Deployment.programs { _ = try await deployment.stop(program) }
            for file in try deployment.writtenFiles() {
                let content = try Data(contentsOf: file)
                #expect(content.range(of: secret) == nil, "\(file.lastPathComponent)")
                #expect(content.range(of: Data(privateHalf.utf8)) == nil, "\(file.lastPathComponent)")
            }
        }
    }
}
