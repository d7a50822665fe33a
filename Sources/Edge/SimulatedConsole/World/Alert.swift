import Ports

/// An alert of a custom (STAR) rule: which part of which incident on which endpoint, and what people made of it since.
struct Alert: Sendable {
    let ordinal: Int
    let incident: Incident.Place
    let agent: Int
    let rule: Int
    let createdAt: Timestamp
    let reportedAt: Timestamp
    /// Which event of the part's telemetry the rule saw, and the moment of the part that it is told from.
    var event = 0
    var basis = Timestamp.zero

    var analystVerdict = AnalystVerdict.undefined
    var incidentStatus = IncidentStatus.unresolved
    /// When people last touched it. The API shows it and cannot be asked by it.
    var updatedAt: Timestamp
}

/// What an alert shows besides its endpoint, its rule and what people made of it.
struct AlertFacts: Sendable {
    struct Process: Sendable {
        var name: String
        var pid: Int
        var startedAt: Timestamp
        var commandLine: String
        var path: String
        var md5: String?
        var sha1: String?
        var sha256: String?
        var signer: String?
        var integrity = "medium"
        var storyline: String
        var uniqueID: String
        var user: String
    }

    /// As Deep Visibility names it: `PROCESSCREATION`, `DNS`, …
    var eventType: String
    var eventID: String
    var source: Process
    var parent: Process
    /// Where the event made a process.
    var target: Process?
    /// Where it touched a file.
    var targetFile: String?
    var targetFileSHA1: String?
    /// Members of `alertInfo` that the kind of event brings: `dnsRequest`, `dstIp`, `registryPath`, …
    var info: [String: String] = [:]
}

extension Alert {
    /// The same alert under its number, which it gets when it becomes visible.
    func numbered(_ number: Int) -> Alert {
        Alert(
            ordinal: number, incident: incident, agent: agent, rule: rule, createdAt: createdAt,
            reportedAt: reportedAt, event: event, basis: basis, updatedAt: updatedAt)
    }

    /// What it is about: made from the incident when asked for, as a threat's detection is.
    func facts(on endpoint: Identity) -> AlertFacts {
        let telemetry = Telemetry(incident, at: basis, on: endpoint)
        let events =
            telemetry.events.isEmpty ? Telemetry.beside(incident, at: basis, on: endpoint).events : telemetry.events
        return AlertFacts(events[min(event, events.count - 1)])
    }
}
