import Ports

/// What one incident of the programme has left in the console so far.
struct Chronicle: Sendable {
    let incident: Incident
    /// When which part happened, by part.
    var moments: [Int: Timestamp] = [:]
    /// By part.
    var threats: [Int: Int] = [:]
    var alerts: [(part: Int, ordinal: Int)] = []
    var activities: [Int] = []
    /// Endpoints whose isolation or release is on its way because of it.
    var awaited: Set<Int> = []
}

/// A story on the programme: which, and how long after the console's start. Divided by the settings' time scale, as
/// everything in a story is.
package struct Cue: Sendable, Equatable {
    package let story: Story
    package let at: Duration

    package init(_ story: Story, at: Duration) {
        self.story = story
        self.at = at
    }
}

extension SimulatedConsoleSettings {
    /// Every story once, in a bit more than a week: what a console that is to look alive is given.
    package static let usualStories: [Cue] = [
        Cue(.murmur, at: .seconds(60)), Cue(.maldoc, at: .seconds(600)), Cue(.nuisance, at: .seconds(2_400)),
        Cue(.absence, at: .seconds(3_000)), Cue(.misfire, at: .seconds(5_400)), Cue(.drill, at: .seconds(9_000)),
        Cue(.outbreak, at: .seconds(14_400)), Cue(.relocation, at: .seconds(30_000)),
        Cue(.burglary, at: .seconds(50_000)), Cue(.dropper, at: .seconds(70_000)),
        Cue(.loosening, at: .seconds(80_000)), Cue(.namesakes, at: .seconds(100_000)),
        Cue(.rebirth, at: .seconds(130_000)), Cue(.relapse, at: .seconds(160_000)),
        Cue(.retirement, at: .seconds(250_000)), Cue(.murmur, at: .seconds(300_000)),
    ]
}

extension SimulatedConsole {
    /// Casts the programme's stories and puts their beats on the agenda.
    mutating func cue(_ cues: [Cue]) {
        guard settings.agents > 0 else { return }
        let pace = max(settings.timeScale, 0.001)
        var taken: Set<Int> = []
        for (number, cue) in cues.enumerated() {
            var dice = Dice(settings.seed, 3_000_000_000 + number)
            let agents = endpoints(for: cue.story.telling, &dice, &taken)
            let incident = Incident(
                kind: cue.story, seed: dice.roll(), startedAt: settings.start + cue.at / pace, agents: agents,
                pace: pace)
            for beat in incident.beats {
                agenda.put(.beat(beat.deed, incident: chronicles.count), at: incident.moment(of: beat))
            }
            chronicles.append(Chronicle(incident: incident))
        }
    }

    /// Endpoints for a story: such as it prefers, and such as no other story has, while there are.
    private func endpoints(for telling: Telling, _ dice: inout Dice, _ taken: inout Set<Int>) -> [Int] {
        let wanted = min(telling.hosts.lowerBound + dice.below(telling.hosts.count), settings.agents)
        var chosen: [Int] = []
        for attempt in 0..<400 where chosen.count < wanted {
            let agent = dice.below(settings.agents)
            let suits = attempt > 200 || telling.prefers(cast.identity(of: agent))
            if !chosen.contains(agent), suits, attempt > 300 || !taken.contains(agent) { chosen.append(agent) }
        }
        // Chance may have missed one in a fleet of two.
        for agent in 0..<settings.agents where chosen.count < wanted && !chosen.contains(agent) { chosen.append(agent) }
        taken.formUnion(chosen)
        return chosen
    }
}
