import Ports

// What really happened, for whoever compares. Never served beside the control side.
extension SimulatedConsole {
    /// Every incident of the programme so far, and every lone detection since the start.
    var storyTruth: JSON {
        var told: [JSON] = chronicles.filter { $0.incident.startedAt <= now }.map { truth(of: $0) }
        let ofProgramme = Set(chronicles.flatMap(\.threats.values))
        for ordinal in threats.history.count..<threats.count where !ofProgramme.contains(ordinal) {
            told.append(truth(ofThreat: ordinal))
        }
        return ["now": .time(now), "incidents": .list(told)]
    }

    /// One threat that is not of the programme: a lone one, or one of the history.
    func truth(ofThreat ordinal: Int) -> JSON {
        let threat = threats[ordinal]
        return truth(
            threat.incident.incident, parts: [(threat.incident, threat.createdAt, ordinal)], alerts: [],
            activities: activities.about(threat: ordinal))
    }

    private func truth(of chronicle: Chronicle) -> JSON {
        let parts = chronicle.moments.sorted { $0.key < $1.key }.map { part, moment in
            (Incident.Place(incident: chronicle.incident, part: part), moment, chronicle.threats[part])
        }
        return truth(
            chronicle.incident, parts: parts, alerts: chronicle.alerts.map(\.ordinal),
            activities: Set(chronicle.activities + chronicle.threats.values.flatMap { activities.about(threat: $0) })
                .sorted())
    }

    private func truth(
        _ incident: Incident, parts: [(place: Incident.Place, moment: Timestamp, threat: Int?)], alerts: [Int],
        activities: [Int]
    ) -> JSON {
        [
            "label": .text(incident.kind.rawValue), "nature": .text(incident.kind.telling.nature.rawValue),
            "isAttack": .bool(incident.kind.telling.nature == .attack), "startedAt": .time(incident.startedAt),
            "hosts": .list(incident.agents.map { .id(cast.numbering.id(.agent, $0)) }),
            "threatIds": .list(parts.compactMap { $0.threat.map { .id(cast.numbering.id(.threat, $0)) } }),
            "alertIds": .list(alerts.map { .id(cast.numbering.id(.alert, $0)) }),
            "activityIds": .list(activities.map { .id(cast.numbering.id(.activity, $0)) }),
            "parts": .list(parts.map { truth(of: $0.place, at: $0.moment, threat: $0.threat) }),
        ]
    }

    private func truth(of place: Incident.Place, at moment: Timestamp, threat: Int?) -> JSON {
        let telemetry = Telemetry(place, at: moment, on: cast.identity(of: place.agent))
        return [
            "agentId": .id(cast.numbering.id(.agent, place.agent)),
            "threatId": .id(threat.map { cast.numbering.id(.threat, $0) }),
            "storyline": .text(telemetry.storyline), "processes": .list(telemetry.processes.map(\.truth)),
            "network": .list(telemetry.events.compactMap(\.networkTruth)),
            "eventIds": .list(telemetry.events.map { .text(String($0.id)) }),
        ]
    }
}

extension Telemetry.Process {
    fileprivate var truth: JSON {
        [
            "number": .number(Int64(seen.number)), "parent": seen.parent.map { .number(Int64($0)) } ?? .null,
            "uniqueId": .text(seen.key), "pid": .number(Int64(seen.pid)), "image": .text(seen.image.path),
            "commandLine": .text(seen.commandLine), "user": .text(seen.user), "sha1": .text(seen.image.sha1),
            "sha256": .text(seen.image.sha256), "signer": .text(seen.image.isSigned ? seen.image.publisher : nil),
            "startedAt": .time(startedAt), "isThreat": .bool(seen.isCulprit),
        ]
    }
}

extension Telemetry.Event {
    /// Who called whom, or asked for which name.
    fileprivate var networkTruth: JSON? {
        switch what {
        case .connected(let address, let port, let incoming):
            [
                "at": .time(at), "process": .text(process.seen.key), "kind": "connection", "address": .text(address),
                "port": .number(Int64(port)), "direction": incoming ? "incoming" : "outgoing",
            ]
        case .listened(let port):
            ["at": .time(at), "process": .text(process.seen.key), "kind": "listener", "port": .number(Int64(port))]
        case .resolved(let name, let answer):
            [
                "at": .time(at), "process": .text(process.seen.key), "kind": "dns", "name": .text(name),
                "address": .text(answer),
            ]
        case .fetched(let url): ["at": .time(at), "process": .text(process.seen.key), "kind": "url", "url": .text(url)]
        case .began, .ended, .wrote, .changed, .removed, .renamed, .loaded, .registry, .scheduled, .loggedIn, .noticed:
            nil
        }
    }
}
