import Ports

/// One detection: which story on which endpoint, and what people and policy made of it. The row is made when asked for.
struct Threat: Sendable {
    let ordinal: Int
    let id: Int64
    let agent: Int
    let story: Story
    let createdAt: Timestamp
    /// Hash, storyline and file size come from it.
    let seed: UInt64

    var updatedAt: Timestamp
    var analystVerdict = "undefined"
    var incidentStatus = "unresolved"

    static let analystVerdicts = ["undefined", "true_positive", "suspicious", "false_positive"]
    static let incidentStatuses = ["unresolved", "in_progress", "resolved"]
}

/// What a detection looks like. The label stays here: no served field carries it.
struct Story: Sendable {
    let file: String
    let folder: String
    let classification: String
    let confidence: String
    let engine: (key: String, title: String)
    let detectionType: String
    let originator: String
    let arguments: String?
    let publisher: String
    let isMitigated: Bool
    let indicators: [Indicator]

    struct Indicator: Sendable {
        let category: String
        let description: String
        let tactic: String
        let technique: String
    }

    /// How often each is told, out of ten.
    static let all: [(weight: Int, story: Story)] = [
        (3, extortion), (2, download), (2, script), (2, nuisance), (1, tool),
    ]

    static func drawn(_ dice: inout Dice) -> Story {
        var rest = dice.below(all.reduce(0) { $0 + $1.weight })
        for (weight, story) in all {
            if rest < weight { return story }
            rest -= weight
        }
        return extortion
    }

    private static let extortion = Story(
        file: "svc_update.exe", folder: #"\Device\HarddiskVolume3\ProgramData\Cache"#, classification: "Ransomware",
        confidence: "malicious", engine: ("executables", "Behavioral AI"), detectionType: "dynamic",
        originator: "services.exe", arguments: "-run -all -quiet", publisher: "", isMitigated: false,
        indicators: [
            Indicator(
                category: "Ransomware", description: "Many documents were rewritten in a short time", tactic: "Impact",
                technique: "T1486"),
            Indicator(
                category: "Evasion", description: "Volume snapshots were removed", tactic: "Impact", technique: "T1490"),
        ])
    private static let download = Story(
        file: "parcel_label.exe", folder: #"\Device\HarddiskVolume3\Users\Public\Downloads"#,
        classification: "Trojan", confidence: "malicious", engine: ("sentinelone_cloud", "SentinelOne Cloud"),
        detectionType: "static", originator: "msedge.exe", arguments: nil, publisher: "", isMitigated: true,
        indicators: [
            Indicator(
                category: "General", description: "The file is known to the reputation service", tactic: "Execution",
                technique: "T1204")
        ])
    private static let script = Story(
        file: "powershell.exe", folder: #"\Device\HarddiskVolume3\Windows\System32\WindowsPowerShell\v1.0"#,
        classification: "Malware", confidence: "suspicious", engine: ("data_files", "Documents, Scripts"),
        detectionType: "dynamic", originator: "winword.exe", arguments: "-nop -w hidden -enc SQBFAFgA",
        publisher: "MICROSOFT WINDOWS", isMitigated: false,
        indicators: [
            Indicator(
                category: "Evasion", description: "An interpreter was started with an encoded command",
                tactic: "Defense Evasion", technique: "T1027")
        ])
    private static let nuisance = Story(
        file: "toolbar_setup.exe", folder: #"\Device\HarddiskVolume3\Users\Public\Desktop"#, classification: "PUA",
        confidence: "suspicious", engine: ("pup", "Potentially unwanted applications"), detectionType: "static",
        originator: "explorer.exe", arguments: nil, publisher: "BRIGHT BUNDLES LTD", isMitigated: true, indicators: [])
    private static let tool = Story(
        file: "inventory_agent.exe", folder: #"\Device\HarddiskVolume3\Program Files\Tidewater\Inventory"#,
        classification: "General", confidence: "n/a",
        engine: ("pre_execution_suspicious", "On-Write Static AI - Suspicious"),
        detectionType: "static", originator: "msiexec.exe", arguments: "/collect /quiet",
        publisher: "TIDEWATER INSTRUMENTS", isMitigated: false, indicators: [])
}
