import Ports

/// What comes by itself when its time has come.
enum Happening: Sendable {
    case detection
    /// An accepted isolation or release reaches its endpoint, unless a newer order came meanwhile.
    case effect(NetworkAction, agent: Int, order: Int)
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
        }
    }

    /// Puts the next of the detections that come one each interval on the agenda.
    mutating func expectDetection() {
        let number = threats.count - threats.history.count
        guard number < settings.maximumThreats, fleet.agents.contains(where: { !$0.isDecommissioned }) else { return }
        let interval = max(settings.threatInterval.wholeMicroseconds, 1)
        let (passed, overflow) = interval.multipliedReportingOverflow(by: Int64(number + 1))
        if !overflow { agenda.put(.detection, at: settings.start + .microseconds(passed)) }
    }

    private mutating func detectSomewhere(at moment: Timestamp) {
        guard fleet.agents.contains(where: { !$0.isDecommissioned }) else { return }
        var dice = Dice(settings.seed, 1_000_000_000 + threats.count)
        var agent = dice.below(fleet.agents.count)
        while fleet.agents[agent].isDecommissioned { agent = (agent + 1) % fleet.agents.count }
        let incident = Incident(kind: .drawn(&dice), seed: dice.roll(), startedAt: moment, agents: [agent])
        detect(Incident.Place(incident: incident, part: 0), at: moment)
    }

    /// A threat appears.
    mutating func detect(_ place: Incident.Place, at moment: Timestamp) {
        let agent = place.agent
        var threat = Threat(
            ordinal: threats.count, incident: place, agent: agent, createdAt: moment, updatedAt: moment)
        threat.mitigations = place.detection(cast).policy(at: moment, cast.numbering, threat.ordinal)
        threats.append(threat)
        fleet.agents[agent].updatedAt = moment
        let kind = cast.noticing(threat)
        if kind != .mitigated { fleet.agents[agent].activeThreats += 1 }
        activities.append(kind, at: moment, agent: agent, threat: threat.ordinal)
    }

    private mutating func complete(_ action: NetworkAction, on agent: Int, at moment: Timestamp) {
        orders[agent] = nil
        fleet.agents[agent].networkStatus = action == .disconnect ? .disconnected : .connected
        fleet.agents[agent].updatedAt = moment
        activities.append(action == .disconnect ? .disconnected : .reconnected, at: moment, agent: agent)
    }
}
