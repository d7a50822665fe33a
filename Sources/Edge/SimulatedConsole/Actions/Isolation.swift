import Ports

enum NetworkAction: String, Sendable { case disconnect, connect }

extension SimulatedConsole {
    /// `POST /agents/actions/{disconnect,connect}`.
    mutating func perform(_ action: NetworkAction, _ call: Call) throws(Refusal) -> Bytes {
        let (filter, targets) = try self.targets(of: action, call.request, by: call.caller)
        var delay = settings.effectDelay
        if call.fault?.kind == .effectLate { delay = call.fault?.delay ?? .seconds(60) }
        let ids = order(action, targets, by: call.caller, delay: delay)
        effects.append(
            Effect(
                at: now, action: action.rawValue, by: call.caller, viaAPI: true, filter: filter, status: 200, ids: ids,
                effectiveAt: ids.isEmpty ? nil : now + delay))
        return JSON.object(["data": ["affected": .number(Int64(ids.count))]]).bytes
    }

    /// Keeps a state-changing call that changed nothing; other calls are only counted.
    mutating func noteRefused(_ operation: Operation, _ request: ServedRequest, status: Int) {
        guard operation.isWrite else { return }
        let action = operation.name.split(separator: "/").last.map(String.init) ?? ""
        effects.append(
            Effect(
                at: now, action: action, by: caller(of: request, operation), viaAPI: true,
                filter: JSON(request.body)?["filter"] ?? .null, status: status, ids: [], effectiveAt: nil))
    }

    /// Accepts the action for those endpoints for which it changes something, and returns their ids.
    mutating func order(_ action: NetworkAction, _ targets: [Int], by person: Person, delay: Duration) -> [Int64] {
        let alreadySo: Set<NetworkStatus> =
            action == .disconnect ? [.disconnected, .disconnecting] : [.connected, .connecting]
        var ids: [Int64] = []
        for target in targets where !alreadySo.contains(fleet.agents[target].networkStatus) {
            fleet.agents[target].networkStatus = action == .disconnect ? .disconnecting : .connecting
            fleet.agents[target].updatedAt = now
            activities.append(
                action == .disconnect ? .userDisconnected : .userReconnected, at: now, agent: target, by: person)
            // The newer order wins over one that is still on its way.
            orders[target] = activities.count
            agenda.put(.effect(action, agent: target, order: activities.count), at: now + delay)
            ids.append(cast.numbering.id(.agent, target))
        }
        advance(to: now)
        return ids
    }

    /// Which endpoints a filter means. As documented, disconnect refuses a filter without ids, groupIds or filterId, and
    /// connect takes an empty one for every endpoint in scope. An empty list counts as absent: the dangerous reading,
    /// so that a client's own guard can be proven. What the caller's role does not reach is not met, and not mentioned.
    private func targets(
        of action: NetworkAction, _ request: ServedRequest, by caller: Person
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
            let agent = row(ofAgent: index)
            let own = [
                "ids": String(agent.id), "groupIds": String(agent.group.id), "siteIds": String(agent.site.id),
                "accountIds": String(agent.account.id), "uuids": agent.uuid,
            ]
            return !agent.agent.isDecommissioned && caller.reach.holds(group: agent.agent.group, cast)
                && lists.allSatisfy { name, wanted in own[name].map(wanted.contains) ?? false }
        }
        return (filter, targets)
    }
}

extension Operation {
    /// What changes something.
    static let actions = [NetworkAction.disconnect, .connect].map { action in
        Operation(
            "POST", "/agents/actions/\(action.rawValue)",
            .permission(
                action == .disconnect ? "Endpoints.disconnectFromNetwork" : "Endpoints.reconnectToNetwork")
        ) { console, call throws(Refusal) in try console.perform(action, call) }
    }
}
