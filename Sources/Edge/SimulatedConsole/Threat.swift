import Ports

/// One detection: which story on which endpoint, and what people and policy made of it. The row is made when asked for.
struct Threat: Sendable {
    let ordinal: Int
    let id: Int64
    let agent: Int
    let story: Story
    let place: Story.Place
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
    let onWindows: Place
    let elsewhere: Place
    let classification: String
    let confidence: String
    let engine: (key: String, title: String)
    let detectionType: String
    let publisher: String
    let isMitigated: Bool
    let indicators: [Indicator]

    /// How the story shows on one kind of system.
    struct Place: Sendable {
        let folder: String
        let file: String
        let originator: String
        var arguments: String?
        var path: String { folder + (folder.hasPrefix("/") ? "/" : #"\"#) + file }
    }

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
        onWindows: Place(
            folder: #"\Device\HarddiskVolume3\ProgramData\Cache"#, file: "svc_update.exe", originator: "services.exe",
            arguments: "-run -all -quiet"),
        elsewhere: Place(folder: "/var/tmp/.cache", file: "svc_update", originator: "cron", arguments: "--all"),
        classification: "Ransomware", confidence: "malicious", engine: ("executables", "Behavioral AI"),
        detectionType: "dynamic", publisher: "", isMitigated: false,
        indicators: [
            Indicator(
                category: "Ransomware", description: "Many documents were rewritten in a short time", tactic: "Impact",
                technique: "T1486"),
            Indicator(
                category: "Evasion", description: "Snapshots were removed", tactic: "Impact", technique: "T1490"),
        ])
    private static let download = Story(
        onWindows: Place(
            folder: #"\Device\HarddiskVolume3\Users\Public\Downloads"#, file: "parcel_label.exe",
            originator: "msedge.exe"),
        elsewhere: Place(folder: "/tmp", file: "parcel_label", originator: "curl"), classification: "Trojan",
        confidence: "malicious", engine: ("sentinelone_cloud", "SentinelOne Cloud"), detectionType: "static",
        publisher: "", isMitigated: true,
        indicators: [
            Indicator(
                category: "General", description: "The file is known to the reputation service", tactic: "Execution",
                technique: "T1204")
        ])
    private static let script = Story(
        onWindows: Place(
            folder: #"\Device\HarddiskVolume3\Windows\System32\WindowsPowerShell\v1.0"#, file: "powershell.exe",
            originator: "winword.exe", arguments: "-nop -w hidden -enc SQBFAFgA"),
        elsewhere: Place(
            folder: "/usr/bin", file: "bash", originator: "python3", arguments: "-c $(echo aWQ= | base64 -d)"),
        classification: "Malware", confidence: "suspicious", engine: ("data_files", "Documents, Scripts"),
        detectionType: "dynamic", publisher: "", isMitigated: false,
        indicators: [
            Indicator(
                category: "Evasion", description: "An interpreter was started with an encoded command",
                tactic: "Defense Evasion", technique: "T1027")
        ])
    private static let nuisance = Story(
        onWindows: Place(
            folder: #"\Device\HarddiskVolume3\Users\Public\Desktop"#, file: "toolbar_setup.exe",
            originator: "explorer.exe"),
        elsewhere: Place(folder: "/opt/toolbar", file: "toolbar-setup", originator: "installer"),
        classification: "PUA", confidence: "suspicious", engine: ("pup", "Potentially unwanted applications"),
        detectionType: "static", publisher: "BRIGHT BUNDLES LTD", isMitigated: true, indicators: [])
    private static let tool = Story(
        onWindows: Place(
            folder: #"\Device\HarddiskVolume3\Program Files\Tidewater\Inventory"#, file: "inventory_agent.exe",
            originator: "msiexec.exe", arguments: "/collect /quiet"),
        elsewhere: Place(
            folder: "/opt/tidewater/inventory", file: "inventory-agent", originator: "systemd", arguments: "--collect"),
        classification: "General", confidence: "n/a",
        engine: ("pre_execution_suspicious", "On-Write Static AI - Suspicious"), detectionType: "static",
        publisher: "TIDEWATER INSTRUMENTS", isMitigated: false, indicators: [])
}
