/// A custom rule of the console.
struct Rule: Sendable {
    enum Severity: String, Sendable, CaseIterable {
        case low = "Low"
        case medium = "Medium"
        case high = "High"
        case critical = "Critical"
    }

    enum ScopeLevel: String, Sendable { case site, account, global, group }

    let ordinal: Int
    let name: String
    let description: String
    let severity: Severity
    let query: String
    /// events, processes.
    var queryType = "events"
    /// UNDEFINED, Suspicious, Malicious.
    var treatAsThreat = "UNDEFINED"
    /// Runs now and then instead of on each event; listed only where asked for.
    var isScheduled = false
    /// What it looks for; `query` says it in the console's words.
    let matches: @Sendable (Telemetry.Event) -> Bool

    var scopeLevel: ScopeLevel { [.site, .account, .global, .group][ordinal % 4] }
}

extension Rule {
    static let all = watching + scheduled

    private static let watching = [
        Rule(
            ordinal: 0, name: "Encoded command line", description: "An interpreter was given its program in base64.",
            severity: .high, query: #"SrcProcCmdLine ContainsCIS "-enc""#,
            matches: { $0.began { $0.commandLine.contains("-enc ") || $0.commandLine.contains("base64 -d") } }),
        Rule(
            ordinal: 1, name: "Interpreter started by an office program", description: "Documents start nothing.",
            severity: .high,
            query: #"SrcProcParentName In ("winword.exe","excel.exe") AND SrcProcName = "powershell.exe""#,
            matches: { event in
                event.began { _ in ["winword.exe", "soffice.bin"].contains(event.parent?.seen.image.name) }
            }),
        Rule(
            ordinal: 2, name: "Snapshots removed", description: "Nobody needs to do this by hand.",
            severity: .critical, query: #"TgtProcCmdLine ContainsCIS "delete shadows""#,
            matches: { $0.began { $0.commandLine.contains("delete shadows") } }),
        Rule(
            ordinal: 3, name: "Remote service by a backup account", description: "svc-backup stays on its own host.",
            severity: .medium, query: #"LoginsUserName = "svc-backup" AND EventType = "LOGIN""#,
            matches: {
                if case .loggedIn(let user, _, _) = $0.what { user == "svc-backup" } else { false }
            }),
        Rule(
            ordinal: 4, name: "Batch logon", description: "Kept for the auditors.", severity: .low,
            query: #"LoginsBaseType = "BATCH""#,
            matches: { if case .loggedIn(_, let type, _) = $0.what { type == "BATCH" } else { false } }),
        Rule(
            ordinal: 5, name: "Name of a relay asked for", description: "Names that end in relay are not ours.",
            severity: .medium, query: #"DNS ContainsCIS "relay""#,
            matches: { if case .resolved(let name, _) = $0.what { name.contains("relay") } else { false } }),
        Rule(
            ordinal: 6, name: "File sharing between endpoints", description: "Clients talk to servers, not to clients.",
            severity: .medium, query: #"DstPort = 445 AND NetConnectDirection = "OUTGOING""#,
            matches: {
                if case .connected(_, let port, false) = $0.what { port == 445 } else { false }
            }),
        Rule(
            ordinal: 7, name: "Program started at logon", description: "A value was put under a Run key.",
            severity: .medium, query: #"RegistryKeyPath ContainsCIS "CurrentVersion\Run""#,
            matches: {
                if case .registry(let key, _, _) = $0.what { key.hasSuffix(#"CurrentVersion\Run"#) } else { false }
            }),
        Rule(
            ordinal: 8, name: "Service made by another host", description: "An ImagePath was set.", severity: .high,
            query: #"RegistryPath ContainsCIS "ImagePath""#,
            matches: { if case .registry(_, let value, _) = $0.what { value == "ImagePath" } else { false } }),
        Rule(
            ordinal: 9, name: "Program file in a public folder", description: "PerfLogs and Public hold no programs.",
            severity: .medium, query: #"TgtFilePath ContainsCIS "\PerfLogs\" AND EventType = "FILECREATION""#,
            matches: { event in
                if case .wrote(let file) = event.what { file.folder.hasSuffix("PerfLogs") } else { false }
            }),
        Rule(
            ordinal: 10, name: "Who am I", description: "First question of every script, good or bad.",
            severity: .low, query: #"TgtProcName = "whoami.exe""#, queryType: "processes",
            matches: { $0.began { $0.image.name.hasPrefix("whoami") } }),
        Rule(
            ordinal: 11, name: "Task registered", description: "Scheduled tasks outside of the vendor's folders.",
            severity: .low, query: #"EventType = "SCHEDTASKREGISTER""#,
            matches: { if case .scheduled = $0.what { true } else { false } }),
    ]

    private static let scheduled = [
        Rule(
            ordinal: 12, name: "Same file on several hosts", description: "Looked for once an hour.", severity: .high,
            query: "| group n = estimate_distinct(agent.uuid) by tgt.file.sha1 | filter n > 3", isScheduled: true,
            matches: { _ in false })
    ]
}

extension Telemetry.Event {
    fileprivate func began(_ holds: (Scene.Process) -> Bool) -> Bool {
        if case .began = what { holds(process.seen) } else { false }
    }
}
