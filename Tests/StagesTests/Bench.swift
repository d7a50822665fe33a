import ActionLedger
import Contracts
import Crypto
import Investigation
import JSONView
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import SentinelOne
import SimulatedConsole
import Stages
import Synchronization

/// A whole deployment in process: a simulated console, a log in memory, the real loops stepped by hand, and a clock
/// that moves only when told.
final class Bench {
    static let start = Timestamp(microseconds: 1_790_000_000_000_000)
    static let deployment = "bench"

    /// A token's file: may be replaced, or be away.
    final class TokenFile: Sendable {
        private let held: Mutex<(secret: Secret?, readings: Int)>
        init(_ secret: Secret) { held = Mutex((secret, 0)) }
        var secret: Secret? {
            get { held.withLock { $0.secret } }
            set { held.withLock { $0.secret = newValue } }
        }
        var readings: Int { held.withLock { $0.readings } }
        func read() -> Secret? {
            held.withLock {
                $0.readings += 1
                return $0.secret
            }
        }
    }

    let clock = ScriptedClock(at: start)
    let catalogue = Catalogue(deployment: deployment, partitions: 2)
    let store: LocalStore
    let reader: TokenFile
    let writer: TokenFile
    let told = Told()
    let consoleID: ConsoleID
    private let key: SigningKey
    private let appender: LocalAppender
    private var orders = 0

    var console: SimulatedConsole
    /// The console's clock minus ours.
    var consoleAhead = Duration.zero
    /// Asked before the console: what it returns comes in the console's place.
    var intercept: ((HTTPRequest) -> ScriptedCalls.Reply?)?
    /// What the console answered, as it reaches us.
    var rewrite: ((HTTPRequest, HTTPAnswer) -> HTTPAnswer)?
    /// What the console is asked, as it reaches it.
    var redirect: ((inout HTTPRequest) -> Void)?

    var limits = LedgerLimits()
    var isDryRun = false
    /// The settings name no writer-token.
    var isReadOnly = false
    /// In the settings too, without a token.
    var otherConsoles: [ConsoleID] = []
    var observeSettings = ObserveSettings(interval: .seconds(2), overlap: .seconds(600), lookBack: .seconds(86_400))

    init(seed: UInt64 = 4, threats: Int = 1, change: (inout SimulatedConsoleSettings) -> Void = { _ in }) throws {
        guard let id = ConsoleID("eu1") else { preconditionFailure("eu1 is an id") }
        consoleID = id
        var settings = SimulatedConsoleSettings(start: Self.start)
        settings.seed = seed
        settings.agents = 4
        settings.maximumThreats = threats
        settings.threatInterval = .seconds(2)
        change(&settings)
        console = SimulatedConsole(settings)
        reader = TokenFile(console.viewerToken)
        writer = TokenFile(console.responderToken)
        key = try SigningKey(seed: [UInt8](repeating: 7, count: 32))
        store = try LocalStore(.memory, topics: catalogue.declarations, now: { [clock] in clock.now })
        appender = try store.appender()
        limits.visibilityHorizon = .seconds(60)
        limits.setbackLimit = .seconds(30)
    }

    var now: Timestamp { clock.now }

    /// As perform is given it.
    var acting: ConsoleAccess { isReadOnly ? ConsoleAccess(consoleID, isReadOnly: true) { nil } : access(writer) }

    func access(_ file: TokenFile) -> ConsoleAccess {
        ConsoleAccess(consoleID) {
            file.read().map {
                Console(id: "eu1", origin: HTTPOrigin(.https, host: "eu1.example", port: 443), token: $0)
            }
        }
    }

    // MARK: The world

    func serve(_ request: HTTPRequest) -> ScriptedCalls.Reply {
        if let reply = intercept?(request) { return reply }
        var request = request
        redirect?(&request)
        let headers = request.headers + [("Authorization", request.authorization?.reveal() ?? "")]
        let served = ServedRequest(
            method: request.method.rawValue, path: request.path, query: request.query, headers: headers,
            body: request.body ?? .empty)
        switch console.answer(served, at: clock.now + consoleAhead).outcome {
        case .lost, .cut, .drip, .misstated, .raw: return .lost()
        case .answer(let answer): return .result(.success(rewrite?(request, answer) ?? answer))
        }
    }

    @discardableResult
    func control(_ method: String, _ path: String, _ body: String = "") throws -> JSONView {
        let request = ServedRequest(method: method, path: path, body: Bytes(body))
        return try JSONView(parsing: console.controlAnswer(request, at: clock.now + consoleAhead).body)
    }

    func fault(_ kind: String, on route: String, times: Int = 1, more: String = "") throws {
        try control("POST", "/faults", #"{"route":"\#(route)","kind":"\#(kind)","times":\#(times)\#(more)}"#)
    }

    /// State-changing calls of ours that changed something, by action and endpoint.
    func changes() throws -> [(action: String, endpoint: String)] {
        var changes: [(String, String)] = []
        for row in try control("GET", "/effects")["effects"].elements where try row["via"].text == "api" {
            for id in try row["ids"].elements { changes.append((try row["action"].text, try id.id)) }
        }
        return changes
    }

    /// State-changing calls that reached the console, whatever it said.
    func writes() throws -> Int {
        try control("GET", "/effects")["effects"].elements.filter { try $0["via"].text == "api" }.count
    }

    func calls(_ route: String) throws -> Int { (try? control("GET", "/effects")["calls"][route].integer) ?? 0 }

    func isolation(of endpoint: String) throws -> String {
        try control("GET", "/effects")["isolation"][endpoint].text
    }

    // MARK: The log

    func records(_ topic: String) throws -> [IncomingRecord] {
        let tail = try store.tail(of: [topic], from: .start)
        var all: [IncomingRecord] = []
        while true {
            let batch = try tail.next(atMost: 1_000, waiting: .zero)
            all += batch.records
            if batch.reachedEnd { return all }
        }
    }

    /// The ledger as anybody can fold it from its journal.
    func ledger() throws -> ConsoleLedger {
        var ledger = ConsoleLedger()
        for record in try records(catalogue.actionsLedger.name) {
            ledger.apply(try catalogue.actionsLedger.message(in: record))
        }
        return ledger
    }

    /// The latest state of every case.
    func cases() throws -> [CaseID: CaseSummary] {
        var cases: [CaseID: CaseSummary] = [:]
        for record in try records(catalogue.investigations.name) {
            let summary = try catalogue.investigations.message(in: record).summary
            cases[summary.id] = summary
        }
        return cases
    }

    func append(_ records: OutgoingRecord...) throws { try appender.append(records) }

    private func cause(_ what: String) -> Cause {
        orders += 1
        return Cause(id: "\(what)-\(orders)", at: now)
    }

    var context: OrderContext {
        let verifying = key.verifyingKey
        return OrderContext(
            deployment: Self.deployment, hash: { SHA256(of: $0).hex },
            isGenuine: { text, signature, by in
                guard by == "ada", let signature = try? Signature(signature) else { return false }
                return verifying.verifies(signature, of: Bytes(text))
            })
    }

    func sign(_ demand: Order.Demand, for validity: Duration = .seconds(3_600)) -> SignedOrder {
        let order = Order(
            demand, deployment: Self.deployment, console: consoleID, by: "ada", at: now, until: now + validity)
        return SignedOrder(order, signature: key.sign(Bytes(order.text)).base64)
    }

    func order(_ demand: Order.Demand, for validity: Duration = .seconds(3_600)) throws {
        try append(catalogue.ordersConsoles.record(sign(demand, for: validity), following: cause("order")))
    }

    func approve(_ entry: LedgerEntry, for validity: Duration = .seconds(3_600)) throws {
        try order(.approve(entry.request.id, plan: entry.plan), for: validity)
    }

    func wish(_ wish: ActionWish) throws {
        try append(catalogue.actionsRequested.record(wish, following: cause("wish")))
    }

    func call(_ control: Control) throws { try append(catalogue.controls.record(control, following: cause("control"))) }

    func stop(_ id: String = "stop-1", console: ConsoleID? = nil) throws {
        try call(.stop(Stop(id: id, console: console, by: "grace", reason: "drill", at: now)))
    }

    // MARK: Programs

    func observing(_ mortality: Mortality = Mortality(), plan: ScriptedLog.Plan = .init()) throws -> Observing {
        try Observing(self, mortality, plan)
    }

    func setting(_ mortality: Mortality) -> RunnerSetting {
        RunnerSetting(
            deadLetters: catalogue.deadLetters, clock: { [clock] in clock.now }, seams: mortality.seams,
            digest: { SHA256(of: $0).hex })
    }

    func member(
        of loop: LoopDeclaration, _ mortality: Mortality = Mortality(), plan: ScriptedLog.Plan = .init()
    ) throws -> ScriptedLog {
        let log = try store.member(of: loop.name, reading: loop.sources, journal: loop.journal)
        return ScriptedLog(DeclaredLog(log, of: loop), journal: loop.journal, plan: plan, mortality: mortality)
    }
}

/// Holds a loop to its declaration, as the permissions of a cluster would.
private final class DeclaredLog: TransactionalLog {
    private let log: any TransactionalLog
    private let loop: LoopDeclaration

    init(_ log: any TransactionalLog, of loop: LoopDeclaration) {
        self.log = log
        self.loop = loop
    }

    var recordLimit: Int { log.recordLimit }

    func poll(atMost count: Int, waiting: Duration) throws(LogFailure) -> Intake {
        try log.poll(atMost: count, waiting: waiting)
    }

    func commit(_ turn: Turn) throws(LogFailure) -> TurnOutcome {
        if let foreign = turn.produced.first(where: { !loop.writes.contains($0.topic) }) {
            throw LogFailure(.stop, code: "undeclared", detail: "\(loop.group) writes to \(foreign.topic)")
        }
        return try log.commit(turn)
    }

    func rewind() throws(LogFailure) { try log.rewind() }

    func replay(
        _ partition: Partition, from start: Offset, _ body: (IncomingRecord) throws(LogFailure) -> Void
    ) throws(LogFailure) -> Offset {
        guard loop.reads.contains(partition.topic) else {
            throw LogFailure(.stop, code: "undeclared", detail: "\(loop.group) replays \(partition.topic)")
        }
        return try log.replay(partition, from: start, body)
    }
}

/// Every signal that was told.
final class Told: Sendable {
    private let all = Mutex<[Signal]>([])
    var signals: Signals { Signals { [self] signal in all.withLock { $0.append(signal) } } }
    func count(_ event: Signal.Event) -> Int { all.withLock { $0.count { $0.event == event } } }
}
