import Ports

/// One telling of a story: who it happens to, and a seed from which all the rest follows (names, hashes, command lines).
struct Incident: Sendable {
    let kind: Story
    let seed: UInt64
    let startedAt: Timestamp
    /// The endpoints it meets, in the order in which it meets them.
    let agents: [Int]

    /// A detection's place in it.
    struct Place: Sendable {
        let incident: Incident
        let part: Int
        var agent: Int { incident.agents[part % incident.agents.count] }
    }
}

extension Incident.Place {
    func detection(_ cast: Cast) -> Detection { detection(on: cast.identity(of: agent)) }

    func detection(on endpoint: Identity) -> Detection { incident.kind.detection(incident, part, on: endpoint) }
}
