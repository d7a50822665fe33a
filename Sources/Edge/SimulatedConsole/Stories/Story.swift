/// What can happen. The label stays here: no served field carries it.
package enum Story: String, Sendable, CaseIterable {
    /// Ransomware on many hosts.
    case outbreak
    /// A trojan that somebody fetched.
    case dropper
    /// A document whose macro starts an interpreter, which calls home.
    case maldoc
    /// Software that nobody wanted.
    case nuisance
    /// A signed tool taken for a threat, until an analyst says otherwise.
    case misfire
    /// Stolen credentials, and from host to host with them.
    case burglary
    /// The test file of the anti-virus trade.
    case drill
    /// An administrator weakens a policy and excludes a folder.
    case loosening
    /// An endpoint says nothing for days.
    case absence
    /// Two endpoints with one name.
    case namesakes
    /// An endpoint is made anew.
    case rebirth
    /// An endpoint moves to another site.
    case relocation
    /// An endpoint is taken out of service.
    case retirement
    /// What custom rules see on any day.
    case murmur
    /// A closed threat is opened again, and its verdict turned.
    case relapse

    /// What a lone detection is drawn from, out of ten.
    private static let lone: [(story: Story, weight: Int)] = [
        (.outbreak, 3), (.dropper, 2), (.maldoc, 2), (.nuisance, 2), (.misfire, 1),
    ]

    /// For a detection on one endpoint, as they come all day.
    static func drawn(_ dice: inout Dice) -> Story {
        var rest = dice.below(10)
        for (story, weight) in lone {
            if rest < weight { return story.variant(&dice) }
            rest -= weight
        }
        return .outbreak
    }

    /// The rarer story that looks alike from afar.
    private func variant(_ dice: inout Dice) -> Story {
        if self == .outbreak, dice.below(5) == 0 { return .burglary }
        if self == .dropper, dice.below(8) == 0 { return .drill }
        return self
    }

    var telling: Telling {
        switch self {
        case .outbreak: .outbreak
        case .dropper: .dropper
        case .maldoc: .maldoc
        case .nuisance: .nuisance
        case .misfire: .misfire
        case .burglary: .burglary
        case .drill: .drill
        case .loosening: .loosening
        case .absence: .absence
        case .namesakes: .namesakes
        case .rebirth: .rebirth
        case .relocation: .relocation
        case .retirement: .retirement
        case .murmur: .murmur
        case .relapse: .relapse
        }
    }
}
