package import JSONView
package import Ports

/// What a custom rule found, as its row says. Only the id must be readable.
package struct AlertFact: Sendable, Equatable {
    /// The rule as it was when it fired.
    package struct Rule: Sendable, Equatable {
        package let id: RuleID?
        package let name: String?
        package let description: String?
        package let severity: VendorValue<AlertSeverity>?
        package let query: String?
        package let treatAsThreat: String?
    }

    package let id: AlertID
    package let rule: Rule
    package let analystVerdict: VendorValue<AnalystVerdict>?
    package let incidentStatus: VendorValue<IncidentStatus>?
    package let eventType: String?
    package let process: ProcessMention
    package let parent: ProcessMention
    package let target: ProcessMention
    package let file: FileMention
    package let connection: ConnectionMention
    package let registryKey: String?
    package let indicator: String?
    package let loginUser: String?
    /// The endpoint when it was found, and as it is now.
    package let then: EndpointMention
    package let now: EndpointMention
    package let createdAt: Timestamp?
    package let reportedAt: Timestamp?
    package let updatedAt: Timestamp?

    package init(parsing bytes: Bytes) throws(JSONProblem) { try self.init(JSONView(parsing: bytes)) }

    package init(_ row: JSONView) throws(JSONProblem) {
        let (info, rule) = (row["alertInfo"], row["ruleInfo"])
        id = try (info["alertId"].ifPresent ?? row["id"]).objectID()
        self.rule = Rule(
            id: rule["id"].readableObjectID(), name: rule["name"].readableWords,
            description: rule["description"].readableWords,
            severity: rule["severity"].readableWords.map { VendorValue($0) }, query: rule["s1ql"].readableWords,
            treatAsThreat: rule["treatAsThreat"].readableWords)
        analystVerdict = info["analystVerdict"].readableWords.map { VendorValue($0) }
        incidentStatus = info["incidentStatus"].readableWords.map { VendorValue($0) }
        eventType = info["eventType"].readableWords
        process = ProcessMention(source: row["sourceProcessInfo"])
        parent = ProcessMention(source: row["sourceParentProcessInfo"])
        target = ProcessMention(target: row["targetProcessInfo"])
        file = FileMention(alert: row["targetProcessInfo"])
        connection = ConnectionMention(alert: info)
        registryKey = info["registryKeyPath"].readableWords ?? info["registryPath"].readableWords
        indicator = info["indicatorName"].readableWords
        loginUser = info["loginsUserName"].readableWords
        then = EndpointMention(row["agentDetectionInfo"])
        now = EndpointMention(row["agentRealtimeInfo"])
        createdAt = info["createdAt"].readableTime
        reportedAt = info["reportedAt"].readableTime
        updatedAt = info["updatedAt"].readableTime
    }
}

/// A connection or a question for a name, as an alert or an event tells of it. All of it may be unknown.
package struct ConnectionMention: Sendable, Equatable {
    package let sourceIP: String?
    package let sourcePort: Int?
    package let destinationIP: String?
    package let destinationPort: Int?
    package let direction: String?
    package let status: String?
    package let url: String?
    package let dnsRequest: String?
    package let dnsResponse: String?

    /// Of an alert's `alertInfo`.
    init(alert info: JSONView) {
        self.init(info, direction: info["netEventDirection"], status: nil, url: nil)
    }

    /// Of an event of a threat.
    init(event row: JSONView) {
        self.init(
            row, direction: row["direction"], status: row["connectionStatus"].readableWords,
            url: row["networkUrl"].readableWords)
    }

    private init(_ view: JSONView, direction: JSONView, status: String?, url: String?) {
        sourceIP = view["srcIp"].readableWords
        sourcePort = view["srcPort"].readableInteger
        destinationIP = view["dstIp"].readableWords
        destinationPort = view["dstPort"].readableInteger
        self.direction = direction.readableWords
        self.status = status
        self.url = url
        dnsRequest = view["dnsRequest"].readableWords
        dnsResponse = view["dnsResponse"].readableWords
    }
}
