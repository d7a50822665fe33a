package import SentinelOne

/// What a console is asked for: as little as the sieve allows, because what it need not tell costs nobody anything, and
/// only by what cannot change about a record. Asked for by what can, the console would hide a threat's all-clear, and a
/// count of the same question would be another count tomorrow. Walks and counts are made of one and the same value.
///
/// An endpoint that leaves the scope takes its threats with it, here as in the sieve. No call of the API changes what a
/// threat was classified as.
package struct Question: Hashable, Sendable {
    fileprivate var sites: ExactTargets<Sites>?
    fileprivate var threats: Threats.Filter?

    /// Everything that the token reaches.
    package init() {}

    /// Whether less is asked for than there is.
    package var isNarrow: Bool { sites != nil || threats != nil }

    private var groupScope: GroupScope? { sites.map { .sites($0) } }

    package func threats(
        when: When<Threats.Time>? = nil, limit: Int = .max, counting: Bool = true
    ) -> Query<Threats> {
        Query(within: groupScope, when: when, only: threats, limit: limit, counting: counting)
    }

    package func alerts(
        when: When<Alerts.Time>? = nil, limit: Int = .max, counting: Bool = true
    ) -> Query<Alerts> {
        Query(within: groupScope, when: when, limit: limit, counting: counting)
    }

    package func activities(
        when: When<Activities.Time>? = nil, limit: Int = .max, counting: Bool = true
    ) -> Query<Activities> {
        Query(within: groupScope, when: when, limit: limit, counting: counting)
    }

    package func agents(
        when: When<Agents.Time>? = nil, limit: Int = .max, counting: Bool = true
    ) -> Query<Agents> {
        Query(within: groupScope, when: when, limit: limit, counting: counting)
    }

    package func groups(
        when: When<Groups.Time>? = nil, limit: Int = .max, counting: Bool = true
    ) -> Query<Groups> {
        Query(within: sites.map { .sites($0) }, when: when, limit: limit, counting: counting)
    }
}

extension Sieve {
    /// What of a stream the console is asked for. It gives every row that `hides` lets pass, and others.
    package func question(for stream: VendorStream) -> Question {
        var question = Question()
        switch stream {
        case .threats:
            question.sites = scopeQuestion
            question.threats = threatQuestion
        case .activities, .agents, .groups: question.sites = scopeQuestion
        // An alert tells the site that it was raised in. Whether the console goes by that or by where the endpoint is
        // now, nobody has written down.
        case .alerts: break
        case .sites, .accounts, .rules, .tags, .roles, .timeline, .notes, .events: break
        }
        return question
    }

    /// nil for no site, and for more than one question holds.
    private var scopeQuestion: ExactTargets<Sites>? {
        let batches = ExactTargets.batches(of: settings.sites)
        return batches.count == 1 ? batches.first : nil
    }

    /// Classifications are free text. Asked for are those whose spelling is known; with one that is not, all.
    private var threatQuestion: Threats.Filter? {
        let known = settings.threats.classifications.compactMap { Classification(spelled: $0)?.rawValue }
        guard known.count == settings.threats.classifications.count, let words = FilterWords(known) else { return nil }
        var filter = Threats.Filter()
        filter.classifications = words
        return filter
    }
}
