import Ports

extension Telling {
    /// Credentials are taken from one host's memory; with them somebody starts a service on the next ones.
    static let burglary = Telling(
        nature: .attack, hosts: 3...5, prefers: \.isWindows,
        beats: { incident in
            var dice = incident.dice
            var beats = incident.agents.indices.map {
                Beat(.seconds(900 * $0 + dice.below(400)), Deed.detect(part: $0))
            }
            let noticed = Duration.seconds(900 * incident.agents.count + 1_200)
            beats.append(Beat(noticed, .settle(part: 0, .inProgress)))
            beats.append(Beat(noticed + .seconds(30), .comment(part: 0, "The account was used at night from here.")))
            for host in incident.agents.indices {
                beats.append(Beat(noticed + .seconds(60 + 15 * host), .isolate(host: host)))
                beats.append(Beat(noticed + .seconds(120 + 15 * host), .mitigate(part: host, .kill)))
                beats.append(Beat(noticed + .seconds(600 + 15 * host), .judge(part: host, .truePositive)))
            }
            beats.append(
                Beat(
                    noticed + .seconds(900),
                    .record(
                        .hashBlocked, .account,
                        data: ["osFamily": "windows", "fileContentHash": .text(thief(incident).sha1)])))
            beats.append(Beat(noticed + .seconds(1_000), .judgeAlerts(part: 1, .truePositive, .resolved)))
            return beats
        },
        detection: { part in
            part.number == 0 ? theft(part) : arrival(part)
        },
        scene: { part, detection in
            part.number == 0 ? theftScene(part, detection) : arrivalScene(part, detection)
        })

    private static func thief(_ incident: Incident) -> Detection.File {
        var dice = Dice(incident.seed, 1 << 20)
        let stem = dice.pick(["procutil", "kfetch", "memview", "lsatool"])
        return Images.file("\(stem).exe", in: Images.volume + #"\PerfLogs"#, &dice)
    }

    private static func theft(_ part: Part) -> Detection {
        var file = thief(part.incident)
        if !part.isWindows { (file.folder, file.name) = ("/dev/shm", String(file.name.dropLast(4))) }
        var detection = Detection(of: part, file: file)
        detection.arguments = part.isWindows ? "-m full -o C:\\PerfLogs\\out.bin" : "-m full -o /dev/shm/out"
        detection.originator = Images.shell(on: part.endpoint).name
        detection.classification = "Hacktool"
        detection.indicators = [
            Detection.Indicator(
                category: "Infostealer", description: "The memory of the logon service was read",
                tactic: "Credential Access", technique: "T1003")
        ]
        return detection
    }

    private static func arrival(_ part: Part) -> Detection {
        var shared = part.shared
        _ = shared.roll()
        let stem = "\(shared.hex(8)).exe"
        let file =
            part.isWindows
            ? Images.file(stem, in: Images.volume + #"\Windows"#, &shared)
            : Images.file("." + stem.dropLast(4), in: "/tmp", &shared)
        var detection = Detection(of: part, file: file)
        detection.originator = Images.services(on: part.endpoint).name
        detection.user = part.system
        detection.classification = "Lateral Movement"
        detection.engines = [.sideways]
        detection.indicators = [
            Detection.Indicator(
                category: "Post Exploitation", description: "A service was made from another host",
                tactic: "Lateral Movement", technique: "T1021")
        ]
        return detection
    }

    private static func theftScene(_ part: Part, _ detection: Detection) -> Scene {
        var dice = part.dice
        var scene = Scene(of: part, storyline: detection.storyline)
        let desktop = scene.start(Images.explorer(on: part.endpoint))
        let shell = scene.start(Images.shell(on: part.endpoint), by: desktop, integrity: "high")
        scene.note(shell, .wrote(detection.file))
        let thief = scene.start(detection.file, detection.arguments ?? "", by: shell, isCulprit: true)
        scene.note(thief, .noticed(detection.indicators[0]))
        scene.find()
        scene.note(thief, .wrote(Images.file("out.bin", in: detection.file.folder, &dice)))
        scene.end(thief)
        // On to the others: what a remote service needs.
        for _ in 0..<max(part.incident.agents.count - 1, 1) {
            scene.note(shell, .connected(address: "10.20.\(dice.below(4)).\(10 + dice.below(200))", port: 445))
        }
        scene.call(Outside.name(&dice), Outside.address(&dice), by: shell)
        return scene
    }

    private static func arrivalScene(_ part: Part, _ detection: Detection) -> Scene {
        var shared = part.shared
        var scene = Scene(of: part, storyline: detection.storyline)
        let services = scene.start(Images.services(on: part.endpoint), as: part.system)
        let origin = "10.20.\(shared.below(4)).\(10 + shared.below(200))"
        scene.note(services, .loggedIn(user: "svc-backup", type: "NETWORK", from: origin))
        scene.note(services, .connected(address: origin, port: 445, incoming: true))
        scene.note(services, .wrote(detection.file))
        if part.isWindows {
            scene.note(
                services,
                .registry(
                    key: #"MACHINE\SYSTEM\ControlSet001\Services\"# + detection.file.name.dropLast(4),
                    value: "ImagePath", content: detection.file.path))
        }
        let service = scene.start(detection.file, by: services, isCulprit: true)
        scene.note(service, .noticed(detection.indicators[0]))
        scene.find()
        let shell = scene.start(
            Images.shell(on: part.endpoint), part.isWindows ? "/c whoami /all" : "-c id", by: service)
        scene.end(shell)
        scene.note(service, .listened(port: 4_000 + shared.below(4_000)))
        return scene
    }
}
