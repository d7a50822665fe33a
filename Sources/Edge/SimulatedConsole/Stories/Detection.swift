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
    /// Stopped before it ran.
    var isPreempted = false

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

extension Detection {
    /// A threat of that part about that file, with everything usual; tellings change what is not.
    init(of part: Part, file: File) {
        var dice = part.dice
        self.init(
            file: file, user: part.user, storyline: dice.key(on: part.endpoint), classification: "Malware",
            confidence: .malicious, classificationSource: "Behavioral", detectionType: "dynamic",
            cloudVerdict: file.isSigned ? "white" : "black", engines: [.behavioral])
    }
}

extension Detection.Engine {
    static let behavioral = Self(key: "executables", title: "Behavioral AI")
    static let cloud = Self(key: "sentinelone_cloud", title: "SentinelOne Cloud")
    static let documents = Self(key: "data_files", title: "Documents, Scripts")
    static let unwanted = Self(key: "pup", title: "Potentially unwanted applications")
    static let onWrite = Self(key: "pre_execution", title: "On-Write Static AI")
    static let onWriteSuspicious = Self(
        key: "pre_execution_suspicious", title: "On-Write Static AI - Suspicious")
    static let sideways = Self(key: "lateral_movement", title: "Lateral Movement")
}

extension Dice {
    /// Names a storyline or a process: sixteen digits on Windows, a UUID elsewhere.
    mutating func key(on endpoint: Identity) -> String { endpoint.isWindows ? hex(16).uppercased() : uuid() }
}
