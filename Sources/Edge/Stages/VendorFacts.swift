import Investigation
import JSONView
import Ports
import SentinelOne

/// What a case needs of the vendor's records. A missing or retyped field is an empty fact, never a lost record; only
/// a threat without an id is unreadable.
enum VendorFacts {
    static func threat(_ view: JSONView) throws(JSONProblem) -> ThreatFacts {
        let info = view["threatInfo"]
        return ThreatFacts(
            id: try view["id"].id, name: text(info["threatName"]), classification: text(info["classification"]),
            confidence: word(info["confidenceLevel"], ConfidenceLevel.self),
            analystVerdict: word(info["analystVerdict"], AnalystVerdict.self, else: "undefined"),
            incidentStatus: word(info["incidentStatus"], IncidentStatus.self, else: "unresolved"),
            mitigationStatus: word(info["mitigationStatus"], MitigationStatus.self),
            hashVerdict: text(info["cloudFilesHashVerdict"]).lowercased(),
            contentHash: text(info["sha1"]).lowercased(), storyline: text(info["storyline"]),
            filePath: text(info["filePath"]), signed: text(info["fileVerificationType"]) == "SignedVerified",
            indicators: count(view["indicators"]), createdAt: time(info["createdAt"]),
            updatedAt: time(info["updatedAt"])
        )
    }

    /// The endpoint as its own row tells it.
    static func endpoint(row view: JSONView) -> EndpointFacts? {
        guard let id = try? view["id"].id else { return nil }
        return EndpointFacts(
            id: id, uuid: text(view["uuid"]), name: text(view["computerName"]), site: identifier(view["siteId"]),
            siteName: text(view["siteName"]), osType: text(view["osType"]), machineType: text(view["machineType"]))
    }

    /// The endpoint as its threat tells it, where there is no row.
    static func endpoint(threat view: JSONView) -> EndpointFacts? {
        let now = view["agentRealtimeInfo"]
        guard let id = try? now["agentId"].id else { return nil }
        return EndpointFacts(
            id: id, uuid: text(now["agentUuid"]), name: text(now["agentComputerName"]), site: identifier(now["siteId"]),
            siteName: text(now["siteName"]), osType: text(now["agentOsType"]),
            machineType: text(now["agentMachineType"])
        )
    }

    private static func text(_ view: JSONView, else missing: String = "") -> String {
        (try? view.optionalText) ?? missing
    }

    /// In the one spelling that the rules compare with: routes differ.
    private static func word<Known>(_ view: JSONView, _ known: Known.Type, else missing: String = "") -> String
    where Known: RawRepresentable & Hashable & Sendable, Known.RawValue == String {
        (try? view.optionalText).map { VendorValue<Known>($0).text } ?? missing
    }

    private static func identifier(_ view: JSONView) -> String { (try? view.id) ?? "" }

    private static func time(_ view: JSONView) -> Timestamp { (try? view.timestamp) ?? .zero }

    private static func count(_ view: JSONView) -> Int {
        guard let elements = try? view.elements else { return 0 }
        return elements.reduce(0) { count, _ in count + 1 }
    }
}
