import Ports

/// What can happen. The label stays here: no served field carries it.
enum Story: String, Sendable, CaseIterable {
    case extortion, download, script, nuisance, tool

    /// How often each is told, out of ten.
    private var weight: Int {
        switch self {
        case .extortion: 3
        case .download, .script, .nuisance: 2
        case .tool: 1
        }
    }

    static func drawn(_ dice: inout Dice) -> Story {
        var rest = dice.below(allCases.reduce(0) { $0 + $1.weight })
        for story in allCases {
            if rest < story.weight { return story }
            rest -= story.weight
        }
        return .extortion
    }

    func detection(_ incident: Incident, _ part: Int, on endpoint: Identity) -> Detection {
        var dice = Dice(incident.seed, part)
        let place = place(endpoint.isWindows)
        // One file, one hash: the same story told on another endpoint shows the same bytes.
        var file = Dice(0, place.file.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
        let sha256 = file.hex(64)
        return Detection(
            file: Detection.File(
                folder: place.folder, name: place.file, size: 40_000 + dice.below(900_000),
                sha1: String(sha256.prefix(40)), sha256: sha256, publisher: publisher),
            arguments: place.arguments, originator: place.originator,
            user: endpoint.isWindows ? "\(endpoint.domain)\\\(endpoint.user)" : endpoint.user,
            storyline: endpoint.isWindows ? dice.hex(16).uppercased() : dice.uuid(), classification: classification,
            confidence: confidence, classificationSource: detectionType == "static" ? "Static" : "Behavioral",
            detectionType: detectionType,
            cloudVerdict: confidence == .malicious ? "black" : publisher.isEmpty ? "gray" : "white", engines: [engine],
            indicators: indicators, policy: isMitigated ? [.quarantine, .kill] : [])
    }
}

// The tellings, until each has a file of its own.
extension Story {
    private struct Place {
        let folder: String
        let file: String
        let originator: String
        var arguments: String?
    }

    private func place(_ isWindows: Bool) -> Place {
        switch (self, isWindows) {
        case (.extortion, true):
            Place(
                folder: #"\Device\HarddiskVolume3\ProgramData\Cache"#, file: "svc_update.exe",
                originator: "services.exe", arguments: "-run -all -quiet")
        case (.extortion, false):
            Place(folder: "/var/tmp/.cache", file: "svc_update", originator: "cron", arguments: "--all")
        case (.download, true):
            Place(
                folder: #"\Device\HarddiskVolume3\Users\Public\Downloads"#, file: "parcel_label.exe",
                originator: "msedge.exe")
        case (.download, false): Place(folder: "/tmp", file: "parcel_label", originator: "curl")
        case (.script, true):
            Place(
                folder: #"\Device\HarddiskVolume3\Windows\System32\WindowsPowerShell\v1.0"#, file: "powershell.exe",
                originator: "winword.exe", arguments: "-nop -w hidden -enc SQBFAFgA")
        case (.script, false):
            Place(
                folder: "/usr/bin", file: "bash", originator: "python3", arguments: "-c $(echo aWQ= | base64 -d)")
        case (.nuisance, true):
            Place(
                folder: #"\Device\HarddiskVolume3\Users\Public\Desktop"#, file: "toolbar_setup.exe",
                originator: "explorer.exe")
        case (.nuisance, false): Place(folder: "/opt/toolbar", file: "toolbar-setup", originator: "installer")
        case (.tool, true):
            Place(
                folder: #"\Device\HarddiskVolume3\Program Files\Tidewater\Inventory"#, file: "inventory_agent.exe",
                originator: "msiexec.exe", arguments: "/collect /quiet")
        case (.tool, false):
            Place(
                folder: "/opt/tidewater/inventory", file: "inventory-agent", originator: "systemd",
                arguments: "--collect")
        }
    }

    private var classification: String {
        switch self {
        case .extortion: "Ransomware"
        case .download: "Trojan"
        case .script: "Malware"
        case .nuisance: "PUA"
        case .tool: "General"
        }
    }

    private var confidence: Detection.Confidence {
        switch self {
        case .extortion, .download: .malicious
        case .script, .nuisance: .suspicious
        case .tool: .notAvailable
        }
    }

    private var engine: Detection.Engine {
        switch self {
        case .extortion: Detection.Engine(key: "executables", title: "Behavioral AI")
        case .download: Detection.Engine(key: "sentinelone_cloud", title: "SentinelOne Cloud")
        case .script: Detection.Engine(key: "data_files", title: "Documents, Scripts")
        case .nuisance: Detection.Engine(key: "pup", title: "Potentially unwanted applications")
        case .tool: Detection.Engine(key: "pre_execution_suspicious", title: "On-Write Static AI - Suspicious")
        }
    }

    private var detectionType: String { [.extortion, .script].contains(self) ? "dynamic" : "static" }
    private var isMitigated: Bool { [.download, .nuisance].contains(self) }

    private var publisher: String {
        switch self {
        case .nuisance: "BRIGHT BUNDLES LTD"
        case .tool: "TIDEWATER INSTRUMENTS"
        case .extortion, .download, .script: ""
        }
    }

    private var indicators: [Detection.Indicator] {
        switch self {
        case .extortion:
            [
                Detection.Indicator(
                    category: "Ransomware", description: "Many documents were rewritten in a short time",
                    tactic: "Impact", technique: "T1486"),
                Detection.Indicator(
                    category: "Evasion", description: "Snapshots were removed", tactic: "Impact", technique: "T1490"),
            ]
        case .download:
            [
                Detection.Indicator(
                    category: "General", description: "The file is known to the reputation service",
                    tactic: "Execution", technique: "T1204")
            ]
        case .script:
            [
                Detection.Indicator(
                    category: "Evasion", description: "An interpreter was started with an encoded command",
                    tactic: "Defense Evasion", technique: "T1027")
            ]
        case .nuisance, .tool: []
        }
    }
}
