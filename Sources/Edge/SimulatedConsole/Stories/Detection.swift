import Ports

/// What a threat looks like, apart from what people and policy made of it.
struct Detection: Sendable {
    struct File: Sendable {
        var folder: String
        var name: String
        var size = 0
        var sha1: String
        var sha256: String?
        var md5: String?
        var publisher = ""

        var path: String { folder + (folder.hasPrefix("/") ? "/" : #"\"#) + name }
        var isSigned: Bool { !publisher.isEmpty }
    }

    struct Indicator: Sendable {
        let category: String
        let description: String
        let tactic: String
        let technique: String
    }

    struct Engine: Sendable {
        let key: String
        let title: String
    }

    struct Module: Sendable {
        let name: String
        let sha1: String
    }

    enum Confidence: String, Sendable, CaseIterable {
        case malicious, suspicious
        case notAvailable = "n/a"
    }

    enum Initiator: String, Sendable, CaseIterable {
        case agentPolicy = "agent_policy"
        case fullDiskScan = "full_disk_scan"
        case sentinelctl
        case dvCommand = "dv_command"
        case consoleAPI = "console_api"
        case onDemandScan = "on_demand_scan"
        case starActive = "star_active"
        case starManual = "star_manual"
        case cloudDetection = "cloud_detection"
        case threatIntelligence = "threat_intelligence"
        case watchtower = "watchtower_cloud_detection"
        case multiple
    }

    var file: File
    var isFileless = false
    var arguments: String?
    var originator: String?
    var user: String
    var storyline: String
    var classification: String
    var confidence: Confidence
    /// Cloud, Behavioral, Static or Engine.
    var classificationSource: String?
    /// static or dynamic.
    var detectionType: String?
    /// What the reputation service says of the hash.
    var cloudVerdict: String?
    var engines: [Engine]
    var indicators: [Indicator] = []
    var initiatedBy = Initiator.agentPolicy
    var macros: [Module]?
    /// What the policy does by itself, in this order; nothing where it only reports.
    var policy: [Mitigation.Action] = []

    /// The mitigations that the policy carried out at once.
    func policy(at moment: Timestamp, _ numbering: Numbering, _ ordinal: Int) -> [Mitigation] {
        policy.enumerated().map { number, action in
            let started = moment + .milliseconds(300 * Int64(number + 1))
            return Mitigation(
                action: action, status: .success, startedAt: started, endedAt: started + .milliseconds(120),
                report: numbering.id(.part, 1_000_000 + ordinal * 4 + number))
        }
    }
}
