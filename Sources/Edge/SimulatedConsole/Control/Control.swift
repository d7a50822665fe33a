package import Ports

/// One thing that the control side offers.
struct ControlRoute: Sendable {
    let method: String
    /// What follows a last `/` is the caller's to fill in, where it ends so.
    let path: String
    let says: String
    let serve: @Sendable (inout SimulatedConsole, ServedRequest) throws(Refusal) -> JSON

    static let all = [
        ControlRoute("GET", "/", "what there is here") { _, _ throws(Refusal) in overview },
        ControlRoute("GET", "/effects", "every state-changing call as it really was") { console, _ throws(Refusal) in
            console.effectTruth
        },
        ControlRoute("GET", "/fleet", "the endpoints, now") { console, _ throws(Refusal) in console.fleetOverview },
        ControlRoute("GET", "/truth", "every version of every record that went out whole") {
            console, _ throws(Refusal) in try console.shownTruth(nil)
        },
        ControlRoute("GET", "/truth/", "the same of one stream: /truth/threats") { console, request throws(Refusal) in
            try console.shownTruth(String(request.path.dropFirst("/truth/".count)))
        },
        ControlRoute("GET", "/calls", "calls per operation, and how fast they came per prefix") {
            console, _ throws(Refusal) in console.callTruth
        },
        ControlRoute("GET", "/stories", "what was told, to whom, and which records are its traces") {
            console, _ throws(Refusal) in console.storyTruth
        },
        ControlRoute("GET", "/tokens", "who there is, with role, scope and expiry; tokens are in files only") {
            console, _ throws(Refusal) in console.tokenTruth
        },
        ControlRoute("POST", "/tokens", #"{"do":"rotate","token":"ir-team"}; also revoke, and expire with inSeconds"#) {
            console, request throws(Refusal) in try console.tokens(do: request.body)
        },
        ControlRoute("GET", "/faults", "what is going wrong or will") { console, _ throws(Refusal) in
            ["waiting": .number(Int64(console.faults.count)), "faults": console.faultTruth]
        },
        ControlRoute("POST", "/faults", #"{"route":"threats","kind":"status","status":503,"times":2}"#) {
            console, request throws(Refusal) in try console.take(fault: request.body)
        },
        ControlRoute("DELETE", "/faults", "nothing goes wrong from here on") { console, _ throws(Refusal) in
            console.faults = []
            return ["waiting": 0]
        },
        ControlRoute("POST", "/people", #"{"do":"isolate","agentId":"…"}: what people do in the console"#) {
            console, request throws(Refusal) in try console.people(do: request.body)
        },
        ControlRoute("POST", "/clock", #"{"advance":"5m"}: moves simulated time ahead"#) {
            console, request throws(Refusal) in try console.moveClock(request.body)
        },
    ]

    private init(
        _ method: String, _ path: String, _ says: String,
        _ serve: @escaping @Sendable (inout SimulatedConsole, ServedRequest) throws(Refusal) -> JSON
    ) {
        self.method = method
        self.path = path
        self.says = says
        self.serve = serve
    }

    func serves(_ request: ServedRequest) -> Bool {
        method == request.method
            && (path == request.path || path.count > 1 && path.hasSuffix("/") && request.path.hasPrefix(path))
    }

    private static var overview: JSON {
        [
            "simulator": "the control side of a simulated SentinelOne console: what really happened, and what shall",
            "offers": .list(all.map { ["call": .text("\($0.method) \($0.path)"), "says": .text($0.says)] }),
            "kindsOfFaults": .list(Fault.kinds.map { .text($0) }),
            "routes": .list(Operation.names.map { .text($0) }),
        ]
    }
}

extension SimulatedConsole {
    /// More than a test ever sets; a script gone wild is told so.
    private static var faultLimit: Int { 1_000 }

    /// The truth, and what happens beside the API: served on a port of its own, to whoever runs the simulation.
    package mutating func controlAnswer(_ request: ServedRequest, at moment: Timestamp) -> HTTPAnswer {
        advance(to: moment + ahead)
        func told(_ status: Int, _ body: JSON) -> HTTPAnswer {
            HTTPAnswer(status: status, headers: [("Content-Type", "application/json")], body: body.bytes)
        }
        do throws(Refusal) {
            guard let route = ControlRoute.all.first(where: { $0.serves(request) }) else {
                let known = ControlRoute.all.map { "\($0.method) \($0.path)" }
                let near = known.nearest(to: "\(request.method) \(request.path)").map { "; did you mean \($0)?" } ?? ""
                throw .unknownID("known: \(known.joined(separator: ", "))\(near)")
            }
            return told(200, try route.serve(&self, request))
        } catch {
            return told(error.status, ["error": error.detail.map { .text($0) } ?? .null])
        }
    }

    mutating func take(fault body: Bytes) throws(Refusal) -> JSON {
        let fault = try JSON.read(body) { Fault(&$0, start: settings.start) }
        guard faults.count < Self.faultLimit else { throw .invalid("\(Self.faultLimit) faults already wait") }
        faults.append(fault)
        return ["waiting": .number(Int64(faults.count))]
    }

    mutating func moveClock(_ body: Bytes) throws(Refusal) -> JSON {
        guard settings.isClockMovable else {
            throw .invalid("time runs by the wall clock here; start with --time-scale, --time-scale 1 for no change")
        }
        let step = try JSON.read(body) { $0.duration("advance", in: .zero ... .seconds(86_400 * 3_650)) }
        ahead += step
        advance(to: now + step)
        return ["now": .time(now)]
    }

    /// `effects`: every state-changing call in order; `calls`: per route, as received; `isolation`: per endpoint, now.
    var effectTruth: JSON {
        [
            "now": .time(now), "effects": .list(effects.map(\.row)),
            "calls": .object(calls.operations.mapValues { .number(Int64($0)) }),
            "isolation": .object(
                Dictionary(
                    fleet.agents.map {
                        (String(cast.numbering.id(.agent, $0.ordinal)), .text($0.networkStatus.rawValue))
                    }
                ) { $1 }),
        ]
    }

    var fleetOverview: JSON {
        [
            "now": .time(now), "threats": .number(Int64(threats.count)),
            "agents": .list(
                fleet.agents.indices.map { ordinal in
                    let row = row(ofAgent: ordinal)
                    return [
                        "id": .id(row.id), "computerName": .text(row.name), "siteName": .text(row.site.name),
                        "siteId": .id(row.site.id), "networkStatus": .text(row.agent.networkStatus.rawValue),
                        "isActive": .bool(row.agent.isActive), "isDecommissioned": .bool(row.agent.isDecommissioned),
                        "activeThreats": .number(Int64(row.agent.activeThreats)),
                    ]
                }),
        ]
    }
}
