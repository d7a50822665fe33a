import Pipeline
import PipelineTesting
import Ports

/// Reads the numbers 1, 2, 3… that each console holds, two a page, and rests for thirty seconds at the end.
struct PageFeed: Feed {
    let keys: [Bytes]
    let blank = 0
    let journal: Topic<String> = Toy.topic("cursors")
    private var rests: [Bytes: Timestamp] = [:]

    init(_ keys: [String]) { self.keys = keys.map { Bytes($0) } }

    mutating func decide(on record: IncomingRecord, memory: Int, at now: Timestamp) throws(Unreadable)
        -> Decision<String>?
    {
        let text = try Toy.topic("orders").message(in: record)
        return text == "again" ? Decision(entries: ["0"]) : nil
    }

    mutating func errands(for key: Bytes, memory: Int, at now: Timestamp) -> [Errand<String>] {
        guard rests[key].map({ $0 <= now }) ?? true, let name = key.text else { return [] }
        return [
            Errand(id: CallID("\(name)/after/\(memory)"), label: "page", request: Toy.request("/\(name)/\(memory)"))
        ]
    }

    mutating func conclude(
        _ errand: Errand<String>, _ result: HTTPResult, for key: Bytes, memory: Int, at now: Timestamp
    ) -> Decision<String> {
        let console = key.text ?? "-"
        guard let page = text(of: result), !page.isEmpty else {
            rests[key] = now + .seconds(30)
            return Decision(measures: [Measure(.wholeWalk, .set(now), [.console: console, .stream: "numbers"])])
        }
        let numbers = page.split(separator: ",").map(String.init)
        return Decision(
            entries: [numbers.last ?? ""], outputs: numbers.map { Toy.topic("seen", key: key).draft($0) },
            measures: [Measure(.recordsPublished, .add(numbers.count), [.console: console, .stream: "numbers"])])
    }

    func recall(_ entry: String, into memory: inout Int) { memory = Int(entry) ?? 0 }
    func nextDue(for key: Bytes, memory: Int, at now: Timestamp) -> Timestamp? { rests[key] ?? now }
}

/// Consoles that hold so many numbers each, and a feed that reads them.
struct FeedBench {
    static let keys = ["east", "west", "north"]
    let bench: Bench
    let calls: ScriptedCalls

    init(count: Int = 5, mortality: Mortality = Mortality(), on other: Bench? = nil, after looks: Int = 0) throws {
        bench = try other ?? Bench(["orders", "seen"], journal: "cursors")
        calls = ScriptedCalls(mortality: mortality, clock: bench.clock) { request, _ in
            let after = request.path.split(separator: "/").last.flatMap { Int($0) } ?? 0
            return .ok(
                ((after + 1)...).prefix { $0 <= min(count, after + 2) }.map(String.init).joined(separator: ","),
                after: looks)
        }
    }

    func runner(
        on log: ScriptedLog, _ mortality: Mortality = Mortality(),
        limits: FeedRunner<PageFeed>.Limits = FeedRunner<PageFeed>.Limits()
    ) -> FeedRunner<PageFeed> {
        FeedRunner(
            PageFeed(Self.keys), name: "toy", on: log, calls: calls, in: bench.setting(mortality), limits: limits)
    }

    func rest(_ runner: inout FeedRunner<PageFeed>) throws {
        for _ in 0..<40 { _ = try runner.step(waiting: .zero) }
    }

    /// The numbers seen per console.
    func seen() throws -> [String: [String]] {
        var seen: [String: [String]] = [:]
        for record in try bench.records("seen") {
            seen[record.key?.text ?? "-", default: []].append(record.value?.text ?? "-")
        }
        return seen
    }

    static func all(_ count: Int = 5) -> [String: [String]] {
        Dictionary(uniqueKeysWithValues: keys.map { ($0, (1...count).map(String.init)) })
    }
}
