import Ports

/// One line of the console's own record: who did or noticed what, when.
struct Activity: Sendable {
    enum Kind: Int, Sendable {
        case mitigated = 18, notMitigated = 19, decommissioned = 47, userDisconnected = 61, userReconnected = 62
        case disconnected = 1001, reconnected = 1002, statusChanged = 2028, verdictChanged = 2030, suspicious = 4003
    }

    let ordinal: Int
    let id: Int64
    let kind: Kind
    let createdAt: Timestamp
    let agent: Agent
    let threat: Threat?
    let user: Person?

    private var text: String {
        let who = user?.name ?? "The policy"
        let file = threat?.place.file ?? "a file"
        return switch kind {
        case .mitigated: "\(file) was detected on \(agent.name) and mitigated."
        case .notMitigated: "\(file) was detected on \(agent.name) and is not mitigated."
        case .suspicious: "\(file) was found suspicious on \(agent.name)."
        case .userDisconnected: "\(who) disconnected \(agent.name) from the network."
        case .userReconnected: "\(who) reconnected \(agent.name) to the network."
        case .disconnected: "\(agent.name) is disconnected from the network."
        case .reconnected: "\(agent.name) is connected to the network again."
        case .decommissioned: "\(who) decommissioned \(agent.name)."
        case .statusChanged: "\(who) changed the incident status of \(file) on \(agent.name)."
        case .verdictChanged: "\(who) changed the analyst verdict of \(file) on \(agent.name)."
        }
    }

    /// As `GET /activities` shows it.
    var row: JSON {
        [
            "id": .id(id), "activityType": .number(Int64(kind.rawValue)), "createdAt": .time(createdAt),
            // A few milliseconds before, as consoles show it.
            "updatedAt": .time(createdAt - .milliseconds(3)), "accountId": .id(agent.account.id),
            "accountName": .text(agent.account.name), "siteId": .id(agent.site.id), "siteName": .text(agent.site.name),
            "groupId": .id(agent.group.id), "groupName": .text(agent.group.name), "agentId": .id(agent.id),
            "threatId": .id(threat?.id), "userId": .id(user?.id), "primaryDescription": .text(text),
            "secondaryDescription": threat.map { .text($0.place.path) } ?? .null, "description": nil, "comments": nil,
            "hash": nil, "osFamily": nil, "agentUpdatedVersion": nil, "activityUuid": .text(Dice.uuid(of: id)),
            "data": data,
        ]
    }

    private var data: JSON {
        let scope: JSON = [
            "accountName": .text(agent.account.name), "siteName": .text(agent.site.name),
            "groupName": .text(agent.group.name), "scopeLevel": "Group", "scopeName": .text(agent.group.name),
            "fullScopeDetails": .text(
                "Group \(agent.group.name) in Site \(agent.site.name) of Account \(agent.account.name)"),
            "fullScopeDetailsPath": .text("Global / \(agent.account.name) / \(agent.site.name) / \(agent.group.name)"),
            "computerName": .text(agent.name), "uuid": .text(agent.uuid),
            "username": user.map { .text($0.name) } ?? .null,
        ]
        guard let threat else { return scope }
        return scope.with([
            "confidenceLevel": .text(threat.story.confidence), "fileDisplayName": .text(threat.place.file),
            "filePath": .text(threat.place.path), "fileContentHash": .text(String(threat.fileHash.prefix(40))),
            "threatClassification": .text(threat.story.classification),
            "threatClassificationSource": threat.story.detectionType == "static" ? "Static" : "Behavioral",
            "escapedMaliciousProcessArguments": threat.place.arguments.map { .text($0) } ?? .null,
            "globalStatus": .text(threat.story.isMitigated ? "success" : "none"),
            "downloadUrl": nil,
        ])
    }
}
