import Ports

enum NetworkAction: String, Sendable { case disconnect, connect }

/// An accepted isolation or release on its way to the endpoint.
struct PendingEffect: Sendable {
    let agent: Int
    let action: NetworkAction
    let due: Timestamp
}

/// One state-changing call as it really was: the truth that tests and operators compare with what a client believes.
struct Effect: Sendable {
    let at: Timestamp
    let action: String
    /// Nil where the token was nobody's.
    let by: Person?
    let viaAPI: Bool
    let filter: JSON
    let status: Int
    /// The objects that it changed.
    let ids: [Int64]
    let effectiveAt: Timestamp?

    var row: JSON {
        [
            "at": .time(at), "action": .text(action), "userId": .id(by?.id), "user": by.map { .text($0.name) } ?? .null,
            "via": viaAPI ? "api" : "people", "filter": filter, "status": .number(Int64(status)),
            "affected": .number(Int64(ids.count)), "ids": .list(ids.map { .id($0) }),
            "effectiveAt": .time(effectiveAt),
        ]
    }
}

extension SimulatedConsole {
    var nextThreat: Timestamp? {
        guard threats.count < settings.maximumThreats, fleet.agents.contains(where: { !$0.isDecommissioned }) else {
            return nil
        }
        let interval = max(settings.threatInterval.wholeMicroseconds, 1)
        let (passed, overflow) = interval.multipliedReportingOverflow(by: Int64(threats.count + 1))
        return overflow ? nil : settings.start + .microseconds(passed)
    }

    mutating func detect(at moment: Timestamp) {
        let ordinal = threats.count
        var dice = Dice(settings.seed, 1_000_000 + ordinal)
        var index = dice.below(fleet.agents.count)
        while fleet.agents[index].isDecommissioned { index = (index + 1) % fleet.agents.count }
        let story = Story.drawn(&dice)
        let isWindows = fleet.agents[index].platform.type == "windows"
        let threat = Threat(
            ordinal: ordinal, id: numbering.id(.threat, ordinal), agent: index, story: story,
            place: isWindows ? story.onWindows : story.elsewhere, createdAt: moment, seed: settings.seed,
            updatedAt: moment)
        threats.append(threat)
        fleet.agents[index].updatedAt = moment
        if !threat.story.isMitigated { fleet.agents[index].activeThreats += 1 }
        let kind: Activity.Kind =
            threat.story.isMitigated ? .mitigated : threat.story.confidence == "malicious" ? .notMitigated : .suspicious
        note(kind, on: index, threat: threat, at: moment)
    }

    mutating func complete(_ effect: PendingEffect) {
        fleet.agents[effect.agent].networkStatus = effect.action == .disconnect ? .disconnected : .connected
        fleet.agents[effect.agent].updatedAt = effect.due
        note(effect.action == .disconnect ? .disconnected : .reconnected, on: effect.agent, at: effect.due)
    }

    mutating func note(
        _ kind: Activity.Kind, on agent: Int, threat: Threat? = nil, by user: Person? = nil, at moment: Timestamp
    ) {
        activities.append(
            Activity(
                ordinal: activities.count, id: numbering.id(.activity, activities.count), kind: kind,
                createdAt: moment, agent: fleet.agents[agent], threat: threat, user: user))
    }

    /// `POST /agents/actions/{disconnect,connect}`.
    mutating func perform(
        _ action: NetworkAction, by caller: Person, _ request: ServedRequest, _ fault: Fault?
    ) throws(Refusal) -> JSON {
        let filter: JSON
        let targets: [Int]
        do throws(Refusal) {
            (filter, targets) = try self.targets(of: action, request)
        } catch {
            noteRefused(.action(action), request, status: error.status)
            throw error
        }
        var delay = settings.effectDelay
        if fault?.kind == .effectLate { delay = fault?.delay ?? .seconds(60) }
        let ids = order(action, targets, by: caller, delay: delay)
        effects.append(
            Effect(
                at: now, action: action.rawValue, by: caller, viaAPI: true, filter: filter, status: 200, ids: ids,
                effectiveAt: ids.isEmpty ? nil : now + delay))
        return ["data": ["affected": .number(Int64(ids.count))]]
    }

    /// Keeps a state-changing call that changed nothing; other calls are only counted.
    mutating func noteRefused(_ route: Route, _ request: ServedRequest, status: Int) {
        guard case .action(let action) = route else { return }
        effects.append(
            Effect(
                at: now, action: action.rawValue, by: caller(of: request), viaAPI: true,
                filter: JSON(request.body)?["filter"] ?? .null, status: status, ids: [], effectiveAt: nil))
    }

    /// Accepts the action for those endpoints for which it changes something, and returns their ids.
    mutating func order(_ action: NetworkAction, _ targets: [Int], by person: Person, delay: Duration) -> [Int64] {
        let alreadySo: Set<NetworkStatus> =
            action == .disconnect ? [.disconnected, .disconnecting] : [.connected, .connecting]
        var ids: [Int64] = []
        for target in targets where !alreadySo.contains(fleet.agents[target].networkStatus) {
            // The newer order wins over one that is still on its way.
            pending.removeAll { $0.agent == target }
            fleet.agents[target].networkStatus = action == .disconnect ? .disconnecting : .connecting
            fleet.agents[target].updatedAt = now
            note(action == .disconnect ? .userDisconnected : .userReconnected, on: target, by: person, at: now)
            pending.append(PendingEffect(agent: target, action: action, due: now + delay))
            ids.append(fleet.agents[target].id)
        }
        advance(to: now)
        return ids
    }

    /// Which endpoints a filter means. As documented, disconnect refuses a filter without ids, groupIds or filterId, and
    /// connect takes an empty one for every endpoint in scope. An empty list counts as absent: the dangerous reading,
    /// so that a client's own guard can be proven.
    private func targets(
        of action: NetworkAction, _ request: ServedRequest
    ) throws(Refusal) -> (filter: JSON, targets: [Int]) {
        guard let filter = JSON(request.body)?["filter"], case .object(let members) = filter else {
            throw .invalid("filter: Missing data for required field.")
        }
        var lists: [String: Set<String>] = [:]
        for (name, value) in members {
            guard ["ids", "groupIds", "siteIds", "accountIds", "uuids"].contains(name) else {
                throw .notSimulated("the filter \(name)")
            }
            guard case .list(let values) = value else { throw .invalid("filter: \(name): Not a valid list.") }
            let texts = values.compactMap(\.string)
            guard texts.count == values.count else { throw .invalid("filter: \(name): Not a valid identifier.") }
            if !texts.isEmpty { lists[name] = Set(texts) }
        }
        if action == .disconnect, lists["ids"] == nil, lists["groupIds"] == nil {
            throw .invalid("filter: Either ids, groupIds or filterId should be part of the request.")
        }
        let targets = fleet.agents.indices.filter { index in
            let agent = fleet.agents[index]
            let own = [
                "ids": String(agent.id), "groupIds": String(agent.group.id), "siteIds": String(agent.site.id),
                "accountIds": String(agent.account.id), "uuids": agent.uuid,
            ]
            return !agent.isDecommissioned
                && lists.allSatisfy { name, wanted in own[name].map(wanted.contains) ?? false }
        }
        return (filter, targets)
    }
}
