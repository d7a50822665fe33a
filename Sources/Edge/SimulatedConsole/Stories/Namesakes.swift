import Ports

extension Telling {
    /// A clone was started without a new name: whoever joins by name mixes the two up. One of them has a threat.
    static let namesakes = Telling(
        nature: .attack, hosts: 2...2,
        beats: { incident in
            guard incident.agents.count > 1 else { return [] }
            return [
                Beat(.zero, .rename(host: 1, to: 0)), Beat(.seconds(3_600), .detect(part: 1)),
                Beat(.seconds(9_000), .judge(part: 1, .truePositive)),
            ]
        },
        detection: Telling.dropper.detection, scene: Telling.dropper.scene)
}
