import Ports

extension SimulatedConsole {
    private static let deeds = [
        "isolate", "release", "decommission", "recommission", "offline", "online", "move", "reimage", "rename",
        "verdict",
        "status", "reopen", "note", "detect", "alert-verdict", "alert-status",
    ]

    /// What somebody does in the console meanwhile, under their own user id.
    mutating func people(do body: Bytes) throws(Refusal) -> JSON {
        guard case .object(let order)? = JSON(body) else { throw .invalid("the body is not a JSON object") }
        let person = people[2]
        let deed = order["do"]?.string ?? ""
        switch deed {
        case "isolate", "release":
            let agent = try agent(in: order)
            let action: NetworkAction = deed == "isolate" ? .disconnect : .connect
            let ids = self.order(action, [agent], by: person, delay: settings.effectDelay)
            return record(action.rawValue, by: person, order, ids, effectiveAt: now + settings.effectDelay)
        case "decommission", "recommission", "offline", "online", "move", "reimage", "rename":
            let agent = try agent(in: order)
            let isChanged = try change(agent, deed, order, by: person)
            return record(deed, by: person, order, isChanged ? [cast.numbering.id(.agent, agent)] : [])
        case "verdict":
            let threat = try threat(in: order)
            judge(threat, try choice("analystVerdict", order), by: person, at: now)
            return touched(threat, deed, by: person, order)
        case "status":
            let threat = try threat(in: order)
            settle(threat, try choice("incidentStatus", order), by: person, at: now)
            return touched(threat, deed, by: person, order)
        case "reopen":
            let threat = try threat(in: order)
            settle(threat, .unresolved, by: person, at: now)
            return touched(threat, deed, by: person, order)
        case "note":
            let threat = try threat(in: order)
            guard let text = order["text"]?.string, !text.isEmpty else { throw .invalid("text: what the note says") }
            comment(threat, text, by: person, at: now)
            return touched(threat, deed, by: person, order)
        case "detect": return try detect(order, by: person)
        case "alert-verdict", "alert-status": return try judge(deed, order, by: person)
        default:
            let near = Self.deeds.nearest(to: deed).map { "; did you mean \($0)?" } ?? ""
            throw .invalid("do: one of \(Self.deeds.joined(separator: ", "))\(near)")
        }
    }

    /// False where it is already so.
    private mutating func change(
        _ agent: Int, _ deed: String, _ order: [String: JSON], by person: Person
    ) throws(Refusal) -> Bool {
        let before = fleet.agents[agent]
        switch deed {
        case "decommission":
            guard !before.isDecommissioned else { return false }
            fleet.agents[agent].decommissionedAt = now
            activities.append(.decommissioned, at: now, agent: agent, by: person)
        case "recommission":
            guard before.isDecommissioned else { return false }
            fleet.agents[agent].decommissionedAt = nil
        case "offline":
            guard before.offlineSince == nil else { return false }
            fleet.agents[agent].offlineSince = now
        case "online":
            guard before.offlineSince != nil else { return false }
            fleet.agents[agent].offlineSince = nil
        case "move":
            guard let id = order["siteId"]?.string,
                let site = cast.sites.firstIndex(where: { String($0.scope.id) == id }),
                let group = cast.groups.firstIndex(where: { $0.site == site })
            else { throw .invalid("siteId: no such site; GET /fleet names the sites of its endpoints") }
            guard cast.groups[before.group].site != site else { return false }
            fleet.agents[agent].group = group
        case "rename":
            guard let id = order["as"]?.string.flatMap({ Int64($0) }), let other = self.agent(withID: id) else {
                throw .invalid("as: the id of the endpoint whose name it shall have; GET /fleet lists them")
            }
            guard row(ofAgent: agent).name != row(ofAgent: other).name else { return false }
            fleet.agents[agent].namesake = Int32(other)
        default: fleet.agents[agent].generation += 1
        }
        fleet.agents[agent].updatedAt = now
        return true
    }

    /// Threats that appear in one microsecond: what pages are cut through.
    private mutating func detect(_ order: [String: JSON], by person: Person) throws(Refusal) -> JSON {
        let count = order["count"]?.integer ?? 1
        guard (1...10_000).contains(count) else { throw .invalid("count: an integer from 1 to 10000") }
        let agent = order["agentId"] == nil ? nil : try agent(in: order)
        var ids: [Int64] = []
        for _ in 0..<count {
            var dice = Dice(settings.seed, 6_000_000_000 + threats.count)
            let victim = agent ?? dice.below(fleet.agents.count)
            let incident = Incident(kind: .drawn(&dice), seed: dice.roll(), startedAt: now, agents: [victim])
            ids.append(cast.numbering.id(.threat, threats.count))
            detect(Incident.Place(incident: incident, part: 0), at: now)
        }
        return record("detect", by: person, order, ids)
    }

    private mutating func judge(
        _ deed: String, _ order: [String: JSON], by person: Person
    ) throws(Refusal) -> JSON {
        let ordinal = order["alertId"]?.string.flatMap { Int64($0) }.flatMap { cast.numbering.ordinal(of: $0, .alert) }
        guard let alert = ordinal, alerts.indices.contains(alert) else { throw .invalid("alertId: no such alert yet") }
        if deed == "alert-verdict" {
            alerts[alert].analystVerdict = try choice("analystVerdict", order)
        } else {
            alerts[alert].incidentStatus = try choice("incidentStatus", order)
        }
        alerts[alert].updatedAt = now
        return record(deed, by: person, order, [cast.numbering.id(.alert, alert)])
    }

    /// What was already so has changed nothing.
    private mutating func touched(
        _ threat: Int, _ deed: String, by person: Person, _ order: [String: JSON]
    ) -> JSON {
        record(deed, by: person, order, threats[threat].updatedAt == now ? [cast.numbering.id(.threat, threat)] : [])
    }

    /// Somebody works while a reader pages: so many threats and endpoints change, and move to the end of the walk.
    mutating func shift(_ count: Int) {
        var dice = Dice(settings.seed, 7_000_000_000 + requests)
        for _ in 0..<count {
            if threats.count > 0 { threats[dice.below(threats.count)].updatedAt = now }
            if !fleet.agents.isEmpty { fleet.agents[dice.below(fleet.agents.count)].updatedAt = now }
        }
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
