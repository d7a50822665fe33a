import ActionLedger
import Contracts
import Crypto
import Investigation
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import SentinelOne
import Stages

/// One process that polls, from its start to its end.
final class Observer {
    let log: ScriptedLog
    let calls: ScriptedCalls
    private var runner: FeedRunner<ObserveFeed>
    /// So many steps that it does not do.
    var sleeps = 0

    init(in world: World, diesAtSeam seam: Int?, freezesAtSeam freeze: Int?) throws {
        let mortality = Mortality(atSeam: seam)
        let loop = world.catalogue.loops.observe
        let inner = try world.store.member(of: loop.name, reading: loop.sources, journal: loop.journal)
        log = ScriptedLog(
            WitnessedLog(inner) { [unowned world] in world.note($0) }, journal: loop.journal, plan: world.plan,
            mortality: mortality)
        calls = ScriptedCalls(mortality: mortality) { [unowned world] request, call in
            guard let site = world.sites.first(where: { "\($0.id).example" == request.origin.host }) else {
                return .lost(.notSent)
            }
            return site.serve(request, call)
        }
        let feed = ObserveFeed(
            world.catalogue, consoles: world.sites.map(\.access), settings: world.settings, orders: Self.nobodysOrders,
            signals: world.told.signals)
        let pauses = Pauses()
        var setting = RunnerSetting(
            deadLetters: world.catalogue.deadLetters, clock: { [clock = world.clock] in clock.now },
            digest: { SHA256(of: $0).hex }, meters: world.told.meters)
        // Everything in these tests is one thread.
        nonisolated(unsafe) let pass = pauses
        setting.seams = Seams {
            mortality.seams.reached($0)
            pass.reached()
        }
        let clock = world.clock
        let paced = PacedCalls(
            calls, clock: { clock.now - World.start }, pause: { clock.advance(by: $0) },
            generator: SplitMix64(seed: world.seed))
        runner = FeedRunner(
            feed, name: "observe", on: log, calls: world.isPaced ? paced : calls, in: setting,
            tail: { [store = world.store] (topic) throws(LogFailure) in try store.tail(of: [topic], from: .start) })
        pauses.at = freeze
        pauses.pause = { [unowned self, unowned world] in world.freeze(self) }
    }

    /// Where it stands still for a while.
    private final class Pauses {
        var at: Int?
        var pause: () -> Void = {}
        private var count = 0

        func reached() {
            defer { count += 1 }
            if count == at { pause() }
        }
    }

    private static var nobodysOrders: OrderContext {
        OrderContext(deployment: "world", hash: { SHA256(of: $0).hex }, isGenuine: { _, _, _ in false })
    }

    func step() throws(LogFailure) {
        if sleeps > 0 {
            sleeps -= 1
            return
        }
        _ = try runner.step(waiting: .zero)
    }

    func memory(of console: ConsoleID) -> FeedMemory {
        let key = Bytes(console.rawValue)
        return runner.memory(of: Place(Partitioner.partition(of: key, among: 2), key))
    }
}

/// Tells of every turn that was committed, in the order in which they were.
private final class WitnessedLog: TransactionalLog {
    private let log: any TransactionalLog
    private let committed: (Turn) -> Void

    init(_ log: any TransactionalLog, committed: @escaping (Turn) -> Void) {
        self.log = log
        self.committed = committed
    }

    var recordLimit: Int { log.recordLimit }

    func poll(atMost count: Int, waiting: Duration) throws(LogFailure) -> Intake {
        try log.poll(atMost: count, waiting: waiting)
    }

    func commit(_ turn: Turn) throws(LogFailure) -> TurnOutcome {
        let outcome = try log.commit(turn)
        if outcome == .committed { committed(turn) }
        return outcome
    }

    func rewind() throws(LogFailure) { try log.rewind() }

    func replay(
        _ partition: Partition, from start: Offset, _ body: (IncomingRecord) throws(LogFailure) -> Void
    ) throws(LogFailure) -> Offset { try log.replay(partition, from: start, body) }
}
