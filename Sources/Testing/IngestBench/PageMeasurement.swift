import ActionLedger
import Contracts
import Crypto
import Glibc
import Investigation
import JSONView
import Pipeline
import Ports
import SentinelOne
import SimulatedConsole
import Stages

/// Processor time of one page of a thousand threats that were never seen before: all that ingest makes of it, until its
/// records could be handed to the log, and the parts of that which look at every row.
struct PageMeasurement {
    private static let start = Timestamp(microseconds: 1_790_000_000_000_000)
    private static let rows = 1_000

    private let answer: HTTPResult
    private let bytes: Int
    private let console: Console

    init() {
        var settings = SimulatedConsoleSettings(start: Self.start)
        settings.history = Self.rows
        settings.agents = 200
        var simulated = SimulatedConsole(settings)
        let token = simulated.viewerToken
        let request = ServedRequest(
            method: "GET", path: "/web/api/v2.1/threats",
            query: [("limit", String(Self.rows)), ("sortBy", "updatedAt")].map { (name: $0.0, value: $0.1) },
            headers: [(name: "Authorization", value: "ApiToken \(token.reveal())")])
        guard case .answer(let page) = simulated.answer(request, at: Self.start).outcome, page.status == 200 else {
            preconditionFailure("the simulated console gave no page")
        }
        answer = .success(page)
        bytes = page.body.count
        console = Console(
            id: "bench", origin: HTTPOrigin(.https, host: "bench.example", port: 443), token: token)
    }

    /// Prints the size of a row, and the milliseconds of all of it, of reading the page, of taking its rows apart, of
    /// redaction, and of the sieve.
    func run() throws {
        let rows = try Page(answer, of: .threats, from: console).items.map(\.bytes)
        precondition(rows.count == Self.rows, "the page has another number of rows")
        let (redaction, sieve) = (Redaction(), Sieve())
        let whole = try harvest()
        let reading = try best { _ = try Page(answer, of: .threats, from: console) }
        let parsing = try best { for row in rows { _ = try JSONView(parsing: row) } }
        let views = try rows.map { (try JSONView(parsing: $0), $0) }
        let redacting = try best { for (view, row) in views { _ = try redaction.redacted(view, row, of: .threats) } }
        let sieving = best { for (view, _) in views { _ = sieve.hides(view, of: .threats, isKnown: false) } }
        print(bytes / Self.rows, whole * 1e3, reading * 1e3, parsing * 1e3, redacting * 1e3, sieving * 1e3)
    }

    /// The same answer again and again: nothing is committed, so each time it is the first.
    private func harvest() throws -> Double {
        let catalogue = Catalogue(deployment: "bench")
        guard let id = ConsoleID("bench") else { preconditionFailure("bench is a name") }
        let console = console
        let access = ConsoleAccess(id) { console }
        let settings = ObserveSettings(interval: .seconds(30), overlap: .seconds(600), lookBack: .seconds(30 * 86_400))
        var feed = ObserveFeed(
            catalogue, consoles: [access], settings: settings,
            orders: OrderContext(deployment: "bench", hash: { SHA256(of: $0).hex }, isGenuine: { _, _, _ in false }),
            signals: .none)
        let (key, memory) = (Bytes("bench"), FeedMemory())
        let errands = feed.errands(for: key, memory: memory, at: Self.start)
        guard let errand = errands.first(where: { $0.request.path.hasSuffix("/threats") && $0.label == "page" }) else {
            preconditionFailure("no page of threats is asked for")
        }
        let cause = Cause(id: "bench", at: Self.start)
        return best {
            let decision = feed.conclude(errand, answer, for: key, memory: memory, at: Self.start)
            let records =
                decision.outputs.map { $0.record(following: cause) }
                + decision.entries.map { catalogue.feedsCursors.record($0, following: cause) }
            precondition(records.count > Self.rows, "not every row became a record")
        }
    }

    /// Seconds of processor time of the quickest.
    private func best(_ work: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<20 {
            let began = Self.processorTime
            try work()
            best = min(best, Self.processorTime - began)
        }
        return best
    }

    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
