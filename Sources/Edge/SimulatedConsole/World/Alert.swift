import Ports

/// An alert of a custom (STAR) rule: which part of which incident on which endpoint, and what people made of it since.
struct Alert: Sendable {
    let ordinal: Int
    let incident: Incident.Place
    let agent: Int
    let rule: Int
    let createdAt: Timestamp
    let reportedAt: Timestamp

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

/// A custom rule of the console.
struct Rule: Sendable {
    enum Severity: String, Sendable, CaseIterable {
        case low = "Low"
        case medium = "Medium"
        case high = "High"
        case critical = "Critical"
    }

    let ordinal: Int
    let name: String
    let description: String
    let severity: Severity
    let query: String
    /// events, processes.
    var queryType = "events"
    /// UNDEFINED, Suspicious, Malicious.
    var treatAsThreat = "UNDEFINED"
}
