import Ports

// How the deeds of stories change the world.
extension SimulatedConsole {
    mutating func play(_ deed: Deed, _ number: Int, at moment: Timestamp) {
        let before = activities.count
        switch deed {
        case .detect(let part): appear(part, number, at: moment)
        case .watch(let part): expose(part, number, at: moment)
        case .mitigate(let part, let action):
            if let threat = chronicles[number].threats[part] { begin(action, on: threat, by: analyst, at: moment) }
        case .judge(let part, let verdict):
            if let threat = chronicles[number].threats[part] { judge(threat, verdict, by: analyst, at: moment) }
        case .settle(let part, let status):
            if let threat = chronicles[number].threats[part] { settle(threat, status, by: analyst, at: moment) }
        case .judgeAlerts(let part, let verdict, let status):
            for alert in chronicles[number].alerts where alert.part == part {
                alerts[alert.ordinal].analystVerdict = verdict
                alerts[alert.ordinal].incidentStatus = status
                alerts[alert.ordinal].updatedAt = moment
            }
        case .comment(let part, let text):
            if let threat = chronicles[number].threats[part] { comment(threat, text, by: analyst, at: moment) }
        case .isolate(let host): redirect(.disconnect, host, number, at: moment)
        case .release(let host): redirect(.connect, host, number, at: moment)
        case .silence, .wake, .rename, .reimage, .move, .decommission, .recommission:
            alter(deed, chronicles[number].incident.agents, at: moment)
        case .record(let kind, let whereabouts, let data): record(kind, whereabouts, data, number, at: moment)
        }
        chronicles[number].activities += before..<activities.count
    }

    /// Who judges and acts in the console itself.
    var analyst: Person { people.first { $0.token == nil } ?? .nobody }
    /// Who changes settings.
    var administrator: Person { people.first { $0.role.name == "Admin" } ?? analyst }

    private mutating func appear(_ part: Int, _ number: Int, at moment: Timestamp) {
        let place = Incident.Place(incident: chronicles[number].incident, part: part)
        guard fleet.agents[place.agent].isActive else { return }
        let detection = place.detection(cast)
        var threat = Threat(
            ordinal: threats.count, incident: place, agent: place.agent, createdAt: moment, updatedAt: moment)
        if detection.isPreempted {
            threat.mitigations = detection.policy(at: moment - .seconds(1), cast.numbering, threat.ordinal)
        }
        threats.append(threat)
        chronicles[number].threats[part] = threat.ordinal
        fleet.agents[place.agent].updatedAt = moment
        if threat.isOpen { fleet.agents[place.agent].activeThreats += 1 }
        note(
            detection.isPreempted ? .preempted : cast.noticing(threat), at: moment, agent: place.agent,
            threat: threat.ordinal)
        if !detection.isPreempted {
            for action in detection.policy { begin(action, on: threat.ordinal, by: nil, at: moment) }
        }
        expose(part, number, at: moment)
    }

    /// Rules look at what the endpoint sent, and see it a moment later.
    private mutating func expose(_ part: Int, _ number: Int, at moment: Timestamp) {
        let place = Incident.Place(incident: chronicles[number].incident, part: part)
        guard fleet.agents[place.agent].isActive else { return }
        chronicles[number].moments[part] = moment
        let telemetry = Telemetry(place, at: moment, on: cast.identity(of: place.agent))
        for rule in Rule.all {
            guard let event = telemetry.events.first(where: { rule.matches($0) }) else { continue }
            let made = max(event.at + .milliseconds(1_200), moment)
            let alert = Alert(
                ordinal: 0, incident: place, agent: place.agent, rule: rule.ordinal, createdAt: made,
                reportedAt: made + .milliseconds(125), event: event.number, basis: moment,
                updatedAt: made + .milliseconds(125))
            agenda.put(.alert(alert, incident: number), at: made)
        }
    }

    mutating func raise(_ alert: Alert, _ number: Int, at moment: Timestamp) {
        let numbered = alert.numbered(alerts.count)
        alerts.append(numbered)
        chronicles[number].alerts.append((alert.incident.part, numbered.ordinal))
        chronicles[number].activities.append(activities.count)
        note(.alertMade, at: moment, agent: alert.agent, alert: numbered.ordinal, data: noticeData(of: numbered))
    }

    private mutating func redirect(_ action: NetworkAction, _ host: Int, _ number: Int, at moment: Timestamp) {
        let agent = chronicles[number].incident.agents[host]
        let done: Set<NetworkStatus> =
            action == .disconnect ? [.disconnected, .disconnecting] : [.connected, .connecting]
        guard !done.contains(fleet.agents[agent].networkStatus), !fleet.agents[agent].isDecommissioned else { return }
        fleet.agents[agent].networkStatus = action == .disconnect ? .disconnecting : .connecting
        fleet.agents[agent].updatedAt = moment
        note(
            action == .disconnect ? .userDisconnected : .userReconnected, at: moment, agent: agent, by: analyst)
        chronicles[number].awaited.insert(agent)
        orders[agent] = activities.count
        agenda.put(.effect(action, agent: agent, order: activities.count), at: moment + settings.effectDelay)
    }

    private mutating func record(
        _ kind: Activity.Kind, _ whereabouts: Whereabouts, _ data: [String: JSON], _ number: Int,
        at moment: Timestamp
    ) {
        let agents = chronicles[number].incident.agents
        let group = fleet.agents[agents[0]].group
        let site = cast.groups[group].site
        switch whereabouts {
        case .group: activities.append(kind, at: moment, group: group, by: administrator, data: data)
        case .site: activities.append(kind, at: moment, site: site, by: administrator, data: data)
        case .account:
            activities.append(
                kind, at: moment, account: cast.sites[site].account, by: administrator, data: data)
        case .host(let host): note(kind, at: moment, agent: agents[host], by: administrator, data: data)
        }
    }
}
