package import Ports

/// What a simulated console is made of. Everything that it shows follows from these, the requests and their times.
package struct SimulatedConsoleSettings: Sendable, Equatable {
    package var seed: UInt64 = 1
    package var agents = 20
    /// Before this moment nothing happened.
    package var start: Timestamp
    /// One detection each time this has passed.
    package var threatInterval: Duration = .seconds(60)
    package var maximumThreats = 1_000
    /// From accepting an isolation or a release to its effect.
    package var effectDelay: Duration = .seconds(1)

    package init(start: Timestamp) { self.start = start }
}

/// What comes back from the simulated console: an answer, or silence on a closed connection.
package struct Reply: Sendable {
    package enum Outcome: Sendable {
        case answer(HTTPAnswer)
        case lost
    }

    package let outcome: Outcome
    /// To be waited before replying.
    package let delay: Duration

    init(_ outcome: Outcome, delay: Duration = .zero) {
        self.outcome = outcome
        self.delay = delay
    }
}

/// A small SentinelOne console as a value: its whole state, driven by requests and the times they come at.
///
/// It shows the streams a client reads, carries out isolation and release with their delays and traces, fails on demand,
/// and keeps the truth about every state-changing call for whoever asks on the control side (`controlAnswer`). What it
/// does not imitate it refuses by name. Two consoles with equal settings and requests give equal answers.
package struct SimulatedConsole: Sendable {
    let settings: SimulatedConsoleSettings
    let numbering: Numbering
    let people: [Person]
    var fleet: Fleet
    var threats: [Threat] = []
    var activities: [Activity] = []
    var pending: [PendingEffect] = []
    var faults: [Fault] = []
    var effects: [Effect] = []
    var calls: [String: Int] = [:]
    private var requests = 0
    private(set) var now: Timestamp

    package init(_ settings: SimulatedConsoleSettings) {
        self.settings = settings
        numbering = Numbering(seed: settings.seed, start: settings.start)
        people = Person.all(seed: settings.seed, numbering)
        fleet = Fleet(settings, numbering)
        now = settings.start
    }

    /// May read everything, change nothing.
    package var viewerToken: Secret { people[0].token ?? Secret("") }
    /// May also isolate and release.
    package var responderToken: Secret { people[1].token ?? Secret("") }
    /// As the responder's, of another user: what a rotation brings.
    package var successorToken: Secret { people[3].token ?? Secret("") }

    /// Answers as the console would at that time. Time never runs backwards: an earlier one counts as the last one.
    package mutating func answer(_ request: ServedRequest, at moment: Timestamp) -> Reply {
        advance(to: moment)
        requests += 1
        let route = Route(request)
        calls[route.name, default: 0] += 1
        let fault = takeFault(for: route.name)
        switch fault?.kind {
        case .loseRequest: return Reply(.lost)
        case .status(let status):
            noteRefused(route, request, status: status)
            return Reply(.answer(answer(Refusal.fault(status))))
        case .loseReply:
            _ = result(of: request, route, fault)
            return Reply(.lost)
        case .statusAfterEffect(let status):
            _ = result(of: request, route, fault)
            return Reply(.answer(answer(Refusal.fault(status))))
        case .slow: return Reply(.answer(result(of: request, route, fault)), delay: fault?.delay ?? .seconds(1))
        case .effectLate, nil: return Reply(.answer(result(of: request, route, fault)))
        }
    }

    private mutating func result(of request: ServedRequest, _ route: Route, _ fault: Fault?) -> HTTPAnswer {
        do throws(Refusal) {
            return answer(200, try body(for: request, route, fault))
        } catch {
            return error.status == 404 && error.detail == nil
                ? plain("404 page not found\n", status: 404) : answer(error)
        }
    }

    private mutating func body(
        for request: ServedRequest, _ route: Route, _ fault: Fault?
    ) throws(Refusal) -> JSON {
        if route == .systemStatus { return ["data": ["health": "ok"]] }
        if route == .unknown { throw Refusal(status: 404, code: 0, title: "", detail: nil) }
        guard let caller = caller(of: request) else {
            noteRefused(route, request, status: 401)
            throw .authenticationFailed
        }
        guard request.method == route.method else {
            throw Refusal(status: 405, code: 4_050_010, title: "Method not allowed", detail: request.method)
        }
        if let permission = route.permission, !caller.role.permissions.contains(permission) {
            noteRefused(route, request, status: 403)
            throw .insufficientPermissions
        }
        switch route {
        case .threats:
            let rows = threats.map { ThreatOnAgent(threat: $0, agent: fleet.agents[$0.agent]) }
            return try list(.threats, rows, request) { $0.threat.row(on: $0.agent, numbering) }
        case .agents: return try list(.agents, fleet.agents, request) { $0.row(numbering) }
        case .activities: return try list(.activities, activities, request) { $0.row }
        case .user: return ["data": caller.row(fleet.account, start: settings.start)]
        case .viewerCheck: return ["data": ["success": true]]
        case .role(let id):
            guard let role = people.map(\.role).first(where: { String($0.id) == id }) else { throw .unknownID("role") }
            return ["data": role.row(fleet.account)]
        case .action(let action): return try perform(action, by: caller, request, fault)
        case .systemStatus, .unknown: return nil
        }
    }

    private func list<Row>(
        _ listing: Listing<Row>, _ rows: [Row], _ request: ServedRequest, _ render: (Row) -> JSON
    ) throws(Refusal) -> JSON {
        let page = try listing.page(of: rows, request.query)
        return [
            "data": .list(page.rows.map(render)),
            "pagination": [
                "nextCursor": page.cursor.map { .text($0) } ?? .null, "totalItems": .number(Int64(page.total)),
            ],
        ]
    }

    func caller(of request: ServedRequest) -> Person? {
        let parts = (request.header("Authorization") ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "apitoken" else { return nil }
        let token = String(parts[1])
        return people.first { $0.token?.reveal() == token }
    }

    private func answer(_ refusal: Refusal) -> HTTPAnswer { answer(refusal.status, refusal.body) }

    private func answer(_ status: Int, _ body: JSON) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: headers("application/json"), body: body.bytes)
    }

    func plain(_ text: String, status: Int) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: headers("text/plain; charset=utf-8"), body: Bytes(text))
    }

    private func headers(_ type: String) -> [(name: String, value: String)] {
        var dice = Dice(settings.seed, requests)
        return [("Content-Type", type), ("Date", now.httpDate), ("X-RQID", dice.hex(16))]
    }

    /// Lets time pass: detections and effects happen in the order of their moments.
    mutating func advance(to moment: Timestamp) {
        now = max(now, moment)
        while true {
            let nextEffect = pending.indices.min { pending[$0].due < pending[$1].due }
            let effectDue = nextEffect.map { pending[$0].due } ?? .distantFuture
            let threatDue = nextThreat ?? .distantFuture
            guard min(effectDue, threatDue) <= now else { return }
            if let nextEffect, effectDue <= threatDue {
                complete(pending.remove(at: nextEffect))
            } else {
                detect(at: threatDue)
            }
        }
    }
}
