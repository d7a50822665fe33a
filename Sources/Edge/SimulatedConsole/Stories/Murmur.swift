import Ports

extension Telling {
    /// Nothing is wrong: administrators do what administrators do, and rules that look for it find it.
    static let murmur = Telling(
        nature: .benign, hosts: 1...5,
        beats: { incident in
            var dice = incident.dice
            var beats: [Beat] = []
            for day in 0..<2 {
                for host in incident.agents.indices {
                    let part = day * incident.agents.count + host
                    let moment = Duration.seconds(86_400 * day + 2_400 * host + dice.below(2_000))
                    beats.append(Beat(moment, .watch(part: part)))
                    if dice.below(2) == 0 {
                        beats.append(
                            Beat(moment + .seconds(7_200), .judgeAlerts(part: part, .falsePositive, .resolved)))
                    }
                }
            }
            return beats.sorted { $0.after < $1.after }
        },
        detection: { part in
            Detection(of: part, file: part.isWindows ? Images.powershell : Images.unix("bash"))
        },
        scene: { part, detection in
            var dice = part.dice
            var scene = Scene(of: part, storyline: detection.storyline)
            let services = scene.start(Images.services(on: part.endpoint), as: part.system)
            let job = "\(Outside.word(&dice))_\(dice.pick(["report", "cleanup", "backup"]))"
            let shell = scene.start(
                detection.file,
                part.isWindows ? "-NonInteractive -File C:\\Jobs\\\(job).ps1" : "/etc/cron.daily/\(job)", by: services)
            scene.call("packages.tidewater.example", "10.20.0.\(20 + dice.below(9))", by: shell)
            if part.isWindows {
                let task = scene.start(Images.windows("schtasks.exe"), "/Query /TN \\Jobs\\\(job)", by: shell)
                scene.note(task, .scheduled(name: job, path: #"\Jobs"#))
                scene.end(task)
            }
            let who = scene.start(
                part.isWindows ? Images.windows("whoami.exe") : Images.unix("whoami"),
                part.isWindows ? "/all" : "", by: shell)
            scene.end(who)
            scene.note(
                shell,
                .wrote(Images.file("\(job).log", in: part.isWindows ? Images.volume + #"\Jobs"# : "/var/log", &dice)))
            if dice.below(2) == 0 {
                scene.note(shell, .loggedIn(user: "svc-jobs", type: "BATCH", from: part.endpoint.address))
            }
            return scene
        })
}
