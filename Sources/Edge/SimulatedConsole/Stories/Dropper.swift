import Ports

extension Telling {
    /// Somebody fetches a known trojan; the policy removes it as it is written.
    static let dropper = Telling(
        nature: .attack,
        beats: { incident in
            [
                Beat(.zero, .detect(part: 0)),
                Beat(.seconds(1_800), .judge(part: 0, .truePositive)),
                Beat(.seconds(1_830), .settle(part: 0, .resolved)),
            ]
        },
        detection: { part in
            var dice = part.shared
            let stem = "\(Outside.word(&dice))_\(dice.pick(["label", "receipt", "notice", "scan"]))"
            let file =
                part.isWindows
                ? Images.file("\(stem).exe", in: part.home + #"\Downloads"#, &dice)
                : Images.file(stem, in: "/tmp", &dice)
            var detection = Detection(of: part, file: file)
            detection.originator = Images.browser(on: part.endpoint).name
            detection.classification = "Trojan"
            detection.classificationSource = "Static"
            detection.detectionType = "static"
            detection.engines = [.cloud]
            detection.indicators = [
                Detection.Indicator(
                    category: "General", description: "The file is known to the reputation service",
                    tactic: "Execution", technique: "T1204")
            ]
            detection.policy = [.quarantine, .kill]
            return detection
        },
        scene: { part, detection in
            var dice = part.dice
            var scene = Scene(of: part, storyline: detection.storyline)
            let desktop = scene.start(Images.explorer(on: part.endpoint))
            let (name, address) = (Outside.name(&dice), Outside.address(&dice))
            let url = "https://\(name)/\(dice.hex(8))/\(detection.file.name)"
            let browser = scene.start(
                Images.browser(on: part.endpoint), part.isWindows ? "" : "-sO \(url)", by: desktop)
            scene.call(name, address, by: browser)
            scene.note(browser, .fetched(url: url))
            scene.note(browser, .wrote(detection.file))
            let file = scene.start(detection.file, by: browser, isCulprit: true)
            scene.note(file, .noticed(detection.indicators[0]))
            scene.find()
            scene.end(file)
            return scene
        })
}
