import Contracts
import Investigation
import JSONView
import PipelineTesting
import Ports
import SentinelOne
import SimulatedConsole
import Stages

/// A console of the world with everything that it was heard to say: what a reader cannot know nobody may ask of it.
final class Site {
    /// A page as it reached a reader, whether or not its turn was committed.
    struct Shown {
        let call: CallID
        let stream: ObservedStream
        let at: Timestamp
        /// By which it was asked for; nil where it is a part of a list.
        let ids: Set<String>?
        let body: Bytes
        /// What the same console would have said, had nobody told it to lie; nil where that is the same.
        let honest: Bytes?
    }

    /// What the settings made of its records, the last one being what holds for whoever starts now.
    var shapes = [ConsoleShape()]
    let id: ConsoleID
    let token: Secret
    /// Rows on a page; the console is never asked for more, so that pages have edges.
    var pageSize = Int.max
    /// Said instead of what the console would say.
    var rewrite: ((HTTPRequest, HTTPAnswer) -> HTTPAnswer)?
    /// How long each answer is under way, in looks.
    var latency: () -> Int = { 0 }
    private(set) var shown: [Shown] = []
    /// While somebody may tell it to lie, it is asked twice, and what the honest one would have shown is compared.
    var isSuspect = false
    /// Every request that reached it, and when.
    private(set) var asked: [(at: Timestamp, request: HTTPRequest)] = []
    private(set) var console: SimulatedConsole
    private let clock: ScriptedClock
    /// As a reader names it.
    private let reading: Console?

    init(_ id: String, _ settings: SimulatedConsoleSettings, clock: ScriptedClock) throws {
        guard let console = ConsoleID(id) else { throw Broken("\(id) is no id") }
        self.id = console
        self.clock = clock
        self.console = SimulatedConsole(settings)
        let token = self.console.viewerToken
        self.token = token
        reading = Console(id: id, origin: HTTPOrigin(.https, host: "\(id).example", port: 443), token: token)
    }

    var access: ConsoleAccess {
        ConsoleAccess(id, shape: shapes.last ?? ConsoleShape()) { [reading] in reading }
    }

    struct Broken: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    // MARK: As a reader meets it

    func serve(_ request: HTTPRequest, _ call: CallID) -> ScriptedCalls.Reply {
        asked.append((clock.now, request))
        let honest = isSuspect ? self.honest(request) : nil
        let reply = console.answer(Self.served(limited(request)), at: clock.now)
        switch reply.outcome {
        case .lost, .cut, .misstated, .raw: return .lost()
        case .answer(let answer), .drip(let answer, _, _):
            let answer = rewrite?(request, answer) ?? answer
            if answer.status == 200, let stream = Self.stream(of: request) {
                shown.append(
                    Shown(
                        call: call, stream: stream, at: clock.now, ids: Self.ids(of: request), body: answer.body,
                        honest: honest == answer.body ? nil : honest))
            }
            return .result(.success(answer), after: latency() + (reply.delay > .zero ? 3 : 0))
        }
    }

    private func honest(_ request: HTTPRequest) -> Bytes? {
        var honest = console
        _ = honest.controlAnswer(ServedRequest(method: "DELETE", path: "/faults"), at: clock.now)
        guard case .answer(let answer) = honest.answer(Self.served(limited(request)), at: clock.now).outcome else {
            return nil
        }
        return answer.body
    }

    /// Asked for by name, a record is never on another page.
    private func limited(_ request: HTTPRequest) -> HTTPRequest {
        guard !request.query.contains(where: { $0.name == "ids" }) else { return request }
        var request = request
        for index in request.query.indices where request.query[index].name == "limit" {
            request.query[index].value = String(min(Int(request.query[index].value) ?? pageSize, pageSize))
        }
        return request
    }

    private static func served(_ request: HTTPRequest) -> ServedRequest {
        ServedRequest(
            method: request.method.rawValue, path: request.path, query: request.query,
            headers: request.headers + [("Authorization", request.authorization?.reveal() ?? "")],
            body: request.body ?? .empty)
    }

    private static func ids(of request: HTTPRequest) -> Set<String>? {
        request.query.first { $0.name == "ids" }.map { Set($0.value.split(separator: ",").map(String.init)) }
    }

    /// nil where rows are only counted.
    private static func stream(of request: HTTPRequest) -> ObservedStream? {
        guard !request.query.contains(where: { $0.name == "countOnly" }) else { return nil }
        return ObservedStream.allCases.first { request.path.hasSuffix("/\($0.rawValue)") }
    }

    // MARK: As it is

    @discardableResult
    func control(_ method: String, _ path: String, _ body: String = "") throws -> JSONView {
        let request = ServedRequest(method: method, path: path, body: Bytes(body))
        return try JSONView(parsing: console.controlAnswer(request, at: clock.now).body)
    }

    /// `more` begins with a comma.
    func fault(_ kind: String, on route: String, _ more: String = "") throws {
        let body = #"{"route":"\#(route)","kind":"\#(kind)"\#(more)}"#
        let answer = try control("POST", "/faults", body)
        guard !answer["waiting"].isMissing else { throw Broken("\(body): \((try? answer["error"].text) ?? "?")") }
    }

    /// Everything there is of a stream, as an honest console tells it now; nobody hears it.
    func truth(_ stream: ObservedStream) throws -> [Page.Item] {
        var honest = console
        _ = honest.controlAnswer(ServedRequest(method: "DELETE", path: "/faults"), at: clock.now)
        guard let console = reading else { throw Broken("\(id) has no token") }
        var items: [Page.Item] = []
        var cursor: Cursor?
        repeat {
            let request =
                switch stream {
                case .threats: console.list(Query<Threats>(), after: cursor)
                case .alerts: console.list(Query<Alerts>(), after: cursor)
                case .activities: console.list(Query<Activities>(), after: cursor)
                case .agents: console.list(Query<Agents>(), after: cursor)
                case .groups: console.list(Query<Groups>(), after: cursor)
                }
            guard case .answer(let answer) = honest.answer(Self.served(request), at: clock.now).outcome else {
                throw Broken("\(id) did not answer")
            }
            let page = try Page(.success(answer), of: Self.vendor(stream), from: console)
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return items
    }

    static func vendor(_ stream: ObservedStream) -> VendorStream {
        switch stream {
        case .threats: .threats
        case .alerts: .alerts
        case .activities: .activities
        case .agents: .agents
        case .groups: .groups
        }
    }
}
