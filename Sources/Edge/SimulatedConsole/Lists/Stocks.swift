import Ports

// What the lists draw from. Each holds the parts that it needs and not the console, whose memory of what was shown would
// be copied when it grows meanwhile.
extension SimulatedConsole {
    var threatStock: Stock<ThreatRow> {
        let (threats, fleet, cast) = (threats, fleet, cast)
        let moved = threats.moved
        var history = Order.creation(threats.history.count) { .number(threats.history.updatedAt(of: $0).microseconds) }
        if !moved.isEmpty {
            let hasMoved = { threats.updatedAt(of: $0) != threats.history.updatedAt(of: $0) }
            history.isCurrent = { !hasMoved($0) }
            history.staleCount = { range in moved.count { range.contains($0) && hasMoved($0) } }
        }
        return Stock(
            count: threats.count, row: { ThreatRow($0, threats, fleet, cast) },
            ordinal: { cast.numbering.ordinal(of: $0, .threat, below: threats.count) },
            place: { .group(fleet.agents[threats.agent(of: $0)].group) }, changedAt: threats.updatedAt,
            times: ["createdAt": threats.createdAt, "updatedAt": threats.updatedAt],
            orders: [
                "id": .creation(threats.count) { _ in .missing },
                "createdAt": .creation(threats.count) { .number(threats.createdAt(of: $0).microseconds) },
                "updatedAt": history.followed(by: .change(threats.recency, threats.updatedAt)),
            ], revision: threats.revision + fleet.agents.revision)
    }

    var agentStock: Stock<AgentRow> {
        let (agents, cast) = (fleet.agents, cast)
        let updatedAt = { (ordinal: Int) in agents[ordinal].updatedAt }
        return Stock(
            count: agents.count, row: { AgentRow(agents[$0], cast) },
            ordinal: { cast.numbering.ordinal(of: $0, .agent, below: agents.count) },
            place: { .group(agents[$0].group) }, changedAt: updatedAt,
            hidden: ["isDecommissioned": { agents[$0].isDecommissioned }],
            times: ["updatedAt": updatedAt, "createdAt": { AgentRow(agents[$0], cast).createdAt }],
            orders: [
                "id": .creation(agents.count) { _ in .missing }, "updatedAt": .change(agents.recency, updatedAt),
            ], revision: agents.revision)
    }

    var activityStock: Stock<ActivityRow> {
        let (activities, threats, fleet, cast) = (activities, threats, fleet, cast)
        let createdAt = { (ordinal: Int) in activities.createdAt(of: ordinal) }
        return Stock(
            count: activities.count,
            row: { ordinal in
                let activity = activities[ordinal]
                return ActivityRow(
                    activity: activity, agent: activity.agent.map { AgentRow(fleet.agents[$0], cast) },
                    threat: activity.threat.map { ThreatRow($0, threats, fleet, cast) }, cast: cast)
            },
            ordinal: { cast.numbering.ordinal(of: $0, .activity, below: activities.count) },
            place: { ordinal in
                if ordinal < activities.history.count {
                    return .group(cast.home(of: activities.history.agent(of: ordinal)))
                }
                let activity = activities.live[ordinal - activities.history.count]
                let group = activity.group ?? activity.agent.map { fleet.agents[$0].group }
                return group.map { .group($0) } ?? activity.site.map { .site($0) }
                    ?? activity.account.map { .account($0) }
            }, changedAt: createdAt, times: ["createdAt": createdAt],
            orders: [
                "id": .creation(activities.count) { _ in .missing },
                "createdAt": .creation(activities.count) { .number(createdAt($0).microseconds) },
            ], revision: activities.count + threats.revision + fleet.agents.revision)
    }

    var alertStock: Stock<AlertRow> {
        let (alerts, agents, cast) = (alerts, fleet.agents, cast)
        let createdAt = { (ordinal: Int) in alerts[ordinal].createdAt }
        let reportedAt = { (ordinal: Int) in alerts[ordinal].reportedAt }
        return Stock(
            count: alerts.count, row: { AlertRow(alerts[$0], AgentRow(agents[alerts[$0].agent], cast)) },
            ordinal: { cast.numbering.ordinal(of: $0, .alert, below: alerts.count) },
            place: { .group(agents[alerts[$0].agent].group) }, changedAt: createdAt,
            times: [
                "createdAt": createdAt, "alertInfoCreatedAt": createdAt, "reportedAt": reportedAt,
                "alertInfoReportedAt": reportedAt,
            ],
            orders: ["id": .creation(alerts.count) { _ in .missing }])
    }

    var groupStock: Stock<GroupRow> {
        let (cast, census) = (cast, Census(fleet, cast))
        let row = { GroupRow(number: $0, cast: cast, census: census) }
        return Stock(
            count: cast.groups.count, row: row, ordinal: { _ in nil }, place: { .group($0) },
            changedAt: { row($0).updatedAt }, times: ["updatedAt": { row($0).updatedAt }])
    }

    var siteStock: Stock<SiteRow> {
        let (cast, census) = (cast, Census(fleet, cast))
        let row = { SiteRow(number: $0, cast: cast, census: census) }
        return Stock(
            count: cast.sites.count, row: row, ordinal: { _ in nil }, place: { .site($0) },
            changedAt: { row($0).updatedAt })
    }

    var accountStock: Stock<AccountRow> {
        let (cast, census) = (cast, Census(fleet, cast))
        let row = { AccountRow(number: $0, cast: cast, census: census) }
        return Stock(
            count: cast.accounts.count, row: row,
            ordinal: { id in cast.accounts.firstIndex { $0.id == id } }, place: { .account($0) },
            changedAt: { row($0).updatedAt })
    }

    func tagStock(_ scoping: Scoping) -> Stock<TagRow> {
        var counts = [(all: Int, scoped: Int)](repeating: (0, 0), count: Tag.all.count)
        for agent in fleet.agents where !agent.isDecommissioned {
            for tag in cast.identity(of: agent.ordinal).tags {
                counts[tag].all += 1
                if scoping.holds(.group(agent.group)) { counts[tag].scoped += 1 }
            }
        }
        let (cast, told) = (cast, counts)
        let row = { TagRow(number: $0, cast: cast, count: told[$0].all, countInScope: told[$0].scoped) }
        return Stock(
            count: Tag.all.count, row: row,
            ordinal: { id in
                cast.numbering.ordinal(of: id, .part, below: Tag.all.count + 1).flatMap { $0 > 0 ? $0 - 1 : nil }
            }, place: { _ in cast.groups.isEmpty ? nil : .account(0) }, changedAt: { row($0).updatedAt })
    }
}

extension Numbering {
    /// Nil also for what is past the last or before the first.
    func ordinal(of id: Int64, _ kind: Kind, below count: Int) -> Int? {
        ordinal(of: id, kind).flatMap { (0..<count).contains($0) ? $0 : nil }
    }
}

extension Activities {
    /// Without making the activity.
    func createdAt(of ordinal: Int) -> Timestamp {
        ordinal >= history.count ? live[ordinal - history.count].createdAt : history.createdAt(of: ordinal)
    }
}
