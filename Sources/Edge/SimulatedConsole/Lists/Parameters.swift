import Ports

extension Listing {
    /// `name__gt`, `__gte`, `__lt`, `__lte`, with ISO 8601 times.
    static func times(_ name: String, _ time: @escaping (Row) -> Timestamp) -> [String: Parameter] {
        func parameter(_ holds: @escaping (Timestamp, Timestamp) -> Bool) -> Parameter {
            { (name, text) throws(Refusal) in
                guard let bound = Timestamp(iso: text) else { throw .invalid("\(name): Not a valid datetime.") }
                return { holds(time($0), bound) }
            }
        }
        return [
            "\(name)__gt": parameter { $0 > $1 }, "\(name)__gte": parameter { $0 >= $1 },
            "\(name)__lt": parameter { $0 < $1 }, "\(name)__lte": parameter { $0 <= $1 },
        ]
    }

    /// Comma-separated ids, any of which the row has.
    static func ids(_ id: @escaping (Row) -> Int64?) -> Parameter {
        { (name, text) throws(Refusal) in
            var wanted: Set<Int64> = []
            for part in text.split(separator: ",") {
                guard let number = Int64(part), number >= 100_000_000_000_000_000 else {
                    throw .invalid("\(name): Not a valid identifier.")
                }
                wanted.insert(number)
            }
            return { row in id(row).map(wanted.contains) ?? false }
        }
    }

    /// Comma-separated values out of a closed list.
    static func choices(_ known: [String]?, _ value: @escaping (Row) -> String) -> Parameter {
        { (name, text) throws(Refusal) in
            let wanted = Set(text.split(separator: ",").map(String.init))
            if let known, let odd = wanted.sorted().first(where: { !known.contains($0) }) {
                throw .invalid("\(name): \(odd) is not a valid choice.")
            }
            return { wanted.contains(value($0)) }
        }
    }

    static func choices<Choice: RawRepresentable<String> & CaseIterable>(
        _ kind: Choice.Type, _ value: @escaping (Row) -> Choice
    ) -> Parameter {
        choices(Choice.allCases.map(\.rawValue)) { value($0).rawValue }
    }

    static func flags(_ value: @escaping (Row) -> Bool) -> Parameter {
        choices(["true", "false"]) { value($0) ? "true" : "false" }
    }
}

extension Listing where Row == ThreatRow {
    static var threats: Listing {
        Listing(
            id: \.id,
            sorts: [
                "id": \.id, "createdAt": { $0.threat.createdAt.microseconds },
                "updatedAt": { $0.threat.updatedAt.microseconds },
            ],
            parameters: times("createdAt") { $0.threat.createdAt }.merging(times("updatedAt") { $0.threat.updatedAt }) {
                $1
            }.merging([
                "ids": ids(\.id), "agentIds": ids { $0.agent.id }, "siteIds": ids { $0.agent.site.id },
                "groupIds": ids { $0.agent.group.id }, "accountIds": ids { $0.agent.account.id },
                "analystVerdicts": choices(AnalystVerdict.self) { $0.threat.analystVerdict },
                "incidentStatuses": choices(IncidentStatus.self) { $0.threat.incidentStatus },
                "confidenceLevels": choices(Detection.Confidence.self) { $0.detection.confidence },
            ]) { $1 })
    }
}

extension Listing where Row == AgentRow {
    static var agents: Listing {
        Listing(
            id: \.id,
            sorts: [
                "id": \.id, "createdAt": \.createdAt.microseconds, "updatedAt": \.agent.updatedAt.microseconds,
                "lastActiveDate": \.agent.updatedAt.microseconds,
            ],
            parameters: times("createdAt", \.createdAt).merging(times("updatedAt", \.agent.updatedAt)) { $1 }.merging([
                "ids": ids(\.id), "siteIds": ids(\.site.id), "groupIds": ids(\.group.id),
                "accountIds": ids(\.account.id), "uuids": choices(nil, \.uuid), "computerName": choices(nil, \.name),
                "networkStatuses": choices(["connected", "connecting", "disconnected", "disconnecting"]) {
                    $0.agent.networkStatus.rawValue
                },
                "isDecommissioned": flags(\.agent.isDecommissioned), "isUninstalled": flags { _ in false },
            ]) { $1 },
            unlessAsked: ["isDecommissioned": { !$0.agent.isDecommissioned }])
    }
}

extension Listing where Row == ActivityRow {
    static var activities: Listing {
        Listing(
            id: \.id,
            sorts: [
                "id": \.id, "createdAt": \.activity.createdAt.microseconds,
                "activityType": { Int64($0.activity.kind.rawValue) },
            ],
            parameters: times("createdAt", \.activity.createdAt).merging([
                "ids": ids(\.id), "agentIds": ids(\.agent?.id), "threatIds": ids(\.threat?.id),
                "userIds": ids(\.activity.user?.id), "siteIds": ids(\.siteScope?.id), "groupIds": ids(\.groupScope?.id),
                "accountIds": ids(\.accountScope?.id), "activityTypes": activityTypes,
            ]) { $1 })
    }

    /// Validated, as consoles do. The ids in use have gaps that are not published; these are the known ranges.
    private static var activityTypes: Parameter {
        let known: [ClosedRange<Int>] = [
            1...151, 200...221, 1001...1024, 1501...1504, 2001...2043, 2100...2111, 3001...3784, 4001...4022,
            4100...4109, 5006...5241, 6000...6055, 7200...7604, 10_000...10_000,
        ]
        return { (name, text) throws(Refusal) in
            var wanted: Set<Int> = []
            for part in text.split(separator: ",") {
                guard let number = Int(part), known.contains(where: { $0.contains(number) }) else {
                    throw .invalid("\(name): \(part) is not a valid choice.")
                }
                wanted.insert(number)
            }
            return { wanted.contains($0.activity.kind.rawValue) }
        }
    }
}
