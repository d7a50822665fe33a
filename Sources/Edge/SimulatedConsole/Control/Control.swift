package import Ports

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
        case ("GET", "/stories"): return storyTruth
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
            throw .unknownID(
                "known: GET /effects, GET /fleet, GET /stories, POST /faults, DELETE /faults, POST /people")
        }
    }

    /// `effects`: every state-changing call in order; `calls`: per route, as received; `isolation`: per endpoint, now.
    private var truth: JSON {
        [
            "now": .time(now), "effects": .list(effects.map(\.row)),
            "calls": .object(calls.mapValues { .number(Int64($0)) }),
            "isolation": .object(
                Dictionary(
                    fleet.agents.map {
                        (String(cast.numbering.id(.agent, $0.ordinal)), .text($0.networkStatus.rawValue))
                    }
                ) { $1 }),
        ]
    }

    private var fleetOverview: JSON {
        [
            "now": .time(now), "threats": .number(Int64(threats.count)),
            "agents": .list(
                fleet.agents.indices.map { ordinal in
                    let row = row(ofAgent: ordinal)
                    return [
                        "id": .id(row.id), "computerName": .text(row.name), "siteName": .text(row.site.name),
                        "networkStatus": .text(row.agent.networkStatus.rawValue),
                        "isDecommissioned": .bool(row.agent.isDecommissioned),
                        "activeThreats": .number(Int64(row.agent.activeThreats)),
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
            activities.append(.decommissioned, at: now, agent: agent, by: person)
            return record(deed, by: person, order, [cast.numbering.id(.agent, agent)])
        case "verdict":
            let threat = try threat(in: order)
            threats[threat].analystVerdict = try choice("analystVerdict", order)
            return changed(threat, .verdictChanged, deed, by: person, order)
        case "status":
            let threat = try threat(in: order)
            threats[threat].incidentStatus = try choice("incidentStatus", order)
            return changed(threat, .statusChanged, deed, by: person, order)
        default: throw .invalid("do: one of isolate, release, decommission, verdict, status")
        }
    }

    private mutating func changed(
        _ threat: Int, _ kind: Activity.Kind, _ deed: String, by person: Person, _ order: [String: JSON]
    ) -> JSON {
        threats[threat].updatedAt = now
        activities.append(kind, at: now, agent: threats[threat].agent, threat: threat, by: person)
        return record(deed, by: person, order, [cast.numbering.id(.threat, threat)])
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
        guard let id = order["agentId"]?.string.flatMap({ Int64($0) }), let index = agent(withID: id) else {
            throw .invalid("agentId: no such endpoint; GET /fleet lists them")
        }
        return index
    }

    private func threat(in order: [String: JSON]) throws(Refusal) -> Int {
        guard let id = order["threatId"]?.string.flatMap({ Int64($0) }),
            let index = threat(withID: id)
        else { throw .invalid("threatId: no such threat yet") }
        return index
    }

    private func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ order: [String: JSON]
    ) throws(Refusal) -> Choice {
        guard let value = order[name]?.string, let choice = Choice(rawValue: value) else {
            throw .invalid("\(name): one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }
}
