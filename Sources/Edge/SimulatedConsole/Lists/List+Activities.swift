import Ports

extension List {
    typealias OfActivities = Parameters<ActivityRow>

    static let activities = Listing<ActivityRow>(
        stream: "activities", totalLimit: 50_000, id: { $0.id }, updatedAt: { $0.activity.createdAt },
        sorts: [
            "id": { SortKey($0.id) }, "createdAt": { SortKey($0.activity.createdAt) },
            "activityType": { SortKey($0.activity.kind.rawValue) },
        ],
        parameters: OfActivities.table([
            .scopes,
            .own("ids"),
            .times("createdAt"),
            .timesBetween("createdAt"),
            .any("activityTypes", of: ActivityTypes.known.map(String.init)) { [String($0.activity.kind.rawValue)] },
            .any("activityUuids") { [Dice.uuid(of: $0.id)] },
            .ids("agentIds") { $0.agent?.id },
            .ids("threatIds") { $0.threat?.id },
            .ids("userIds") { $0.activity.user?.id },
            .any("userEmails") { $0.activity.user.map { ["\($0.name)@tidewater.example"] } ?? [] },
            .ids("alertIds") { $0.number("alertId") },
            .ids("ruleIds") { $0.number("ruleId") },
            // Nothing is hidden here.
            .indifferentFlag("includeHidden"),
        ]), write: { $0.write(to: &$1) })
}

extension ActivityRow {
    /// An id among what only this kind of activity tells.
    fileprivate func number(_ name: String) -> Int64? {
        activity.data[name].flatMap { $0.integer ?? $0.string.flatMap { Int64($0) } }
    }
}

/// The kinds of activity that consoles know, as their documentation lists them.
enum ActivityTypes {
    static let known = ranges.flatMap(Array.init)

    private static let ranges: [ClosedRange<Int>] = [
        2...2, 5...8, 15...99, 101...114, 116...148, 150...151, 200...201, 203...204, 221...221, 1001...1002,
        1023...1024, 1100...1105, 1501...1504, 2001...2018, 2021...2043, 2100...2101, 2110...2111, 3001...3023,
        3100...3103, 3200...3204, 3400...3400, 3500...3503, 3505...3507, 3520...3527, 3530...3534, 3600...3608,
        3610...3618, 3620...3642, 3650...3656, 3660...3670, 3701...3702, 3710...3712, 3714...3715, 3720...3721,
        3730...3730, 3750...3757, 3767...3775, 4001...4013, 4020...4022, 4100...4113, 5000...5013, 5020...5029,
        5040...5045, 5120...5129, 5220...5222, 5225...5244, 5250...5259, 6000...6002, 6010...6013, 6030...6032,
        6050...6055, 6999...6999, 7100...7101, 7200...7203, 7210...7212, 7500...7505, 7600...7604, 7700...7702,
        7800...7802, 7830...7831, 7853...7858, 7860...7863, 7870...7872, 7900...7903, 8001...8002, 9001...9002,
        10000...10000,
    ]
}
