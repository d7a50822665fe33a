extension ParameterTable {
    struct Line: Sendable {
        let name: String
        let path: String
        let isUpper: Bool
        /// Whether a field of the answer tells what the parameter asks for.
        var isTold: Bool { path != "-" }
    }

    static func lines(_ stream: String) -> [Line] {
        (text[stream] ?? "").split(separator: "\n").flatMap { line -> [Line] in
            let sides = line.split(separator: "=").map { $0.split(separator: " ") }
            let isUpper = sides[1].first == "UPPER"
            return sides[0].map { Line(name: String($0), path: String(sides[1].last ?? "-"), isUpper: isUpper) }
        }
    }

    /// Values for what no field tells.
    static let samples: [String: String] = [
        "tenant": "true", "agentTagsData": #"{"tier":["0"]}"#, "tagsData": #"{"tier":["0","2"]}"#,
        "cloudProvider": "AWS", "cloudProviderNin": "AWS", "adQuery": "tidewater", "adQuery__contains": "tidewater",
        "initiatedByNin": "console_api", "operationalStatesNin": "fully_disabled",
        "remoteProfilingStatesNin": "enabled", "consoleMigrationStatusesNin": "Pending", "rsoLevel": "pro",
        "liveUpdateId__contains": "1", "threatMitigationStatus": "mitigated",
        "userEmails": "nobody@tidewater.example", "alertIds": "200000000000000000",
        "ruleIds": "200000000000000000", "features": "ioc",
    ]
}
