import Ports

extension Alert {
    /// What an alert shows of a detection, where nothing more is told of it: the process that is the threat.
    func facts(on endpoint: Identity) -> AlertFacts {
        let detection = incident.detection(on: endpoint)
        var dice = Dice(incident.incident.seed, ordinal)
        let source = AlertFacts.Process(
            name: detection.file.name, pid: 1_000 + dice.below(9_000), startedAt: createdAt - .seconds(4),
            commandLine: "\(detection.file.name) \(detection.arguments ?? "")", path: detection.file.path,
            md5: detection.file.md5, sha1: detection.file.sha1, sha256: detection.file.sha256,
            signer: detection.file.publisher, storyline: detection.storyline, uniqueID: dice.hex(16).uppercased(),
            user: detection.user)
        var parent = source
        parent.name = detection.originator ?? "init"
        parent.pid += 12
        parent.commandLine = parent.name
        parent.path = endpoint.isWindows ? #"C:\Windows\System32\\#(parent.name)"# : "/usr/bin/\(parent.name)"
        parent.uniqueID = dice.hex(16).uppercased()
        return AlertFacts(
            eventType: "PROCESSCREATION", eventID: "01J\(dice.hex(23).uppercased())_\(dice.below(40))", source: source,
            parent: parent)
    }
}

extension Rule {
    static let all = [
        Rule(
            ordinal: 0, name: "Interpreter with an encoded command", description: "Commands that hide what they do",
            severity: .high, query: #"SrcProcCmdLine ContainsCIS "-enc""#),
        Rule(
            ordinal: 1, name: "Started from a folder for downloads", description: "", severity: .low,
            query: #"SrcProcImagePath ContainsCIS "Downloads""#, queryType: "processes"),
        Rule(
            ordinal: 2, name: "Many documents rewritten", description: "As ransomware does it", severity: .critical,
            query: #"IndicatorName = "RansomwareLike""#, treatAsThreat: "Malicious"),
        Rule(
            ordinal: 3, name: "Inventory tool outside of its window", description: "Usually harmless",
            severity: .medium, query: #"SrcProcName ContainsCIS "inventory""#, treatAsThreat: "Suspicious"),
    ]
}
