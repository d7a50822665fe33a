import Pipeline
import PipelineTesting
import Ports
import Testing

/// Lets calls that have an intent start only while its gate is open.
private final class GatedCalls: HTTPCalls {
    private let calls: ScriptedCalls
    var isOpen = false
    private(set) var asked: [CallID] = []

    init(_ calls: ScriptedCalls) { self.calls = calls }

    func mayStart(_ request: HTTPRequest, as call: CallID) -> Bool {
        asked.append(call)
        return isOpen
    }
    func start(_ request: HTTPRequest, as call: CallID) { calls.start(request, as: call) }
    func finished(waiting: Duration) -> [(call: CallID, result: HTTPResult)] { calls.finished(waiting: waiting) }
}

@Suite("An effect runner and the rate")
struct EffectRunnerRateTests {
    @Test("an intent is not even written while its call would not be let go, and is made once it would")
    func heldBack() throws {
        let world = try SwitchWorld([])
        try world.bench.append("wishes", "east", "throw lamp")
        let calls = GatedCalls(ScriptedCalls(clock: world.bench.clock) { request, _ in world.serve(request) })
        var runner = EffectRunner(
            SwitchPerformer(), name: "toy", on: try world.bench.log(reading: ["wishes"]), calls: calls,
            in: world.bench.setting())
        for _ in 0..<10 { _ = try runner.step(waiting: .seconds(1)) }
        #expect(Set(calls.asked) == [CallID("lamp/1/throw")])
        #expect(world.thrown.isEmpty)
        #expect(try intents(in: world).isEmpty)
        calls.isOpen = true
        for _ in 0..<10 { _ = try runner.step(waiting: .seconds(1)) }
        #expect(world.thrown == ["lamp": 1])
        #expect(try intents(in: world).count == 1)
        #expect(world.unannounced.isEmpty)
    }

    private func intents(in world: SwitchWorld) throws -> [String] {
        try world.bench.records(world.bench.journal).compactMap { $0.value?.text }.filter { $0.contains("tried") }
    }
}
