import Ports

/// What comes by itself when its time has come.
enum Happening: Sendable {
    case detection
    /// An accepted isolation or release reaches its endpoint, unless a newer order came meanwhile.
    case effect(NetworkAction, agent: Int, order: Int)
    /// A story goes on.
    case beat(Deed, incident: Int)
    /// The endpoint reports what came of an action against a threat.
    case report(Mitigation.Action, threat: Int)
    /// A custom rule saw something.
    case alert(Alert, incident: Int)
}

extension SimulatedConsole {
    /// Lets time pass: what is due happens in the order of its moments.
    mutating func advance(to moment: Timestamp) {
        now = max(now, moment)
        while let due = agenda.next, due <= now, let (due, what) = agenda.take() { happen(what, at: due) }
    }

    mutating func happen(_ what: Happening, at moment: Timestamp) {
        switch what {
        case .detection:
            detectSomewhere(at: moment)
            expectDetection()
        case .effect(let action, let agent, let order):
            if orders[agent] == order { complete(action, on: agent, at: moment) }
        case .beat(let deed, let incident): play(deed, incident, at: moment)
        case .report(let action, let threat): report(action, threat, at: moment)
        case .alert(let alert, let incident): raise(alert, incident, at: moment)
        }
    }

    /// Puts the next of the detections that come one each interval on the agenda.
    mutating func expectDetection() {
        let number = loneDetections
        guard number < settings.maximumThreats, fleet.agents.contains(where: { !$0.isDecommissioned }) else { return }
        let interval = max(settings.threatInterval.wholeMicroseconds, 1)
        let (passed, overflow) = interval.multipliedReportingOverflow(by: Int64(number + 1))
        if !overflow { agenda.put(.detection, at: settings.start + .microseconds(passed)) }
    }

    private mutating func detectSomewhere(at moment: Timestamp) {
        guard fleet.agents.contains(where: { !$0.isDecommissioned }) else { return }
        var dice = Dice(settings.seed, 1_000_000 + loneDetections)
        var agent = dice.below(fleet.agents.count)
        while fleet.agents[agent].isDecommissioned { agent = (agent + 1) % fleet.agents.count }
        let incident = Incident(kind: .drawn(&dice), seed: dice.roll(), startedAt: moment, agents: [agent])
        detect(Incident.Place(incident: incident, part: 0), at: moment)
        loneDetections += 1
    }

    /// A threat appears, with all that the policy did already done.
    mutating func detect(_ place: Incident.Place, at moment: Timestamp) {
        let agent = place.agent
        var threat = Threat(
            ordinal: threats.count, incident: place, agent: agent, createdAt: moment, updatedAt: moment)
        threat.mitigations = place.detection(cast).policy(at: moment - .seconds(1), cast.numbering, threat.ordinal)
        threats.append(threat)
        fleet.agents[agent].updatedAt = moment
        let kind = cast.noticing(threat)
        if kind != .mitigated { fleet.agents[agent].activeThreats += 1 }
        note(kind, at: moment, agent: agent, threat: threat.ordinal)
        for mitigation in threat.mitigations {
            note(mitigation.action.orderedByPolicy, at: moment, agent: agent, threat: threat.ordinal)
            note(mitigation, of: threat.ordinal, at: moment)
        }
    }

    private mutating func complete(_ action: NetworkAction, on agent: Int, at moment: Timestamp) {
        orders[agent] = nil
        fleet.agents[agent].networkStatus = action == .disconnect ? .disconnected : .connected
        fleet.agents[agent].updatedAt = moment
        for number in chronicles.indices where chronicles[number].awaited.remove(agent) != nil {
            chronicles[number].activities.append(activities.count)
        }
        note(action == .disconnect ? .disconnected : .reconnected, at: moment, agent: agent)
    }

    /// Notes an activity about an endpoint, in the group that it is in now.
    mutating func note(
        _ kind: Activity.Kind, at moment: Timestamp, agent: Int, threat: Int? = nil, alert: Int? = nil,
        by user: Person? = nil, data: [String: JSON] = [:]
    ) {
        activities.append(
            kind, at: moment, agent: agent, threat: threat, alert: alert, group: fleet.agents[agent].group, by: user,
            data: data)
    }
}
