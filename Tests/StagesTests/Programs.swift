import ActionLedger
import Contracts
import Crypto
import Investigation
import LocalLog
import Pipeline
import PipelineTesting
import Playbook
import Ports
import Stages

/// The loop that polls, from its start to its end.
struct Observing {
    private var runner: FeedRunner<ObserveFeed>
    private let bench: Bench
    let log: ScriptedLog

    init(_ bench: Bench, _ mortality: Mortality, _ plan: ScriptedLog.Plan) throws {
        self.bench = bench
        let catalogue = bench.catalogue
        log = try bench.member(
            of: catalogue.loops.observe, mortality, plan: plan)
        let calls = ScriptedCalls(mortality: mortality) { [unowned bench] request, _ in bench.serve(request) }
        let feed = ObserveFeed(
            catalogue, consoles: [bench.access(bench.reader)], settings: bench.observeSettings,
            orders: bench.context, signals: bench.told.signals)
        runner = FeedRunner(
            feed, name: "observe", on: log, calls: calls, in: bench.setting(mortality),
            tail: { [bench] (topic) throws(LogFailure) in try bench.store.tail(of: [topic], from: .start) })
    }

    /// So many steps, with so much time before each.
    mutating func step(_ count: Int = 1, passing time: Duration = .zero) throws {
        for _ in 0..<count {
            bench.clock.advance(by: time)
            _ = try runner.step(waiting: .zero)
        }
    }
}

/// enrich, investigate and plan: everything between what was observed and what is asked for.
struct Deciding {
    private struct Loops {
        var enrich: StageRunner<EnrichStage>
        var investigate: StageRunner<InvestigateStage>
        var plan: StageRunner<PlanStage>
    }

    private var loops: Loops?

    init(_ bench: Bench, version: String = "v1") throws {
        let catalogue = bench.catalogue
        let setting = bench.setting(Mortality())
        loops = Loops(
            enrich: StageRunner(
                EnrichStage(catalogue), name: "enrich",
                on: try bench.member(of: catalogue.loops.enrich), in: setting),
            investigate: StageRunner(
                InvestigateStage(catalogue), name: "investigate",
                on: try bench.member(of: catalogue.loops.investigate), in: setting),
            plan: StageRunner(
                PlanStage(catalogue, playbook: .containment(needsApproval: true), version: version), name: "plan",
                on: try bench.member(of: catalogue.loops.plan),
                in: setting))
    }

    mutating func step(_ count: Int = 1) throws {
        for _ in 0..<count {
            _ = try loops?.enrich.step(waiting: .zero)
            _ = try loops?.investigate.step(waiting: .zero)
            _ = try loops?.plan.step(waiting: .zero)
        }
    }

    /// The process ends; another one may take its seats.
    mutating func end() { loops = nil }
}

/// The loop that acts, from its start to its end.
struct Performing {
    private var runner: EffectRunner<ActionPerformer>
    private let bench: Bench
    let log: ScriptedLog
    let calls: ScriptedCalls

    init(
        _ bench: Bench, _ mortality: Mortality = Mortality(), plan: ScriptedLog.Plan = .init(),
        reached: @escaping (String) -> Void = { _ in }
    ) throws {
        self.bench = bench
        let catalogue = bench.catalogue
        log = try bench.member(
            of: catalogue.loops.perform, mortality, plan: plan)
        calls = ScriptedCalls(mortality: mortality) { [unowned bench] request, _ in bench.serve(request) }
        let performer = ActionPerformer(
            catalogue, consoles: [bench.acting] + bench.otherConsoles.map { ConsoleAccess($0) { nil } },
            settings: PerformSettings(isDryRun: bench.isDryRun, needsApproval: true, limits: bench.limits),
            context: bench.context, controls: try bench.store.tail(of: [catalogue.controls.name], from: .start),
            cases: try bench.store.tail(of: [catalogue.investigations.name], from: .start),
            signals: bench.told.signals, clock: { [clock = bench.clock] in clock.now })
        var setting = bench.setting(mortality)
        // Everything in these tests is one thread.
        nonisolated(unsafe) let hook = reached
        setting.seams = Seams {
            mortality.seams.reached($0)
            hook($0)
        }
        runner = EffectRunner(performer, name: "perform", on: log, calls: calls, in: setting)
    }

    mutating func step(_ count: Int = 1, passing time: Duration = .milliseconds(250)) throws {
        for _ in 0..<count {
            bench.clock.advance(by: time)
            _ = try runner.step(waiting: .zero)
        }
    }

    /// The ledger as this program remembers it.
    var memory: ConsoleLedger {
        let key = Bytes(bench.consoleID.rawValue)
        return runner.memory(of: Place(Partitioner.partition(of: key, among: 2), key))
    }
}

/// Everything together, with one malicious threat that waits for its approval.
struct Deployment {
    let bench: Bench
    var observing: Observing
    var deciding: Deciding
    private var life: Performing?

    /// A seed whose first detection is malicious by the rules.
    static let seed: UInt64 = 4

    init(_ change: (Bench) throws -> Void = { _ in }) throws {
        bench = try Bench(seed: Self.seed)
        try change(bench)
        observing = try bench.observing()
        deciding = try Deciding(bench)
        try restart()
        try round(40)
    }

    /// The performer anew: what it knew without the log is gone.
    mutating func restart(
        _ mortality: Mortality = Mortality(), plan: ScriptedLog.Plan = .init(),
        reached: @escaping (String) -> Void = { _ in }
    ) throws {
        life = nil
        life = try Performing(bench, mortality, plan: plan, reached: reached)
    }

    /// The performer alone, ten seconds of it unless told otherwise.
    mutating func perform(_ steps: Int = 40, passing time: Duration = .milliseconds(250)) throws {
        try life?.step(steps, passing: time)
    }

    /// The ledger as the performer remembers it.
    var memory: ConsoleLedger? { life?.memory }

    mutating func round(_ count: Int = 1, passing time: Duration = .milliseconds(250)) throws {
        for _ in 0..<count {
            bench.clock.advance(by: time)
            try observing.step()
            try deciding.step()
            try life?.step(1, passing: .zero)
        }
    }

    /// Time goes by, in seconds.
    mutating func pass(_ seconds: Int) throws {
        try round(min(seconds, 20) * 2, passing: .milliseconds(500))
        // Later on only the performer has anything to be quick about.
        for second in stride(from: 20, to: seconds, by: 1) {
            try perform(1, passing: .seconds(1))
            if second % 20 == 0 { try round() }
        }
    }

    /// The one action that the playbook asked for.
    func action() throws -> LedgerEntry {
        let ledger = try bench.ledger()
        guard let id = ledger.order.first, let entry = ledger.entries[id] else { throw Missing() }
        return entry
    }

    /// What there is to say about it.
    var note: String { (try? action()).map { "\($0.state): \($0.note)" } ?? "no action" }

    func entry(_ id: ActionID) throws -> LedgerEntry {
        guard let entry = try bench.ledger().entries[id] else { throw Missing() }
        return entry
    }

    /// Approved, and as far as it then goes.
    mutating func approve(for validity: Duration = .seconds(3_600), thenPass seconds: Int = 10) throws {
        try bench.approve(action(), for: validity)
        try pass(seconds)
    }

    struct Missing: Error {}
}
