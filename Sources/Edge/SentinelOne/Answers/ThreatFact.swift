package import JSONView
package import Ports

/// A threat as its row says. Only the id must be readable.
package struct ThreatFact: Sendable, Equatable {
    package let id: ThreatID
    package let name: String?
    package let classification: String?
    package let confidence: VendorValue<ConfidenceLevel>?
    package let analystVerdict: VendorValue<AnalystVerdict>?
    package let incidentStatus: VendorValue<IncidentStatus>?
    package let mitigationStatus: VendorValue<MitigationStatus>?
    /// What the vendor's cloud said of the file: `black`, `white`…
    package let hashVerdict: String?
    package let file: FileMention
    package let isFileless: Bool?
    /// The same on every endpoint that has the same file.
    package let collectionID: String?
    package let storyline: String?
    package let originator: String?
    package let arguments: String?
    package let user: String?
    package let engines: [String]
    package let initiatedBy: String?
    package let hasPendingActions: Bool?
    package let hasFailedActions: Bool?
    package let indicators: [Indicator]
    package let mitigations: [MitigationReport]
    /// The endpoint when it was found, and as it is now.
    package let then: EndpointMention
    package let now: EndpointMention
    package let identifiedAt: Timestamp?
    package let createdAt: Timestamp?
    package let updatedAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        let info = row["threatInfo"]
        id = try (row["id"].ifPresent ?? info["threatId"]).objectID()
        name = info["threatName"].readableWords
        classification = info["classification"].readableWords
        confidence = info["confidenceLevel"].readableWords.map { VendorValue($0) }
        analystVerdict = info["analystVerdict"].readableWords.map { VendorValue($0) }
        incidentStatus = info["incidentStatus"].readableWords.map { VendorValue($0) }
        mitigationStatus = info["mitigationStatus"].readableWords.map { VendorValue($0) }
        hashVerdict = info["cloudFilesHashVerdict"].readableWords?.lowercased()
        file = FileMention(threat: info)
        isFileless = info["isFileless"].readableBool
        collectionID = info["collectionId"].readableID
        storyline = info["storyline"].readableWords
        originator = info["originatorProcess"].readableWords
        arguments = info["maliciousProcessArguments"].readableWords
        user = info["processUser"].readableWords
        engines = info["detectionEngines"].readableElements.compactMap { $0["key"].readableWords }
        initiatedBy = info["initiatedBy"].readableWords
        hasPendingActions = info["pendingActions"].readableBool
        hasFailedActions = info["failedActions"].readableBool
        indicators = row["indicators"].readableElements.map { Indicator($0) }
        mitigations = row["mitigationStatus"].readableElements.compactMap { MitigationReport($0) }
        then = EndpointMention(row["agentDetectionInfo"])
        now = EndpointMention(row["agentRealtimeInfo"])
        identifiedAt = info["identifiedAt"].readableTime
        createdAt = info["createdAt"].readableTime
        updatedAt = info["updatedAt"].readableTime
    }
}

/// Something that an engine noticed, and which techniques it stands for.
package struct Indicator: Hashable, Sendable {
    package struct Technique: Hashable, Sendable {
        package let tactic: String?
        /// Such as T1564, where the source is MITRE.
        package let name: String
        package let source: String?
    }

    package let category: String?
    package let description: String?
    package let techniques: [Technique]

    init(_ row: JSONView) {
        category = row["category"].readableWords
        description = row["description"].readableWords
        techniques = row["tactics"].readableElements.flatMap { tactic in
            tactic["techniques"].readableElements.compactMap { technique in
                technique["name"].readableWords.map {
                    Technique(tactic: tactic["name"].readableWords, name: $0, source: tactic["source"].readableWords)
                }
            }
        }
    }
}

/// How far one action on a threat has come, by the endpoint's own report.
package struct MitigationReport: Hashable, Sendable {
    package let action: String
    package let status: String?
    package let reportID: String?
    package let startedAt: Timestamp?
    package let endedAt: Timestamp?
    package let updatedAt: Timestamp?

    /// nil for what names no action.
    init?(_ row: JSONView) {
        guard let action = row["action"].readableWords else { return nil }
        self.action = action
        status = row["status"].readableWords
        reportID = row["reportId"].readableID
        startedAt = row["mitigationStartedAt"].readableTime
        endedAt = row["mitigationEndedAt"].readableTime
        updatedAt = row["lastUpdate"].readableTime
    }
}
