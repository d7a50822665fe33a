package import Ports

/// Where a fact stands: the id of the event that carried it, and its field there.
package struct Provenance: Hashable, Sendable {
    package let event: String
    package let field: String

    package init(event: String, field: String) {
        self.event = event
        self.field = field
    }
}

/// One reason for or against a case being an attack.
package struct Evidence: Hashable, Sendable {
    /// Names the rule that found it: `engine-malicious`, `analyst-false-positive`. One per kind and threat.
    package let kind: String
    package let threat: String
    /// Positive speaks for an attack, negative against.
    package let weight: Int
    package let sentence: String
    package let provenance: Provenance

    package init(kind: String, threat: String, weight: Int, sentence: String, provenance: Provenance) {
        self.kind = kind
        self.threat = threat
        self.weight = weight
        self.sentence = sentence
        self.provenance = provenance
    }
}

package enum Verdict: String, Sendable, CaseIterable {
    case malicious, suspicious, benign, inconclusive
}

/// What the console said of a threat in one version of its record. Unknown values are kept as text.
package struct ThreatFacts: Hashable, Sendable {
    package var id: String
    package var name: String
    package var classification: String
    package var confidence: String
    package var analystVerdict: String
    package var incidentStatus: String
    package var mitigationStatus: String
    package var hashVerdict: String
    package var contentHash: String
    package var storyline: String
    package var filePath: String
    package var signed: Bool
    package var indicators: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: String, name: String = "", classification: String = "", confidence: String = "",
        analystVerdict: String = "undefined", incidentStatus: String = "unresolved", mitigationStatus: String = "",
        hashVerdict: String = "", contentHash: String = "", storyline: String = "", filePath: String = "",
        signed: Bool = false, indicators: Int = 0, createdAt: Timestamp = .zero, updatedAt: Timestamp = .zero
    ) {
        self.id = id
        self.name = name
        self.classification = classification
        self.confidence = confidence
        self.analystVerdict = analystVerdict
        self.incidentStatus = incidentStatus
        self.mitigationStatus = mitigationStatus
        self.hashVerdict = hashVerdict
        self.contentHash = contentHash
        self.storyline = storyline
        self.filePath = filePath
        self.signed = signed
        self.indicators = indicators
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What is known of the endpoint a case is about.
package struct EndpointFacts: Hashable, Sendable {
    package var id: String
    package var uuid: String
    package var name: String
    package var site: String
    package var siteName: String
    package var osType: String
    package var machineType: String

    package init(
        id: String, uuid: String, name: String, site: String, siteName: String = "", osType: String = "",
        machineType: String = ""
    ) {
        self.id = id
        self.uuid = uuid
        self.name = name
        self.site = site
        self.siteName = siteName
        self.osType = osType
        self.machineType = machineType
    }
}
