package import Investigation
import Pipeline
import Ports

/// One event of a case, with the state of the case after it.
package struct CaseRecord: Sendable, Equatable {
    package let summary: CaseSummary
    package let event: Investigation.Event

    package init(_ event: Investigation.Event, summary: CaseSummary) {
        self.event = event
        self.summary = summary
    }

    static let types = [
        "opened", "endpoint-joined", "threat-observed", "evidence-added", "evidence-withdrawn", "verdict-reached",
        "action-noted", "closed",
    ].map { "investigation." + $0 }
}

struct CaseSummaryV1: Codable {
    let id: String
    let subject: String
    let status: String
    let generation: Int
    let verdict: String?
    let endpoint: EndpointV1?
    let threats: [String]

    init(_ summary: CaseSummary) {
        id = summary.id.rawValue
        subject = summary.subject.rawValue
        status = summary.status.rawValue
        generation = summary.generation
        verdict = summary.verdict?.rawValue
        endpoint = summary.endpoint.map(EndpointV1.init)
        threats = summary.threats
    }

    func summary() throws(Unreadable) -> CaseSummary {
        var known: Verdict?
        if let verdict { known = try Need.choice(verdict, "case.verdict") }
        return CaseSummary(
            id: CaseID(id), subject: try Need.value(Subject(subject), "case.subject"),
            status: try Need.choice(status, "case.status"), generation: generation, verdict: known,
            endpoint: endpoint?.facts, threats: threats)
    }
}

struct EndpointV1: Codable {
    let id: String
    let uuid: String
    let name: String
    let site: String
    let siteName: String
    let osType: String
    let machineType: String

    init(_ facts: EndpointFacts) {
        id = facts.id
        uuid = facts.uuid
        name = facts.name
        site = facts.site
        siteName = facts.siteName
        osType = facts.osType
        machineType = facts.machineType
    }

    var facts: EndpointFacts {
        EndpointFacts(
            id: id, uuid: uuid, name: name, site: site, siteName: siteName, osType: osType, machineType: machineType)
    }
}

struct ThreatV1: Codable {
    let id: String
    let name: String
    let classification: String
    let confidence: String
    let analystVerdict: String
    let incidentStatus: String
    let mitigationStatus: String
    let hashVerdict: String
    let contentHash: String
    let storyline: String
    let filePath: String
    let signed: Bool
    let indicators: Int
    let createdAt: String
    let updatedAt: String

    init(_ facts: ThreatFacts) {
        id = facts.id
        name = facts.name
        classification = facts.classification
        confidence = facts.confidence
        analystVerdict = facts.analystVerdict
        incidentStatus = facts.incidentStatus
        mitigationStatus = facts.mitigationStatus
        hashVerdict = facts.hashVerdict
        contentHash = facts.contentHash
        storyline = facts.storyline
        filePath = facts.filePath
        signed = facts.signed
        indicators = facts.indicators
        createdAt = facts.createdAt.wire
        updatedAt = facts.updatedAt.wire
    }

    func facts() throws(Unreadable) -> ThreatFacts {
        ThreatFacts(
            id: id, name: name, classification: classification, confidence: confidence,
            analystVerdict: analystVerdict, incidentStatus: incidentStatus, mitigationStatus: mitigationStatus,
            hashVerdict: hashVerdict, contentHash: contentHash, storyline: storyline, filePath: filePath,
            signed: signed, indicators: indicators, createdAt: try Need.time(createdAt, "threat.createdAt"),
            updatedAt: try Need.time(updatedAt, "threat.updatedAt"))
    }
}

private struct EvidenceV1: Codable {
    let kind: String
    let threat: String
    let weight: Int
    let sentence: String
    let from: String
    let field: String
}

/// Every event's fields in one shape; `kind` says which of them are there. The schema lists them per kind.
private struct CaseEventV1: Codable {
    var kind: String
    var generation: Int?
    var at: String?
    var endpoint: EndpointV1?
    var threat: ThreatV1?
    /// The id of the event that brought it, as in evidence.
    var from: String?
    var evidence: EvidenceV1?
    var evidenceKind: String?
    var threatID: String?
    var verdict: String?
    var because: [String]?
    var action: String?
    var state: String?

    init(_ event: Investigation.Event) {
        switch event {
        case .opened(let generation, let at, let because):
            kind = "opened"
            self.generation = generation
            self.at = at.wire
            from = because
        case .endpointJoined(let facts):
            kind = "endpoint-joined"
            endpoint = EndpointV1(facts)
        case .threatObserved(let facts, let event):
            kind = "threat-observed"
            threat = ThreatV1(facts)
            from = event
        case .evidenceAdded(let one):
            kind = "evidence-added"
            evidence = EvidenceV1(
                kind: one.kind, threat: one.threat, weight: one.weight, sentence: one.sentence,
                from: one.provenance.event, field: one.provenance.field)
        case .evidenceWithdrawn(let gone, let threat):
            kind = "evidence-withdrawn"
            evidenceKind = gone
            threatID = threat
        case .verdictReached(let verdict, let because):
            kind = "verdict-reached"
            self.verdict = verdict.rawValue
            self.because = because
        case .actionNoted(let action, let state):
            kind = "action-noted"
            self.action = action
            self.state = state
        case .closed(let because):
            kind = "closed"
            self.because = [because]
        }
    }

    func message() throws(Unreadable) -> Investigation.Event {
        switch kind {
        case "opened":
            return .opened(
                generation: try Need.value(generation, "event.generation"), at: try Need.time(at, "event.at"),
                because: try Need.value(from, "event.from"))
        case "endpoint-joined": return .endpointJoined(try Need.value(endpoint, "event.endpoint").facts)
        case "threat-observed":
            return .threatObserved(
                try Need.value(threat, "event.threat").facts(), event: try Need.value(from, "event.from"))
        case "evidence-added":
            let one = try Need.value(evidence, "event.evidence")
            return .evidenceAdded(
                Evidence(
                    kind: one.kind, threat: one.threat, weight: one.weight, sentence: one.sentence,
                    provenance: Provenance(event: one.from, field: one.field)))
        case "evidence-withdrawn":
            return .evidenceWithdrawn(
                kind: try Need.value(evidenceKind, "event.evidenceKind"),
                threat: try Need.value(threatID, "event.threatID"))
        case "verdict-reached":
            return .verdictReached(
                try Need.choice(Need.value(verdict, "event.verdict"), "event.verdict"),
                because: try Need.value(because, "event.because"))
        case "action-noted":
            return .actionNoted(
                try Need.value(action, "event.action"), state: try Need.value(state, "event.state"))
        case "closed": return .closed(because: try Need.value(because?.first, "event.because"))
        default: throw Unreadable("event.kind: \(kind.shown) is not a known event of a case")
        }
    }
}

private struct CaseRecordV1: Codable {
    let `case`: CaseSummaryV1
    let event: CaseEventV1
}

extension Topic where Message == CaseRecord {
    static func investigations(_ name: String, source: String) -> Topic {
        .json(
            name, source: source, type: { "investigation." + $0.event.kind },
            key: { Bytes($0.summary.subject.rawValue) },
            wire: { CaseRecordV1(case: CaseSummaryV1($0.summary), event: CaseEventV1($0.event)) },
            message: { (wire: CaseRecordV1) throws(Unreadable) -> CaseRecord in
                CaseRecord(try wire.event.message(), summary: try wire.case.summary())
            })
    }
}
