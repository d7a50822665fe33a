package import Ports

/// A lie or a failure to come, on one route, so many times.
struct Fault: Sendable {
    enum Kind: Sendable, Equatable {
        /// Done, and the connection closed without an answer.
        case loseReply
        /// Never arrived.
        case loseRequest
        /// Answered so, and nothing done.
        case status(Int)
        /// Done, and answered so.
        case statusAfterEffect(Int)
        /// Accepted at once; the effect comes after `delay`.
        case effectLate
        /// Answered after `delay`.
        case slow
    }

    let route: String
    let kind: Kind
    let delay: Duration?
    var times: Int
}

extension SimulatedConsole {
    /// More than a test ever sets; a script gone wild is told so.
    private static var faultLimit: Int { 1_000 }

    mutating func takeFault(for route: String) -> Fault? {
        guard let index = faults.firstIndex(where: { $0.route == route }) else { return nil }
        let fault = faults[index]
        faults[index].times -= 1
        if faults[index].times <= 0 { faults.remove(at: index) }
        return fault
    }

    /// The truth, and what happens beside the API: served on a port of its own, to whoever runs the simulation.
    package mutating func controlAnswer(_ request: ServedRequest, at moment: Timestamp) -> HTTPAnswer {
        advance(to: moment)
        do throws(Refusal) {
            let body = try control(request)
            return HTTPAnswer(status: 200, headers: [("Content-Type", "application/json")], body: body.bytes)
        } catch {
            let body: JSON = ["error": error.detail.map { .text($0) } ?? .null]
            return HTTPAnswer(status: error.status, headers: [("Content-Type", "application/json")], body: body.bytes)
        }
    }

    private mutating func control(_ request: ServedRequest) throws(Refusal) -> JSON {
        switch (request.method, request.path) {
        case ("GET", "/effects"): return truth
        case ("GET", "/fleet"): return fleetOverview
        case ("POST", "/faults"):
            let fault = try Fault(request.body)
            guard faults.count < Self.faultLimit else { throw .invalid("\(Self.faultLimit) faults already wait") }
            faults.append(fault)
            return ["waiting": .number(Int64(faults.count))]
        case ("DELETE", "/faults"):
            faults = []
            return ["waiting": 0]
        case ("POST", "/people"): return try people(do: request.body)
        default:
            throw .unknownID("known: GET /effects, GET /fleet, POST /faults, DELETE /faults, POST /people")
        }
    }

    /// `effects`: every state-changing call in order; `calls`: per route, as received; `isolation`: per endpoint, now.
    private var truth: JSON {
        [
            "now": .time(now), "effects": .list(effects.map(\.row)),
            "calls": .object(calls.mapValues { .number(Int64($0)) }),
            "isolation": .object(
                Dictionary(fleet.agents.map { (String($0.id), .text($0.networkStatus.rawValue)) }) { $1 }),
        ]
    }

    private var fleetOverview: JSON {
        [
            "now": .time(now), "threats": .number(Int64(threats.count)),
            "agents": .list(
                fleet.agents.map { agent in
                    [
                        "id": .id(agent.id), "computerName": .text(agent.name), "siteName": .text(agent.site.name),
                        "networkStatus": .text(agent.networkStatus.rawValue),
                        "isDecommissioned": .bool(agent.isDecommissioned),
                        "activeThreats": .number(Int64(agent.activeThreats)),
                    ]
                }),
        ]
    }

    /// What somebody does in the console meanwhile, under their own user id.
    private mutating func people(do body: Bytes) throws(Refusal) -> JSON {
        guard case .object(let order)? = JSON(body) else { throw .invalid("the body is not a JSON object") }
        let person = people[2]
        let deed = order["do"]?.string ?? ""
        switch deed {
        case "isolate", "release":
            let agent = try agent(in: order)
            let action: NetworkAction = deed == "isolate" ? .disconnect : .connect
            let ids = self.order(action, [agent], by: person, delay: settings.effectDelay)
            return record(action.rawValue, by: person, order, ids, effectiveAt: now + settings.effectDelay)
        case "decommission":
            let agent = try agent(in: order)
            guard !fleet.agents[agent].isDecommissioned else { return record(deed, by: person, order, []) }
            fleet.agents[agent].decommissionedAt = now
            fleet.agents[agent].updatedAt = now
            note(.decommissioned, on: agent, by: person, at: now)
            return record(deed, by: person, order, [fleet.agents[agent].id])
        case "verdict":
            let threat = try threat(in: order)
            threats[threat].analystVerdict = try choice("analystVerdict", Threat.analystVerdicts, order)
            return changed(threat, .verdictChanged, deed, by: person, order)
        case "status":
            let threat = try threat(in: order)
            threats[threat].incidentStatus = try choice("incidentStatus", Threat.incidentStatuses, order)
            return changed(threat, .statusChanged, deed, by: person, order)
        default: throw .invalid("do: one of isolate, release, decommission, verdict, status")
        }
    }

    private mutating func changed(
        _ threat: Int, _ kind: Activity.Kind, _ deed: String, by person: Person, _ order: [String: JSON]
    ) -> JSON {
        threats[threat].updatedAt = now
        note(kind, on: threats[threat].agent, threat: threats[threat], by: person, at: now)
        return record(deed, by: person, order, [threats[threat].id])
    }

    private mutating func record(
        _ deed: String, by person: Person, _ order: [String: JSON], _ ids: [Int64], effectiveAt: Timestamp? = nil
    ) -> JSON {
        let effect = Effect(
            at: now, action: deed, by: person, viaAPI: false, filter: .object(order), status: 200, ids: ids,
            effectiveAt: ids.isEmpty ? nil : effectiveAt ?? now)
        effects.append(effect)
        return effect.row
    }

    private func agent(in order: [String: JSON]) throws(Refusal) -> Int {
        guard let id = order["agentId"]?.string.flatMap({ Int64($0) }), let index = fleet.index(ofAgent: id) else {
            throw .invalid("agentId: no such endpoint; GET /fleet lists them")
        }
        return index
    }

    private func threat(in order: [String: JSON]) throws(Refusal) -> Int {
        guard let id = order["threatId"]?.string.flatMap({ Int64($0) }),
            let index = threats.firstIndex(where: { $0.id == id })
        else { throw .invalid("threatId: no such threat yet") }
        return index
    }

    private func choice(_ name: String, _ known: [String], _ order: [String: JSON]) throws(Refusal) -> String {
        guard let value = order[name]?.string, known.contains(value) else {
            throw .invalid("\(name): one of \(known.joined(separator: ", "))")
        }
        return value
    }
}

extension Fault {
    /// Reads `{"route", "kind", "status", "times", "delayMilliseconds"}`.
    init(_ body: Bytes) throws(Refusal) {
        guard case .object(let members)? = JSON(body) else { throw .invalid("the body is not a JSON object") }
        let keys = ["route", "kind", "status", "times", "delayMilliseconds"]
        if let odd = members.keys.sorted().first(where: { !keys.contains($0) }) {
            throw .invalid("\(odd): unknown; known: \(keys.joined(separator: ", "))")
        }
        let route = members["route"]?.string ?? ""
        guard Route.names.contains(route) else {
            throw .invalid("route: one of \(Route.names.joined(separator: ", "))")
        }
        let milliseconds = try Self.number("delayMilliseconds", members, in: 0...86_400_000)
        let status = Int(try Self.number("status", members, in: 200...599) ?? 500)
        let kinds: [String: Kind] = [
            "lose-reply": .loseReply, "lose-request": .loseRequest, "status": .status(status),
            "status-after-effect": .statusAfterEffect(status), "effect-late": .effectLate, "slow": .slow,
        ]
        guard let kind = kinds[members["kind"]?.string ?? ""] else {
            throw .invalid("kind: one of \(kinds.keys.sorted().joined(separator: ", "))")
        }
        self.init(
            route: route, kind: kind, delay: milliseconds.map { .milliseconds($0) },
            times: Int(try Self.number("times", members, in: 1...1_000_000) ?? 1))
    }

    private static func number(
        _ name: String, _ members: [String: JSON], in range: ClosedRange<Int64>
    ) throws(Refusal) -> Int64? {
        guard let value = members[name] else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw .invalid("\(name): an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
