import Ports

extension Telling {
    /// Decommissioned; an overlooked one is heard again and comes back by itself.
    static let retirement = Telling(
        nature: .administration, hosts: 2...2,
        beats: { incident in
            var beats = incident.agents.indices.map { Beat(.seconds(60 * $0), Deed.decommission(host: $0)) }
            if incident.agents.count > 1 { beats.append(Beat(.seconds(86_400), .recommission(host: 1))) }
            return beats
        })
}
