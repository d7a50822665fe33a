import JSONView
import Ports
import SentinelOne
import SimulatedConsole

/// What a simulated console shows when every story has been told.
struct Shown {
    private var simulated: SimulatedConsole
    private let console: Console
    private let now: Timestamp

    init() {
        let start = Timestamp(microseconds: 1_790_000_000_000_000)
        var settings = SimulatedConsoleSettings(start: start)
        settings.agents = 40
        settings.history = 60
        settings.maximumThreats = 10
        settings.stories = SimulatedConsoleSettings.usualStories
        settings.timeScale = 60
        simulated = SimulatedConsole(settings)
        now = start + .seconds(3 * 3_600)
        console = Console(
            id: "shown", origin: HTTPOrigin(.https, host: "shown.example", port: 443), token: simulated.viewerToken)
    }

    mutating func rows<Rows>(_ query: Query<Rows>) throws -> [Page.Item] {
        var walk = Walk()
        var items: [Page.Item] = []
        while true {
            let request = console.list(query, after: walk.cursor)
            let authorization = request.authorization.map { [(name: "Authorization", value: $0.reveal())] } ?? []
            let reply = simulated.answer(
                ServedRequest(
                    method: request.method.rawValue, path: request.path, query: request.query,
                    headers: request.headers + authorization, body: .empty), at: now)
            guard case .answer(let answer) = reply.outcome else { throw Silent() }
            let page = try Page(.success(answer), of: Rows.stream, from: console)
            items += page.items
            guard case .next = walk.advance(past: page) else { return items }
        }
    }

    struct Silent: Error {}
}
