import Ports

extension Telling {
    /// Closed as harmless, opened again when the same file shows up elsewhere, and judged anew.
    static let relapse = Telling(
        nature: .attack, hosts: 2...2,
        beats: { incident in
            var beats: [Beat] = [
                Beat(.zero, .detect(part: 0)),
                Beat(.seconds(3_600), .judge(part: 0, .falsePositive)),
                Beat(.seconds(3_610), .settle(part: 0, .resolved)),
            ]
            let last = incident.agents.count - 1
            if last > 0 { beats.append(Beat(.seconds(200_000), .detect(part: last))) }
            for part in 0...last {
                let turn = Duration.seconds(203_600 + 40 * part)
                beats.append(Beat(turn, .settle(part: part, .unresolved)))
                beats.append(Beat(turn + .seconds(20), .judge(part: part, .truePositive)))
                beats.append(Beat(turn + .seconds(30), .mitigate(part: part, .quarantine)))
            }
            beats.append(
                Beat(.seconds(204_000), .comment(part: 0, "I was wrong the first time: it is the same loader.")))
            return beats
        },
        detection: { part in
            var detection = Telling.dropper.detection(part)
            detection.confidence = .suspicious
            detection.cloudVerdict = "undefined"
            detection.classificationSource = "Behavioral"
            detection.detectionType = "dynamic"
            detection.engines = [.behavioral]
            detection.policy = []
            return detection
        },
        scene: { part, detection in
            var scene = Telling.dropper.scene(part, detection)
            var dice = Dice(part.incident.seed, 77)
            let culprit = scene.processes.firstIndex(where: \.isCulprit) ?? 0
            scene.call(Outside.name(&dice), Outside.address(&dice), by: culprit)
            return scene
        })
}
