import Ports

/// One telling of a story: who it happens to, and a seed from which all the rest follows (names, hashes, command lines).
struct Incident: Sendable {
    let kind: Story
    let seed: UInt64
    let startedAt: Timestamp
    /// The endpoints it meets, in the order in which it meets them.
    let agents: [Int]
    /// How many times faster than told.
    var pace = 1.0

    var beats: [Beat] { kind.telling.beats(self) }

    func moment(of beat: Beat) -> Timestamp { startedAt + beat.after / pace }

    /// The telling's own dice, for how it unfolds.
    var dice: Dice { Dice(seed, 1 << 21) }

    /// A detection's place in it.
    struct Place: Sendable {
        let incident: Incident
        let part: Int
        var agent: Int { incident.agents[part % incident.agents.count] }
    }
}

extension Incident.Place {
    func detection(_ cast: Cast) -> Detection { detection(on: cast.identity(of: agent)) }

    func detection(on endpoint: Identity) -> Detection { incident.kind.telling.detection(part(on: endpoint)) }

    func part(on endpoint: Identity) -> Part { Part(incident: incident, number: part, endpoint: endpoint) }
}
