import Ports

extension Telling {
    /// A bundle that nobody asked for; the policy puts it away, and nobody looks at it for a day.
    static let nuisance = Telling(
        nature: .unwanted,
        beats: { incident in
            [Beat(.zero, .detect(part: 0)), Beat(.seconds(86_400), .settle(part: 0, .resolved))]
        },
        detection: { part in
            var dice = part.shared
            let stem = dice.pick(["toolbar_setup", "coupon_bar", "video_helper", "weather_desk"])
            let publisher = dice.pick(["BRIGHT BUNDLES LTD", "SUNNY OFFERS GMBH"])
            let file =
                part.isWindows
                ? Images.known("\(stem).exe", in: Images.volume + #"\Users\Public\Desktop"#, publisher: publisher)
                : Images.known(stem, in: "/opt/\(stem)", publisher: publisher)
            var detection = Detection(of: part, file: file)
            detection.originator = Images.explorer(on: part.endpoint).name
            detection.classification = "PUA"
            detection.classificationSource = "Static"
            detection.detectionType = "static"
            detection.confidence = .suspicious
            detection.engines = [.unwanted]
            detection.policy = [.quarantine, .kill]
            return detection
        },
        scene: { part, detection in
            var dice = part.dice
            var scene = Scene(of: part, storyline: detection.storyline)
            let desktop = scene.start(Images.explorer(on: part.endpoint))
            let setup = scene.start(detection.file, part.isWindows ? "/S" : "", by: desktop, isCulprit: true)
            scene.call(Outside.name(&dice), Outside.address(&dice), by: setup)
            if part.isWindows {
                scene.note(
                    setup,
                    .registry(
                        key: #"USER\SOFTWARE\BrightBundles"#, value: "Partner", content: String(dice.below(1_000))))
            }
            scene.find()
            scene.end(setup)
            return scene
        })
}
