import Foundation
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import SQLite
import Testing

@Suite("Local log: somebody frozen inside a transaction", .timeLimit(.minutes(1)))
struct FrozenLogTests {
    enum Bystander: CaseIterable { case idle, atWork, standBy }

    @Test("it is reported within 5 s, with its process id and what to do", arguments: Bystander.allCases)
    func reported(to bystander: Bystander) async throws {
        let (failure, time) = try await apart { try report(to: bystander) }
        #expect(time < .seconds(5))
        #expect(failure?.remedy == .retry)
        #expect(failure?.detail.contains("process \(getpid()) ") == true, "\(failure?.detail ?? "no failure")")
        #expect(failure?.detail.contains("If it is frozen, end it.") == true)
    }
}

/// What a member hears while another connection keeps its transaction open, how long after that began; afterwards the
/// member goes on.
private func report(to bystander: FrozenLogTests.Bystander) throws -> (LogFailure?, Duration) {
    let folder = try Folder()
    let store = try LocalStore(.directory(folder.path), topics: LogContract.topics)
    let first = try store.member(of: "g", reading: ["input"], journal: nil)
    guard case .assigned(let assignment) = try first.poll(atMost: 1, waiting: .zero) else { throw Unassigned() }
    let member = bystander == .standBy ? try store.member(of: "g", reading: ["input"], journal: nil) : first
    let frozen = try Database(.file(folder.path + "/log.sqlite"))
    try frozen.execute("BEGIN IMMEDIATE")
    let start = ContinuousClock.now
    if bystander == .atWork {
        var turn = Turn(in: assignment)
        turn.produce(OutgoingRecord(topic: "output", key: nil, value: "v"))
        guard try member.commit(turn) == .aborted else { throw Unassigned() }
    }
    var failure: LogFailure?
    do throws(LogFailure) {
        while ContinuousClock.now - start < .seconds(10) { _ = try member.poll(atMost: 1, waiting: .seconds(1)) }
    } catch {
        failure = error
    }
    let time = ContinuousClock.now - start
    try frozen.execute("ROLLBACK")
    _ = try member.poll(atMost: 1, waiting: .zero)
    return (failure, time)
}
