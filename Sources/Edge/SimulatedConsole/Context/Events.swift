import Ports

extension Excerpt where Row == EventRow {
    /// A threat's events.
    static var explored: Excerpt {
        var listing = Excerpt(
            id: \.event.id, sorts: sorts,
            parameters: [
                "eventTypes": choices(objects, \.name.object), "eventSubTypes": choices(codes, \.name.code),
                "eventId": { (_, text) throws(Refusal) in { String($0.event.id) == text } },
                "processName__like": containing(\.process.image.name),
            ])
        listing.skipLimit = 1_000_000
        return listing
    }

    /// What an event query found; `subQuery` narrows it further.
    static var queried: Excerpt {
        var listing = Excerpt(
            id: \.event.id, sorts: sorts,
            parameters: [
                "queryId": { (_, _) throws(Refusal) in { _ in true } },
                "subQuery": { (_, text) throws(Refusal) in
                    let query = try EventQuery(text)
                    return { query.holds($0) }
                },
            ])
        listing.skipLimit = 100_000
        return listing
    }

    private static var sorts: [String: (EventRow) -> Int64] {
        [
            "id": \.event.id, "createdAt": \.event.at.microseconds, "eventType": { leading($0.name.code) },
            "processName": { leading($0.process.image.name) }, "pid": { Int64($0.process.pid) },
            "fileSize": { Int64($0.event.what.file?.size ?? 0) }, "fileType": { $0.event.what.file == nil ? 0 : 1 },
            "registryPath": { $0.name.object == "registry" ? 1 : 0 },
            "registryId": { $0.name.object == "registry" ? $0.event.id : 0 }, "registryClassification": { _ in 0 },
        ]
    }

    /// As many letters as a number holds, which is enough for an order that people recognise.
    private static func leading(_ text: String) -> Int64 {
        text.lowercased().utf8.prefix(7).reduce(0) { $0 << 8 | Int64($1) } << (8 * Int64(max(7 - text.utf8.count, 0)))
    }

    private static let objects = [
        "events", "file", "ip", "url", "dns", "process", "registry", "scheduled_task", "logins", "indicators", "module",
    ]
    private static let codes = [
        "PROCESSCREATION", "PROCESSTERMINATION", "PROCESSMODIFICATION", "TCPV4", "TCPV6", "TCPV4LISTEN", "TCPV6LISTEN",
        "FILEMODIFICATION", "FILESCAN", "FILECREATION", "FILEDELETION", "FILERENAME", "LOGIN", "LOGOUT", "HTTP", "DNS",
        "SCHEDTASKREGISTER", "SCHEDTASKSTART", "SCHEDTASKUPDATE", "SCHEDTASKTRIGGER", "SCHEDTASKDELETE", "REGKEYCREATE",
        "REGKEYRENAME", "REGKEYDELETE", "REGKEYEXPORT", "REGKEYSECURITYCHANGED", "REGKEYIMPORT", "REGVALUEMODIFIED",
        "REGVALUECREATE", "REGISTRYACTION", "BEHAVIORALINDICATORS", "MODULE",
    ]
}

extension SimulatedConsole {
    /// The threat that a path names, if the caller may see it.
    func threat(of call: Call) throws(Refusal) -> Int {
        guard let id = call.parts.first.flatMap({ Int64($0) }), let threat = threat(withID: id),
            call.caller.reach.holds(group: fleet.agents[threats[threat].agent].group, cast)
        else { throw .unknownID("threat") }
        return threat
    }

    /// What the threat's endpoint has sent of it by now; gone when it is old.
    func events(ofThreat ordinal: Int) throws(Refusal) -> [EventRow] {
        let threat = threats[ordinal]
        guard threat.createdAt + settings.telemetryLife > now else { throw .unknownID("events: they have expired") }
        let agent = row(ofAgent: threat.agent)
        return Telemetry(threat.incident, at: threat.createdAt, on: agent.identity).events.filter { $0.at <= now }.map {
            EventRow(event: $0, agent: agent)
        }
    }
}
