import Contracts
import Investigation
import JSONView
import Ports
import SentinelOne

// What the vendor's lists are like, as far as polling goes.
extension ObservedStream {
    /// How versions of one record are told apart.
    enum Versioning {
        /// By the time of its last change, in the console's words.
        case told
        /// There is only one.
        case once
        /// By content; an ordinal of ours counts them.
        case counted
    }

    var versioning: Versioning {
        switch self {
        case .threats, .groups: .told
        case .activities: .once
        case .alerts, .agents: .counted
        }
    }

    var vendor: VendorStream {
        switch self {
        case .threats: .threats
        case .alerts: .alerts
        case .activities: .activities
        case .agents: .agents
        case .groups: .groups
        }
    }

    /// Whether the first walk reads all there is, however old.
    var isInventory: Bool { !isCounted }

    /// The time by which its walks are ordered.
    func time(of item: Page.Item) -> VendorTime? {
        switch self {
        case .threats, .agents, .groups: item.updatedAt ?? item.createdAt
        case .alerts, .activities: item.createdAt ?? item.reportedAt ?? item.updatedAt
        }
    }

    /// Whether it must be remembered however old it gets: endpoints for ever, alerts while they are open.
    func keeps(_ item: Page.Item) -> Bool {
        switch self {
        case .agents: true
        case .alerts: item.isOpenAlert
        case .threats, .activities, .groups: false
        }
    }

    func subject(of item: Page.Item, at console: ConsoleID) -> Subject {
        if self == .groups { return Subject(console: console, .group, item.id) }
        if let agent = item.agentID { return Subject(console: console, .agent, agent) }
        if let site = item.siteID { return Subject(console: console, .site, site) }
        if let account = item.accountID { return Subject(console: console, .account, account) }
        return Subject(console: console)
    }

    /// A page of everything that changed, or was made, since then; up to a moment where one is named.
    func walking(
        _ console: Console, about question: Question, since: Timestamp, until: Timestamp?, after cursor: Cursor?
    ) -> HTTPRequest {
        func when<T: RowTime>(_ time: T) -> When<T> {
            until.map { .within(time, since..<max(since, $0)) } ?? .since(time, since)
        }
        return switch self {
        case .threats: console.list(question.threats(when: when(.updatedAt)), after: cursor)
        case .alerts: console.list(question.alerts(when: when(.createdAt)), after: cursor)
        case .activities: console.list(question.activities(when: when(.createdAt)), after: cursor)
        case .agents: console.list(question.agents(when: when(.updatedAt)), after: cursor)
        case .groups: console.list(question.groups(when: when(.updatedAt)), after: cursor)
        }
    }
}

// What the console counts by the time of creation.
extension ObservedStream {
    func counting(_ console: Console, about question: Question, within range: Range<Timestamp>) -> HTTPRequest? {
        switch self {
        case .threats: console.count(question.threats(when: .within(.createdAt, range)))
        case .alerts: console.count(question.alerts(when: .within(.createdAt, range)))
        case .activities: console.count(question.activities(when: .within(.createdAt, range)))
        case .agents, .groups: nil
        }
    }

    func listing(
        _ console: Console, about question: Question, within range: Range<Timestamp>, after cursor: Cursor?
    ) -> HTTPRequest? {
        switch self {
        case .threats: console.list(question.threats(when: .within(.createdAt, range)), after: cursor)
        case .alerts: console.list(question.alerts(when: .within(.createdAt, range)), after: cursor)
        case .activities: console.list(question.activities(when: .within(.createdAt, range)), after: cursor)
        case .agents, .groups: nil
        }
    }

    func fetching(_ console: Console, _ ids: [String]) -> HTTPRequest? {
        func targets<Of>(_ kind: Of.Type) -> ExactTargets<Of>? { ExactTargets(ids.compactMap { ObjectID($0) }) }
        return switch self {
        case .threats: targets(Threats.self).map { console.list(Query<Threats>(about: .ids($0))) }
        case .alerts: targets(Alerts.self).map { console.list(Query<Alerts>(about: .ids($0))) }
        case .activities: targets(Activities.self).map { console.list(Query<Activities>(about: .ids($0))) }
        case .agents, .groups: nil
        }
    }
}

extension Page.Item {
    /// Whether an analyst may still change it. One that does not say counts as open.
    fileprivate var isOpenAlert: Bool {
        guard let info = (try? JSONView(parsing: bytes))?["alertInfo"],
            let status = try? info["incidentStatus"].ifPresent?.text
        else { return true }
        return VendorValue<IncidentStatus>(status) != .known(.resolved)
    }
}
