/// What the console lists page by page.
package enum VendorStream: String, Sendable, CaseIterable {
    case threats, alerts, activities, agents
    case groups, sites, accounts
    case rules, tags, roles
    /// Of one threat.
    case timeline, notes, events

    /// The most rows that the console gives, and asked for by name: left out, it gives ten; more, and it refuses.
    package var pageLimit: Int {
        switch self {
        case .groups: 300
        case .threats, .alerts, .activities, .agents, .sites, .accounts, .rules, .tags, .roles, .timeline, .notes,
            .events:
            1_000
        }
    }

    /// What does not move while a walk is under way.
    var steadySort: String {
        switch self {
        case .threats, .alerts, .activities, .agents, .groups, .sites, .accounts, .rules, .roles: "id"
        case .tags: "key"
        case .timeline, .notes, .events: "createdAt"
        }
    }
}
