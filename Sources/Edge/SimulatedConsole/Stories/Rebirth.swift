import Ports

extension Telling {
    /// A threat, a new image, and the same endpoint under the same id with another uuid.
    static let rebirth = Telling(
        nature: .attack, prefers: \.isWorkstation,
        beats: { _ in
            [
                Beat(.zero, .detect(part: 0)), Beat(.seconds(7_200), .judge(part: 0, .truePositive)),
                Beat(.seconds(8_000), .silence(host: 0)), Beat(.seconds(12_000), .reimage(host: 0)),
                Beat(.seconds(12_600), .settle(part: 0, .resolved)),
            ]
        },
        detection: Telling.maldoc.detection, scene: Telling.maldoc.scene)
}
