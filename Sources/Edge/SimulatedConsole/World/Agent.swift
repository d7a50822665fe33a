import Ports

enum NetworkStatus: String, Sendable { case connected, disconnecting, disconnected, connecting }

/// What changes about an endpoint.
struct Agent: Sendable {
    let ordinal: Int
    var group: Int
    var updatedAt: Timestamp
    var networkStatus = NetworkStatus.connected
    var activeThreats: Int32 = 0
    /// How often it was re-imaged; each time it has another uuid.
    var generation: Int32 = 0
    var decommissionedAt: Timestamp?
    /// The endpoint whose name it bears, where it does.
    var namesake: Int32?
    /// Since when it says nothing; nil while it does.
    var offlineSince: Timestamp?

    var isDecommissioned: Bool { decommissionedAt != nil }
    var isActive: Bool { !isDecommissioned && offlineSince == nil }
}

/// All endpoints by ordinal.
struct Fleet: Sendable {
    var agents: Roster

    init(_ settings: SimulatedConsoleSettings, _ cast: Cast) {
        agents = Roster(
            (0..<settings.agents).map { ordinal in
                var dice = Dice(settings.seed, 500_000_000 + ordinal)
                // Several share one moment, so that whoever pages by time meets ties from the first page on.
                let minutes = 1 + dice.below(max(settings.agents / 4, 1))
                return Agent(
                    ordinal: ordinal, group: cast.home(of: ordinal),
                    updatedAt: settings.start - .seconds(60 * minutes))
            })
    }
}

/// Endpoints by ordinal, and which of them changed last.
struct Roster: Sendable, RandomAccessCollection, MutableCollection {
    private var agents: [Agent]
    private(set) var recency: Recency
    /// Another after every change.
    private(set) var revision = 0

    init(_ agents: [Agent]) {
        self.agents = agents
        recency = Recency(agents.map(\.updatedAt))
    }

    var startIndex: Int { 0 }
    var endIndex: Int { agents.count }

    subscript(ordinal: Int) -> Agent {
        get { agents[ordinal] }
        set {
            let before = agents[ordinal].updatedAt
            agents[ordinal] = newValue
            revision += 1
            guard newValue.updatedAt != before else { return }
            recency.note(ordinal, at: newValue.updatedAt)
            guard recency.isLittered else { return }
            let agents = agents
            recency.sweep { agents[$0.ordinal].updatedAt == $0.time }
        }
    }
}

/// An endpoint with all that is known about it: what lists filter and show.
struct AgentRow: Sendable {
    let agent: Agent
    let identity: Identity
    let cast: Cast

    init(_ agent: Agent, _ cast: Cast) {
        self.agent = agent
        self.cast = cast
        identity = cast.identity(of: agent.ordinal)
    }

    var id: Int64 { cast.numbering.id(.agent, agent.ordinal) }
    var group: Scope { cast.groups[agent.group].scope }
    var site: Scope { cast.site(ofGroup: agent.group).scope }
    var account: Scope { cast.account(ofGroup: agent.group) }
    var name: String { agent.namesake.map { cast.identity(of: Int($0)).name } ?? identity.name }
    var uuid: String {
        var dice = Dice(cast.seed, 700_000_000 + agent.ordinal + Int(agent.generation) * 300_000)
        return dice.hex(32)
    }
    /// In the console: a little after the registration.
    var createdAt: Timestamp { identity.registeredAt + .milliseconds(18) }
    var lastActiveAt: Timestamp { agent.offlineSince ?? agent.updatedAt - .milliseconds(80) }
}

extension SimulatedConsole {
    func row(ofAgent ordinal: Int) -> AgentRow { AgentRow(fleet.agents[ordinal], cast) }

    func agent(withID id: Int64) -> Int? {
        cast.numbering.ordinal(of: id, .agent).flatMap { fleet.agents.indices.contains($0) ? $0 : nil }
    }
}
