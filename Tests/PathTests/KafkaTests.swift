import Children
import Foundation
import JSONView
import Ports
import Testing

/// The same path, with the same programs and one other line of settings: on a real Kafka.
@Suite(
    "The path of one threat on Kafka", .enabled(if: TestCluster.canStart, "set DOCKET_KAFKA_HOME"),
    .timeLimit(.minutes(10)))
struct KafkaPathTests {
    /// A deployment whose topics are made as an operator makes them.
    private static func run(_ body: (Deployment) async throws -> Void) async throws {
        let prefix = "path-\(UUID().uuidString.prefix(8).lowercased())."
        try await Deployment.run(on: .kafka(try TestCluster.bootstrap(), prefix: prefix)) { deployment in
            try await deployment.docket("topics", "apply")
            try await body(deployment)
        }
    }

    /// All of them are tried on the embedded log; here, where each takes long, every fourth.
    private static let sample = CrashPointTests.all.enumerated().filter { $0.offset.isMultiple(of: 4) }.map(\.element)

    @Test("ends with one isolation, confirmed, wherever a program is killed", arguments: sample)
    func killed(at point: CrashPointTests.Point) async throws {
        try await Self.run { deployment in
            for program in Deployment.programs {
                try deployment.start(
                    program, environment: program == point.program ? ["DOCKET_CRASH_AT": point.seam] : [:])
            }
            try await CrashPointTests.isolateOne(deployment)
            #expect(deployment.killed == [point.program], "the crash point was reached")
        }
    }

    @Test("is read along by a subscriber's group, each record once")
    func subscriber() async throws {
        try await Self.run { deployment in
            func stop(_ reason: String) async throws {
                try await deployment.docket("stop", "--reason", reason, "--no-wait")
            }
            func read() async throws -> [String] {
                try await deployment.docket("read", "controls", "--group", "siem", "--json").split(separator: "\n").map
                {
                    try JSONView(parsing: Bytes(String($0)))["value"]["stop"]["reason"].text
                }
            }
            for reason in ["one", "two", "three"] { try await stop(reason) }
            #expect(try await read() == ["one", "two", "three"])
            #expect(try await read() == [])
            try await stop("four")
            #expect(try await read() == ["four"])
        }
    }

    @Test("goes on where it was when the only broker was away for a while")
    func brokerAway() async throws {
        let cluster = try TestCluster.own()
        defer { #expect(throws: Never.self) { try cluster.end() } }
        try await Deployment.run(on: .kafka(cluster.bootstrap, prefix: "docket.")) { deployment in
            try await deployment.docket("topics", "apply")
            // A transaction that was open all the while is ended by the broker, and that ends its program.
            deployment.isSupervised = true
            try deployment.startAll()
            let action = try await deployment.wait(for: "an action that waits") {
                try await deployment.actions().first { $0.state == "awaitingApproval" }
            }
            try cluster.broker("pause")
            try await Task.sleep(for: .seconds(10))
            try cluster.broker("resume")
            try await deployment.approve(action.id)
            try await deployment.wait(for: action.id, toBe: "confirmed")
            try await deployment.wait(forCaseToKnow: action.id, as: "confirmed")
            #expect(try deployment.effects() == [.init(action: "disconnect", ids: [action.endpoint], affected: 1)])
            try await deployment.expectNothingTwice()
        }
    }

    /// Brokers that know every program by name, and permit each what `docket topics acls` says and no more.
    private static func runSecured(_ body: (Deployment) async throws -> Void) async throws {
        let cluster = try TestCluster.secure()
        let prefix = "secured-\(UUID().uuidString.prefix(8).lowercased())."
        func log(_ users: [String: String]) throws -> DeploymentLog {
            .kafka(cluster.bootstrap, authority: try TestCluster.authority(), prefix: prefix, users: users)
        }
        let users = ["ingest": "ingest", "enrich": "enrich", "playbook": "playbook", "docket": "operator"]
        try await Deployment.run(on: try log(users.merging(["administrator": "admin"]) { $1 })) { deployment in
            try await deployment.docket(as: "administrator", "topics", "apply")
            let commands = try await deployment.docket(
                "topics", "acls", "--commands", "--principal", "docket=User:operator")
            // A minute of Java, on a thread of its own: the tests' pool has one a core, and others wait in it.
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                DispatchQueue.global().async { done.resume(with: Result { try cluster.permit(commands) }) }
            }
            try await body(deployment)
        }
    }

    @Test("is shared by two of each program over TLS, each with no more rights than it needs, while they come and go")
    func replicas() async throws {
        try await Self.runSecured { deployment in
            try deployment.startAll()
            let actions = try await deployment.wait(for: "two actions that wait") {
                let waiting = try await deployment.actions().filter { $0.state == "awaitingApproval" }
                return waiting.count >= 2 ? waiting : nil
            }
            for program in Deployment.programs { try deployment.start("\(program)-2") }
            try await deployment.approve(actions[0].id)
            try await deployment.wait(for: actions[0].id, toBe: "confirmed")
            for program in Deployment.programs { #expect(try await deployment.stop(program) == .exit(0), "\(program)") }
            try await deployment.docket("undo", actions[0].id, "--reason", "false alarm", "--key", "you.key")
            _ = try await deployment.wait(for: "the release") {
                try await deployment.actions().first { $0.kind == "release" && $0.state == "confirmed" }
            }
            try await deployment.expectNothingTwice()
            #expect(
                try deployment.effects() == [
                    .init(action: "disconnect", ids: [actions[0].endpoint], affected: 1),
                    .init(action: "connect", ids: [actions[0].endpoint], affected: 1),
                ])
        }
    }

    @Test(
        "a program under another's name fails, and says what it may not do",
        arguments: [("playbook", "enrich"), ("enrich", "ingest"), ("ingest", "playbook")])
    func wrongName(program: String, user: String) async throws {
        try await Self.runSecured { deployment in
            try deployment.start(program, environment: ["KAFKA_USER": user])
            let end = try await deployment.end(of: program)
            #expect(end == .exit(70))
            let said = deployment.log(of: program)
            #expect(said.contains("AUTHORIZATION_FAILED") && said.contains("secured-"), "\(said)")
        }
    }
}
