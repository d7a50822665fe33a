import Ports

extension Telling {
    /// Somebody tries whether the agent is awake, with the file that exists for it.
    static let drill = Telling(
        nature: .benign,
        beats: { incident in
            [
                Beat(.zero, .detect(part: 0)),
                Beat(.seconds(300), .comment(part: 0, "That was me, testing the new image.")),
                Beat(.seconds(330), .judge(part: 0, .falsePositive)),
                Beat(.seconds(340), .settle(part: 0, .resolved)),
            ]
        },
        detection: { part in
            // The real hashes of the 68 bytes that every engine knows.
            let file = Detection.File(
                folder: part.home + (part.isWindows ? #"\Desktop"# : "/Desktop"), name: "eicar.com", size: 68,
                sha1: "3395856ce81f2b7382dee72602f798b642f14140",
                sha256: "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
                md5: "44d88612fea8a8f36de82e1278abb02f")
            var detection = Detection(of: part, file: file)
            detection.originator = Images.explorer(on: part.endpoint).name
            detection.classificationSource = "Cloud"
            detection.detectionType = "static"
            detection.engines = [.cloud, .onWrite]
            detection.policy = [.quarantine, .kill]
            detection.isPreempted = true
            return detection
        },
        scene: { part, detection in
            var scene = Scene(of: part, storyline: detection.storyline)
            let desktop = scene.start(Images.explorer(on: part.endpoint), isCarrier: true)
            scene.note(desktop, .wrote(detection.file))
            scene.find()
            scene.note(desktop, .removed(detection.file))
            return scene
        })
}
