import Ports

extension Telling {
    /// One file encrypts documents on one host after the other; an analyst cuts the hosts off and cleans up.
    static let outbreak = Telling(
        nature: .attack, hosts: 3...8,
        beats: { incident in
            var dice = incident.dice
            var beats: [Beat] = []
            let hosts = incident.agents.count
            for host in 0..<hosts {
                beats.append(Beat(.seconds(240 * host + dice.below(120)), .detect(part: host)))
            }
            let noticed = Duration.seconds(240 * hosts + 300)
            for host in 0..<hosts {
                let turn = noticed + .seconds(40 * host)
                beats.append(Beat(turn, .isolate(host: host)))
                beats.append(Beat(turn + .seconds(10), .mitigate(part: host, .kill)))
                beats.append(Beat(turn + .seconds(12), .mitigate(part: host, .quarantine)))
                beats.append(Beat(turn + .seconds(20), .settle(part: host, .inProgress)))
            }
            let judged = noticed + .seconds(3_600)
            for host in 0..<hosts {
                beats.append(Beat(judged + .seconds(5 * host), .judge(part: host, .truePositive)))
            }
            beats.append(Beat(judged + .seconds(90), .comment(part: 0, "Same file on all hosts; backups are intact.")))
            for host in 0..<hosts {
                beats.append(Beat(judged + .seconds(86_400 + 60 * host), .settle(part: host, .resolved)))
                beats.append(Beat(judged + .seconds(86_430 + 60 * host), .release(host: host)))
            }
            return beats
        },
        detection: { part in
            var shared = part.shared
            let file = locker(part, &shared)
            var detection = Detection(of: part, file: file)
            detection.arguments = part.isWindows ? "-run -all -quiet" : "--all --quiet"
            detection.originator = Images.services(on: part.endpoint).name
            detection.user = part.system
            detection.classification = "Ransomware"
            detection.indicators = [
                Detection.Indicator(
                    category: "Ransomware", description: "Many documents were rewritten in a short time",
                    tactic: "Impact", technique: "T1486"),
                Detection.Indicator(
                    category: "Evasion", description: "Snapshots were removed", tactic: "Impact", technique: "T1490"),
            ]
            return detection
        },
        scene: { part, detection in
            var dice = part.dice
            var shared = part.shared
            var scene = Scene(of: part, storyline: detection.storyline)
            let services = scene.start(Images.services(on: part.endpoint), as: part.system)
            scene.note(services, .wrote(detection.file))
            let locker = scene.start(detection.file, detection.arguments ?? "", by: services, isCulprit: true)
            let (name, address) = (Outside.name(&shared), Outside.address(&shared))
            scene.call(name, address, by: locker)
            if part.isWindows {
                let shell = scene.start(
                    Images.windows("vssadmin.exe"), "delete shadows /all /quiet", by: locker)
                scene.end(shell)
                scene.note(
                    locker,
                    .registry(
                        key: #"MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run"#, value: "CacheUpdate",
                        content: detection.file.path))
            }
            let ending = ".\(shared.hex(5))"
            for number in 0..<(24 + dice.below(40)) {
                let document = Images.file(
                    "\(Outside.word(&dice))_\(number).docx",
                    in: part.home + (part.isWindows ? #"\Documents"# : "/docs"),
                    &dice)
                var locked = document
                locked.name += ending
                scene.note(locker, .renamed(locked, from: document.path))
                if number == 20 {
                    for indicator in detection.indicators { scene.note(locker, .noticed(indicator)) }
                    scene.find()
                }
            }
            scene.note(locker, .wrote(Images.file("READ_ME.txt", in: part.home, &shared)))
            return scene
        })

    private static func locker(_ part: Part, _ dice: inout Dice) -> Detection.File {
        let stem = dice.pick(["svc_update", "cache_sync", "spool_host", "nethelper", "diagtask"])
        return part.isWindows
            ? Images.file("\(stem).exe", in: Images.volume + #"\ProgramData\Cache"#, &dice)
            : Images.file(stem, in: "/var/tmp/.cache", &dice)
    }
}
