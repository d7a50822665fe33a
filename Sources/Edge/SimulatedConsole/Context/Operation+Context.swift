import Ports

extension Operation {
    /// What is asked about one thing.
    static let context = aboutThreats + aboutHashes + aboutRules + aboutEndpoints + deepVisibility + dataLake

    private static let aboutThreats = [
        Operation("GET", "/threats/{threat_id}/explore/events", .permission("Threats.view")) {
            console, call throws(Refusal) in
            let rows = try console.events(ofThreat: try console.threat(of: call))
            return try Excerpt.explored.answer(rows, to: call.request.query) { $0.writeExplored(to: &$1) }
        },
        Operation("GET", "/threats/{threat_id}/timeline", .permission("Threats.view")) {
            console, call throws(Refusal) in
            let threat = try console.threat(of: call)
            let rows = console.activities.about(threat: threat).map { console.row(ofActivity: $0) }
            return try Excerpt.timeline.answer(rows, to: call.request.query) { $0.writeToTimeline(&$1) }
        },
        Operation("GET", "/threats/{threat_id}/notes", .permission("Threats.view")) { console, call throws(Refusal) in
            let rows = console.notes.ofThreat[try console.threat(of: call)] ?? []
            return try Excerpt.notes.answer(rows, to: call.request.query) { $0.write(to: &$1) }
        },
        Operation("GET", "/threats/{threat_id}/whitening-options", .permission("Threats.view")) {
            console, call throws(Refusal) in
            let row = console.row(ofThreat: try console.threat(of: call))
            var out = JSONWriter()
            out.object { out in
                out.object("data") { out in
                    out.texts(
                        "whiteningOptions",
                        row.detection.file.isSigned ? ["hash", "path", "certificate"] : ["hash", "path"])
                    out.texts("threatType", [row.detection.detectionType ?? "static"])
                    out.id("threatPolicy", row.agent.group.id)
                }
            }
            return out.bytes
        },
    ]

    private static let aboutEndpoints = [
        // Documented, and empty on every console that was asked.
        Operation("GET", "/agents/processes", .permission("Endpoints.view")) { console, call throws(Refusal) in
            _ = try console.agents(of: call)
            return JSON.object(["data": []]).bytes
        },
        Operation("GET", "/agents/applications", .permission("Endpoints.view")) { console, call throws(Refusal) in
            let rows = try console.agents(of: call).flatMap { Self.applications(on: $0.identity) }
            return JSON.object(["data": .list(rows)]).bytes
        },
    ]

    private static func applications(on endpoint: Identity) -> [JSON] {
        var dice = Dice(UInt64(endpoint.ordinal), 4_242)
        let known = [
            ("Tidewater Inventory", "TIDEWATER INSTRUMENTS"), ("Office Suite", "Example Software"),
            ("Browser", "Example Software"), ("Archive Tool", "Small Tools GmbH"), ("Notes", "Small Tools GmbH"),
        ]
        return known.filter { _ in dice.below(4) > 0 }.map { name, publisher in
            [
                "name": .text(name), "publisher": .text(publisher),
                "version": .text("\(1 + dice.below(20)).\(dice.below(10)).\(dice.below(400))"),
                "installedDate": .time(endpoint.registeredAt + .seconds(86_400 * dice.below(25))),
                "size": .number(Int64(dice.below(900_000))),
            ]
        }
    }
}

extension Excerpt where Row == ActivityRow {
    /// What was noted about one threat.
    static var timeline: Excerpt {
        Excerpt(
            id: \.id,
            sorts: [
                "id": \.id, "createdAt": \.activity.createdAt.microseconds,
                "activityType": { Int64($0.activity.kind.rawValue) },
            ],
            parameters: [
                "siteIds": ids(\.siteScope?.id), "groupIds": ids(\.groupScope?.id),
                "accountIds": ids(\.accountScope?.id), "query": containing(\.sentence),
                "activityTypes": { (name, text) throws(Refusal) in
                    let numbers = text.split(separator: ",").map { Int($0) }
                    guard !numbers.contains(nil) else { throw .invalid("\(name): Not a valid choice.") }
                    return { numbers.contains($0.activity.kind.rawValue) }
                },
            ])
    }
}

extension Excerpt where Row == Notes.Note {
    static var notes: Excerpt {
        Excerpt(
            id: \.id,
            sorts: ["id": \.id, "createdAt": \.createdAt.microseconds, "updatedAt": \.updatedAt.microseconds],
            parameters: [
                "creatorId": ids { $0.author.id },
                "creator__like": containing(\.author.name),
            ])
    }
}

extension SimulatedConsole {
    /// The endpoints that `ids` names, such as there are.
    fileprivate func agents(of call: Call) throws(Refusal) -> [AgentRow] {
        guard let text = call.request.query.first(where: { $0.name == "ids" })?.value, !text.isEmpty else {
            throw .invalid("ids: Missing data for required field.")
        }
        if let odd = call.request.query.first(where: { $0.name != "ids" }) {
            throw .notSimulated("the parameter \(odd.name)")
        }
        var rows: [AgentRow] = []
        for part in text.split(separator: ",") {
            guard let id = Int64(part) else { throw .invalid("ids: Not a valid identifier.") }
            guard let agent = agent(withID: id) else { continue }
            if call.caller.reach.holds(group: fleet.agents[agent].group, cast) { rows.append(row(ofAgent: agent)) }
        }
        return rows
    }
}
