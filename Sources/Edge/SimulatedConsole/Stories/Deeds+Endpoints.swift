import Ports

// What happens to endpoints as such.
extension SimulatedConsole {
    mutating func alter(_ deed: Deed, _ agents: [Int], at moment: Timestamp) {
        switch deed {
        case .silence(let host):
            fleet.agents[agents[host]].offlineSince = moment
            fleet.agents[agents[host]].updatedAt = moment
        case .wake(let host): wake(agents[host], at: moment)
        case .rename(let host, let other):
            fleet.agents[agents[host]].namesake = Int32(agents[other])
            fleet.agents[agents[host]].updatedAt = moment
        case .reimage(let host):
            // The console keys on the id; the uuid is the installation's.
            fleet.agents[agents[host]].generation += 1
            wake(agents[host], at: moment)
            let group = cast.groups[fleet.agents[agents[host]].group].scope
            note(
                .subscribed, at: moment, agent: agents[host],
                data: ["group": .text(group.name), "optionalGroups": []])
        case .move(let host): move(agents[host], at: moment)
        case .decommission(let host):
            guard !fleet.agents[agents[host]].isDecommissioned else { return }
            fleet.agents[agents[host]].decommissionedAt = moment
            fleet.agents[agents[host]].updatedAt = moment
            note(.decommissioned, at: moment, agent: agents[host], by: administrator)
        case .recommission(let host):
            guard fleet.agents[agents[host]].isDecommissioned else { return }
            fleet.agents[agents[host]].decommissionedAt = nil
            fleet.agents[agents[host]].updatedAt = moment
            note(.recommissioned, at: moment, agent: agents[host])
        case .detect, .watch, .mitigate, .judge, .settle, .judgeAlerts, .comment, .isolate, .release, .record: break
        }
    }

    private mutating func wake(_ agent: Int, at moment: Timestamp) {
        fleet.agents[agent].offlineSince = nil
        fleet.agents[agent].updatedAt = moment
    }

    /// To the first group of the next site, which may be of another account.
    private mutating func move(_ agent: Int, at moment: Timestamp) {
        let old = fleet.agents[agent].group
        let site = (cast.groups[old].site + 1) % cast.sites.count
        guard site != cast.groups[old].site, let new = cast.groups.firstIndex(where: { $0.site == site }) else {
            return
        }
        let (from, to) = (cast.groups[old], cast.groups[new])
        let (fromSite, toSite) = (cast.sites[from.site].scope, cast.sites[to.site].scope)
        fleet.agents[agent].group = new
        fleet.agents[agent].updatedAt = moment
        note(
            .movedToSite, at: moment, agent: agent, by: administrator,
            data: [
                "oldSiteId": .id(fromSite.id), "oldSiteName": .text(fromSite.name), "newSiteId": .id(toSite.id),
                "newSiteName": .text(toSite.name),
            ])
        note(
            .movedToGroup, at: moment, agent: agent, by: administrator,
            data: [
                "oldGroupId": .id(from.scope.id), "oldGroupName": .text(from.scope.name),
                "newGroupId": .id(to.scope.id), "newGroupName": .text(to.scope.name),
            ])
    }
}
