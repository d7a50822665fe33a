import Pipeline
import PipelineTesting
import Ports

/// Adds numbers up, and is wrong as soon as one is lost, repeated, or folded twice.
///
/// `5` adds; `ask x` asks a question whose answer is published; `wake 10` wants a tick ten seconds after the record,
/// `doze` wants one and decides nothing on it;
/// `big` makes an output, `vast` a journal entry, that is larger than the log takes; `other` is not its business.
struct TallyStage: Stage {
    struct Memory: Equatable, Sendable {
        var total = 0
        var entries = 0
        var open: [String] = []
        var wakes: Timestamp?
        var dozes = false
    }

    static let sources = ["numbers", "names"]

    let blank = Memory()
    let journal: Topic<String>? = Toy.topic("tallies")
    let tables: Set<String> = ["names"]
    private let totals = { (key: Bytes) in Toy.topic("totals", key: key) }

    func read(_ record: IncomingRecord) throws(Unreadable) -> Reading<(String, Bytes), String> {
        if record.partition.topic == "names", record.value == nil { return .row(nil) }
        let text = try Toy.topic("numbers").message(in: record)
        if text == "other" { return .notMine }
        if record.partition.topic == "names" { return .row(text) }
        return .message((text, record.key ?? .empty))
    }

    func decide(_ input: StageInput<(String, Bytes)>, memory: Memory, row: String?) -> Decision<String> {
        switch input {
        case .message((let text, let key), let moment): decide(text, key, moment, memory, row)
        case .answer(let id, let result, _):
            memory.open.contains(id)
                ? Decision(entries: ["heard \(id)"], outputs: [answer("\(id): \(self.text(result))")]) : .nothing
        case .tick(let moment):
            memory.wakes.map { $0 <= moment } == true && !memory.dozes
                ? Decision(entries: ["woke"], outputs: [answer("woke")])
                : Decision(measures: [Measure(.streamSilent, .set(true), [.console: "toy", .stream: "numbers"])])
        }
    }

    private func decide(_ text: String, _ key: Bytes, _ moment: Timestamp, _ memory: Memory, _ row: String?)
        -> Decision<String>
    {
        let words = text.split(separator: " ").map(String.init)
        switch words.first {
        case "ask": return Decision(entries: [text], asks: [ask(words[1])])
        case "wake": return Decision(entries: ["wake \((moment + .seconds(Int(words[1]) ?? 0)).microseconds)"])
        case "doze": return Decision(entries: ["doze \(moment.microseconds)"])
        case "big": return Decision(outputs: [totals(key).draft(String(repeating: "b", count: 5_000))])
        case "vast": return Decision(entries: [String(repeating: "v", count: 5_000)])
        default:
            let total = memory.total + (Int(text) ?? 0)
            return Decision(
                entries: ["add \(text)"],
                outputs: [totals(key).draft("\(row ?? "?")=\(total)"), totals(key).draft("also")],
                measures: [Measure(.recordsPublished, .one, [.console: "toy", .stream: "numbers"])])
        }
    }

    func recall(_ entry: String, into memory: inout Memory) {
        memory.entries += 1
        let words = entry.split(separator: " ").map(String.init)
        switch words.first {
        case "add": memory.total += Int(words[1]) ?? 0
        case "ask": memory.open.append(words[1])
        case "heard": memory.open.removeAll { $0 == words[1] }
        case "wake", "doze":
            memory.wakes = Timestamp(microseconds: Int64(words[1]) ?? 0)
            memory.dozes = words[0] == "doze"
        default: memory.wakes = nil
        }
    }

    func wakes(_ memory: Memory) -> Timestamp? { memory.wakes }
    func unanswered(in memory: Memory) -> [Ask] { memory.open.map(ask) }

    private func ask(_ id: String) -> Ask { Ask(id: id, request: Toy.request("/\(id)")) }
    private func answer(_ text: String) -> Draft { Toy.topic("totals", key: "answers").draft(text) }
    private func text(_ result: HTTPResult) -> String {
        switch result {
        case .success(let answer): answer.body.text ?? ""
        case .failure(let failure): failure.code
        }
    }
}

/// A tally on a bench: programs that die come back, until nothing is left to do.
struct TallyBench {
    let bench: Bench
    let calls: ScriptedCalls

    init(
        recordLimit: Int = 1 << 20, serve: @escaping (HTTPRequest) -> ScriptedCalls.Reply = { .ok("yes to \($0.path)") }
    )
        throws
    {
        bench = try Bench(TallyStage.sources + ["totals"], journal: "tallies", recordLimit: recordLimit)
        calls = ScriptedCalls(clock: bench.clock) { request, _ in serve(request) }
    }

    func runner(
        on log: ScriptedLog, batch: Int = 10_000, mortality: Mortality = Mortality(),
        limits: (inout StageRunner<TallyStage>.Limits) -> Void = { _ in }
    ) -> StageRunner<TallyStage> {
        var bounds = StageRunner<TallyStage>.Limits()
        bounds.records = batch
        limits(&bounds)
        return StageRunner(
            TallyStage(), name: "tally", on: log, calls: calls, in: bench.setting(mortality), limits: bounds)
    }

    func log(plan: ScriptedLog.Plan = .init(), mortality: Mortality = Mortality()) throws -> ScriptedLog {
        try bench.log(reading: TallyStage.sources, plan: plan, mortality: mortality)
    }

    /// Steps until three steps in a row had nothing to do; a killed program is followed by a new one.
    func settle(batch: Int = 10_000, faults: [Int: ScriptedLog.Fault] = [:]) throws {
        let plan = ScriptedLog.Plan(faults)
        for _ in 0..<20 {
            let mortality = Mortality()
            do {
                var runner = runner(on: try log(plan: plan, mortality: mortality), batch: batch, mortality: mortality)
                try rest(&runner)
                return
            } catch let failure as LogFailure where mortality.isDead && failure.remedy == .stop {
                continue
            }
        }
        throw LogFailure(.stop, code: "restless", detail: "twenty programs died")
    }

    func rest(_ runner: inout StageRunner<TallyStage>, waiting: Duration = .zero) throws {
        var idle = 0
        for _ in 0..<1_000 where idle < 3 { idle = try runner.step(waiting: waiting) == .idle ? idle + 1 : 0 }
    }

    /// What a new program folds from the journal.
    func recalled(_ keys: [String]) throws -> [TallyStage.Memory] {
        var runner = runner(on: try log())
        _ = try runner.step(waiting: .zero)
        return keys.map { runner.memory(of: bench.place($0)) }
    }
}
