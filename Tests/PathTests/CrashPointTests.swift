import Foundation
import Testing

/// One threat from the console's API to a confirmed isolation, with each program killed (kill -9) at each of its crash
/// points. The list below is checked against what a run that is left alone passes through, so that it cannot fall
/// behind the code.
@Suite("The path of one threat", .timeLimit(.minutes(15)))
struct CrashPointTests {
    static let points = [
        "ingest": calls("observe.call.page", "observe.call.probe")
            + commits("observe.commit.page", "observe.commit.probe", "observe.commit.orders"),
        "enrich": commits("enrich.commit.turn", "investigate.commit.turn"),
        "playbook": calls(
            "perform.call.user", "perform.call.role", "perform.call.target", "perform.call.threats",
            "perform.call.isolate", "perform.call.report", "perform.call.state")
            + commits(
                "plan.commit.turn", "perform.commit.request", "perform.commit.intent", "perform.commit.outcome",
                "perform.commit.note"),
    ]

    private static func calls(_ names: String...) -> [String] {
        names.flatMap { name in ["before", "started", "after"].map { "\(name).\($0)" } }
    }

    private static func commits(_ names: String...) -> [String] {
        names.flatMap { name in ["before", "after"].map { "\(name).\($0)" } }
    }

    struct Point: CustomTestStringConvertible, Sendable {
        let program: String
        let seam: String
        var testDescription: String { seam }
    }

    static let all = points.sorted { $0.key < $1.key }.flatMap { program, seams in
        seams.map { Point(program: program, seam: $0) }
    }

    @Test("passes every crash point that is listed, and no other")
    func list() async throws {
        try await Deployment.run { deployment in
            let trace = deployment.folder.appending(path: "trace")
            try deployment.startAll(environment: ["DOCKET_CRASH_TRACE": trace.path])
            try await Self.isolateOne(deployment)
            let passed = Set(try String(contentsOf: trace, encoding: .utf8).split(separator: "\n").map(String.init))
            print("crash points:", passed.sorted().joined(separator: " "))
            #expect(passed.symmetricDifference(Self.all.map(\.seam)).sorted() == [])
        }
    }

    @Test("ends with one isolation, confirmed, wherever a program is killed", arguments: all)
    func killed(at point: Point) async throws {
        try await Deployment.run { deployment in
            for program in Deployment.programs {
                try deployment.start(
                    program, environment: program == point.program ? ["DOCKET_CRASH_AT": point.seam] : [:])
            }
            try await Self.isolateOne(deployment)
            #expect(deployment.killed == [point.program], "the crash point was reached")
        }
    }

    /// Approves the first action that waits, waits for its end, and compares it with what really happened.
    static func isolateOne(_ deployment: Deployment) async throws {
        let action = try await deployment.wait(for: "an action that waits") {
            try await deployment.actions().first { $0.state == "awaitingApproval" }
        }
        try await deployment.approve(action.id)
        try await deployment.wait(for: action.id, toBe: "confirmed")
        // The way home: the case has heard of it, whoever was killed on the way.
        try await deployment.wait(forCaseToKnow: action.id, as: "confirmed")
        #expect(try deployment.effects() == [.init(action: "disconnect", ids: [action.endpoint], affected: 1)])
        try await deployment.expectNothingTwice()
    }
}
