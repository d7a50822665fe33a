import ActionLedger
import Contracts
import Crypto
import Investigation
import LocalLog
import Pipeline
import PipelineTesting
import Ports
import SimulatedConsole
import Stages
import Synchronization

/// A deployment in one process, scripted by one seed: consoles and the people in them, a log in memory, a clock that
/// moves only when told, and programs that come and go. One seed always makes the same world.
final class World {
    static let start = Timestamp(microseconds: 1_790_000_000_000_000)
    /// How long a silent program keeps its partitions.
    static let lease = Duration.seconds(30)

    /// A turn as the log took it.
    struct Committed {
        let at: Timestamp
        let records: [OutgoingRecord]
    }

    let seed: UInt64
    var dice: SplitMix64
    let clock = ScriptedClock(at: start)
    let catalogue = Catalogue(deployment: "world", partitions: 2)
    let store: LocalStore
    let told = Told()
    var sites: [Site] = []
    var settings = ObserveSettings(interval: .seconds(30), overlap: .seconds(90), lookBack: .seconds(7_200))
    /// Whether programs keep to the rates that the vendor publishes.
    var isPaced = false
    /// Which commits fail, of all programs that there will ever be.
    var plan = ScriptedLog.Plan()
    /// In the order in which they were committed.
    private(set) var turns: [Committed] = []
    /// Ids that were published, by console and stream: what people in the console can know of.
    private(set) var known: [ConsoleID: [ObservedStream: [String]]] = [:]
    private(set) var crew: [Observer] = []
    /// What ended programs, by its code.
    private(set) var ends: [String: Int] = [:]
    private var isFrozen = false

    init(seed: UInt64) throws {
        self.seed = seed
        dice = SplitMix64(seed: seed)
        let clock = clock
        var limits = LocalStore.Limits()
        limits.lease = Self.lease
        limits.farewell = Self.lease
        store = try LocalStore(
            .memory, topics: catalogue.declarations, limits: limits, now: { clock.now },
            leaseClock: LeaseClock(boot: "this one", uptime: { clock.now - Self.start }))
    }

    var now: Timestamp { clock.now }

    // MARK: Chance

    func chance(_ one: Int, in many: Int) -> Bool { Int.random(in: 0..<many, using: &dice) < one }
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &dice) }
    func one<T>(of choices: [T]) -> T? { choices.randomElement(using: &dice) }

    // MARK: Programs

    /// One more process that polls; the log shares the consoles out among all.
    @discardableResult
    func hire(diesAtSeam seam: Int? = nil, freezesAtSeam freeze: Int? = nil) throws -> Observer {
        let observer = try Observer(in: self, diesAtSeam: seam, freezesAtSeam: freeze)
        crew.append(observer)
        return observer
    }

    func dismiss(_ observer: Observer) { crew.removeAll { $0 === observer } }

    /// Time passes, and then everybody does a step, in any order.
    func step(passing time: Duration) throws {
        clock.advance(by: time)
        for observer in crew.shuffled(using: &dice) where crew.contains(where: { $0 === observer }) {
            try run(observer)
        }
    }

    /// Until nobody asks anything any more; it takes a bounded time.
    func settle() throws {
        var quiet = 0
        for _ in 0..<200 where quiet < 3 {
            let asked = sites.reduce(0) { $0 + $1.asked.count }
            try step(passing: .milliseconds(100))
            quiet = asked == sites.reduce(0) { $0 + $1.asked.count } ? quiet + 1 : 0
        }
    }

    /// So much time, with everything done in it that is due.
    func pass(_ time: Duration, each step: Duration = .seconds(30)) throws {
        let end = now + time
        while now < end {
            try self.step(passing: step)
            try settle()
        }
    }

    /// Reads no other streams.
    func only(_ streams: Set<ObservedStream>) {
        for stream in ObservedStream.allCases where !streams.contains(stream) { settings.streams[stream]?.isOn = false }
    }

    private func run(_ observer: Observer) throws {
        // No two calls begin at the same moment.
        clock.advance(by: .microseconds(1))
        do throws(LogFailure) {
            try observer.step()
        } catch {
            if error.remedy == .retry { return }
            ends[error.code, default: 0] += 1
            dismiss(observer)
            if crew.isEmpty { try hire() }
        }
    }

    /// One program is frozen for so long that the others take over; the late deeds of the thawed one must be nobody's.
    func freeze(_ observer: Observer) {
        guard !isFrozen else { return }
        isFrozen = true
        defer { isFrozen = false }
        for _ in 0..<6 {
            clock.advance(by: .seconds(15))
            for other in crew where other !== observer { try? run(other) }
        }
    }

    // MARK: The log

    func note(_ turn: Turn) {
        turns.append(Committed(at: now, records: turn.produced))
        for record in turn.produced {
            guard let stream = stream(of: record.topic), let id = record.headers["docket-record"],
                let console = record.key?.text.flatMap({ Subject($0) })?.console
            else { continue }
            known[console, default: [:]][stream, default: []].append(id)
        }
    }

    func stream(of topic: String) -> ObservedStream? {
        ObservedStream.allCases.first { catalogue.observed($0).name == topic }
    }

    func published(_ stream: ObservedStream) throws -> [IncomingRecord] { try records(catalogue.observed(stream).name) }

    func records(_ topic: String) throws -> [IncomingRecord] {
        let tail = try store.tail(of: [topic], from: .start)
        var all: [IncomingRecord] = []
        while true {
            let batch = try tail.next(atMost: 1_000, waiting: .zero)
            all += batch.records
            if batch.reachedEnd { return all }
        }
    }
}

/// Every signal and every number that was told.
final class Told: Sendable {
    private let all = Mutex<[Signal]>([])
    private let measured = Mutex<[Measure]>([])

    var signals: Signals { Signals { [self] signal in all.withLock { $0.append(signal) } } }
    var everything: [Signal] { all.withLock { $0 } }
    var meters: Meters { Meters { [self] measure in measured.withLock { $0.append(measure) } } }

    func signals(_ event: String) -> [Signal] { everything.filter { $0.event.name == event } }

    /// A counter's value with labels that begin with these.
    func count(_ metric: Metric, _ labels: String...) -> Int {
        measured.withLock { measured in
            measured.reduce(0) { sum, measure in
                guard measure.metric == metric, measure.values.starts(with: labels) else { return sum }
                return if case .add(let more) = measure.change { sum + Int(more) } else { sum }
            }
        }
    }
}
