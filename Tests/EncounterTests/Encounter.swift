import Foundation
import Ports
import SentinelOne
import SimulatedConsole

/// The client and the simulated console, in one process and on one scripted clock. They share no code, so where they
/// understand each other both have read the vendor's documents alike.
struct Encounter {
    struct Refused: Error {
        let sentence: String
    }

    static let start = Timestamp(microseconds: 1_790_000_000_000_000)

    private(set) var simulated: SimulatedConsole
    private(set) var now = Encounter.start
    let console: Console

    init(as token: (SimulatedConsole) -> Secret = \.viewerToken, _ change: (inout SimulatedConsoleSettings) -> Void) {
        var settings = SimulatedConsoleSettings(start: Self.start)
        change(&settings)
        simulated = SimulatedConsole(settings)
        console = Console(
            id: "met", origin: HTTPOrigin(.https, host: "met.example", port: 443), token: token(simulated))
    }

    /// A fleet in which every story has been told, sixty times as fast as usual.
    static func afterEveryStory() -> Encounter {
        var encounter = Encounter {
            $0.agents = 60
            $0.history = 40
            $0.maximumThreats = 12
            $0.stories = SimulatedConsoleSettings.usualStories
            $0.timeScale = 60
        }
        encounter.pass(.seconds(3 * 3_600))
        return encounter
    }

    mutating func pass(_ duration: Duration) { now = now + duration }

    /// As the HTTP client would report it.
    mutating func ask(_ request: HTTPRequest) -> HTTPResult {
        let authorization = request.authorization.map { [(name: "Authorization", value: $0.reveal())] } ?? []
        let served = ServedRequest(
            method: request.method.rawValue, path: request.path, query: request.query,
            headers: request.headers + authorization, body: request.body ?? .empty)
        let reply = simulated.answer(served, at: now)
        now = now + reply.delay
        return switch reply.outcome {
        case .answer(let answer): .success(answer)
        case .drip(let answer, _, _): .success(answer)
        case .lost, .cut, .misstated, .raw:
            .failure(HTTPFailure(.mayHaveArrived, code: "http.connection_lost", detail: "the answer was cut"))
        }
    }

    /// Says what shall go wrong.
    mutating func fault(_ fault: String) throws {
        let answer = simulated.controlAnswer(
            ServedRequest(method: "POST", path: "/faults", body: Bytes(fault)), at: now)
        guard answer.status == 200 else { throw Refused(sentence: answer.body.text ?? "\(answer.status)") }
    }

    func truth(_ path: String) throws -> [String: Any] {
        var simulated = simulated
        let answer = simulated.controlAnswer(ServedRequest(method: "GET", path: path), at: now)
        let root = try JSONSerialization.jsonObject(with: Data(answer.body.array))
        return root as? [String: Any] ?? [:]
    }

    /// A whole walk. How it ended, and every page on the way.
    mutating func walk<Rows>(
        _ query: Query<Rows>, budget: Int = 1_000
    ) throws -> (pages: [Page], end: Walk.Step) {
        var walk = Walk(budget: budget)
        var pages: [Page] = []
        while true {
            do throws(ReadProblem) {
                let page = try Page(ask(console.list(query, after: walk.cursor)), of: Rows.stream, from: console)
                pages.append(page)
                let step = walk.advance(past: page)
                guard case .next = step else { return (pages, step) }
            } catch {
                guard let step = walk.step(after: error) else { throw error }
                return (pages, step)
            }
        }
    }

    /// Drives a query to its end, as fast as it allows.
    mutating func run<Rows>(
        _ first: HTTPRequest, _ proceed: (HTTPResult) -> QueryStep<Rows>
    ) throws -> Rows {
        var request = first
        while true {
            switch proceed(ask(request)) {
            case .send(let next, let pause):
                pass(pause)
                request = next
            case .rows(let rows): return rows
            case .failed(let problem): throw problem
            }
        }
    }
}
