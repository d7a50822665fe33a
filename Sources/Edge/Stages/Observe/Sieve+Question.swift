package import SentinelOne

/// The part of a console that is asked for, because what it need not tell costs nobody anything. Walks and counts are made
/// of one and the same value, so that they are about the same records.
///
/// It is the scope and nothing else. Asked by what can change, as a status does, a console would hide a threat's all-clear;
/// and what cannot change about a record, as its classification, can still change in the settings: asked by that, the
/// console would hide the all-clear of what was published before somebody wrote the filter.
package struct Question: Hashable, Sendable {
    fileprivate var sites: ExactTargets<Sites>?

    /// Everything that the token reaches.
    package init() {}

    /// Whether less is asked for than there is.
    package var isNarrow: Bool { sites != nil }

    private var groupScope: GroupScope? { sites.map { .sites($0) } }

    package func threats(when: When<Threats.Time>? = nil) -> Query<Threats> {
        Query(within: groupScope, when: when)
    }

    package func alerts(when: When<Alerts.Time>? = nil) -> Query<Alerts> {
        Query(within: groupScope, when: when)
    }

    package func activities(when: When<Activities.Time>? = nil) -> Query<Activities> {
        Query(within: groupScope, when: when)
    }

    package func agents(when: When<Agents.Time>? = nil) -> Query<Agents> {
        Query(within: groupScope, when: when)
    }

    package func groups(when: When<Groups.Time>? = nil) -> Query<Groups> {
        Query(within: sites.map { .sites($0) }, when: when)
    }
}

extension Sieve {
    /// What of a stream the console is asked for. It gives every row that `hides` lets pass, and others.
    package func question(for stream: VendorStream) -> Question {
        var question = Question()
        switch stream {
        case .threats, .activities, .agents, .groups:
            // More sites than one question holds are not asked for by id.
            let batches = ExactTargets.batches(of: settings.sites)
            if batches.count == 1 { question.sites = batches.first }
        // An alert tells the site that it was raised in. Whether the console goes by that or by where the endpoint is
        // now, nobody has written down.
        case .alerts: break
        case .sites, .accounts, .rules, .tags, .roles, .timeline, .notes, .events: break
        }
        return question
    }
}
