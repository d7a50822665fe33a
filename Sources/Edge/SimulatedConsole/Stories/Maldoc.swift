import Ports

extension Telling {
    /// A document's macro starts an interpreter with an encoded command; what that fetches calls home.
    static let maldoc = Telling(
        nature: .attack, prefers: { $0.isWindows && $0.isWorkstation },
        beats: { incident in
            [
                Beat(.zero, .detect(part: 0)),
                Beat(.seconds(600), .settle(part: 0, .inProgress)),
                Beat(.seconds(620), .comment(part: 0, "The mail is in the user's inbox; asked them to keep it.")),
                Beat(.seconds(900), .mitigate(part: 0, .kill)),
                Beat(.seconds(2_700), .judge(part: 0, .truePositive)),
                Beat(.seconds(7_200), .settle(part: 0, .resolved)),
            ]
        },
        detection: { part in
            var dice = part.shared
            var detection = Detection(of: part, file: part.isWindows ? Images.powershell : Images.unix("bash"))
            let code = "SQBFAFgA" + dice.hex(24) + "="
            detection.arguments = part.isWindows ? "-nop -w hidden -enc \(code)" : "-c $(echo \(code) | base64 -d)"
            detection.originator = Images.writer(on: part.endpoint).name
            detection.confidence = .suspicious
            detection.engines = [.documents]
            detection.indicators = [
                Detection.Indicator(
                    category: "Evasion", description: "An interpreter was started with an encoded command",
                    tactic: "Defense Evasion", technique: "T1027"),
                Detection.Indicator(
                    category: "Exploitation", description: "A document started an interpreter",
                    tactic: "Execution", technique: "T1059"),
            ]
            if part.isWindows { detection.macros = [Detection.Module(name: "ThisDocument", sha1: dice.hex(40))] }
            return detection
        },
        scene: { part, detection in
            var dice = part.dice
            var scene = Scene(of: part, storyline: detection.storyline)
            let desktop = scene.start(Images.explorer(on: part.endpoint))
            let document = Images.file(
                "\(Outside.word(&dice))_\(2_000 + dice.below(8_000)).docm",
                in: part.home + (part.isWindows ? #"\Downloads"# : "/Downloads"), &dice)
            let writer = scene.start(Images.writer(on: part.endpoint), "\"\(document.name)\"", by: desktop)
            scene.note(writer, .changed(document))
            let shell = scene.start(detection.file, detection.arguments ?? "", by: writer, isCulprit: true)
            let (name, address) = (Outside.name(&dice), Outside.address(&dice))
            scene.call(name, address, by: shell)
            scene.note(shell, .fetched(url: "https://\(name)/\(dice.hex(6)).txt"))
            for indicator in detection.indicators { scene.note(shell, .noticed(indicator)) }
            scene.find()
            let payload = Images.file(
                part.isWindows ? "\(Outside.word(&dice))32.dll" : ".\(Outside.word(&dice))",
                in: part.isWindows ? part.home + #"\AppData\Local\Temp"# : "/tmp", &dice)
            scene.note(shell, .wrote(payload))
            let runner =
                part.isWindows
                ? scene.start(Images.windows("rundll32.exe"), "\(payload.name),Start", by: shell)
                : scene.start(payload, by: shell)
            scene.note(runner, .loaded(payload))
            if part.isWindows {
                scene.note(
                    runner, .scheduled(name: "OneSync \(dice.hex(4))", path: #"\Microsoft\Windows\OneSync"#))
            }
            for _ in 0..<(3 + dice.below(6)) {
                scene.pause(.seconds(45))
                scene.call(name, address, by: runner)
            }
            return scene
        })
}
