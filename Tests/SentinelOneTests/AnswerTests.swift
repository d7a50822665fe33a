import JSONView
import Ports
import SentinelOne
import Testing

@Suite("Answers")
struct AnswerTests {
    private func items(_ name: String, _ stream: VendorStream) throws -> [Page.Item] {
        let page = try Page(answer(200, try fixture(name)), of: stream, from: console)
        #expect(page.unreadable.isEmpty && page.nextCursor == nil || stream == .threats)
        return page.items
    }

    private func first(_ name: String, _ stream: VendorStream) throws -> Bytes {
        try #require(try items(name, stream).first).bytes
    }

    @Test("a threat tells what it is, and the endpoint then from the endpoint now")
    func threat() throws {
        let threat = try ThreatFact(parsing: try first("threats", .threats))
        #expect(threat.id.digits == "7310000000000001001")
        #expect(threat.confidence.map { $0 == .malicious || $0 == .suspicious } == true)
        #expect(threat.mitigationStatus == .known(.notMitigated))
        #expect(threat.file.sha1 == FileHash("9F3C000000000000000000000000000000000001") && threat.file.sha256 == nil)
        #expect(threat.mitigations.map(\.action) == ["kill"] && threat.mitigations.first?.status == "success")
        #expect(threat.then.addresses == ["10.61.4.17", "172.20.0.1"])
        #expect(threat.then.uuid == "c41e" && threat.now.uuid == "c41e7ab0553f4f1f9d0e6a2b8c7d9e10")
        #expect(threat.now.id?.digits == "7310000000000000041" && threat.now.isInfected == true)
        #expect(threat.now.networkStatus == .known(.connected))
    }

    @Test("an alert is named by its own id, and its fields are read in their own spellings")
    func alert() throws {
        let item = try #require(try items("alerts", .alerts).first)
        #expect(item.id == "7310000000000000401" && item.agentID == "7310000000000000042")
        #expect(item.siteID == "7310000000000000011" && item.accountID == "7310000000000000001")
        #expect(item.reportedAt?.text == "2026-11-20T10:20:03.128163Z")
        let alert = try AlertFact(parsing: item.bytes)
        #expect(alert.rule.severity == .known(.high) && alert.rule.name == "Encoded PowerShell")
        #expect(alert.analystVerdict == .known(.undefined) && alert.incidentStatus == .known(.unresolved))
        #expect(alert.process.pid == 4_212 && alert.process.commandLine == "powershell.exe -enc AAAA")
        #expect(alert.parent.name == "cmd.exe" && alert.target.name == "conhost.exe")
        #expect(alert.then.computerName == "NHF-SRV-007" && alert.now.id?.digits == "7310000000000000042")
        #expect(alert.connection.destinationPort == nil && alert.file.path == nil)
    }

    @Test("places are named and know what they lie in; sites come in an envelope of their own")
    func places() throws {
        let group = try GroupFact(parsing: try first("groups", .groups))
        #expect(group.siteID?.digits == "7310000000000000011" && group.agentCount == 42 && group.isDefault == true)
        let site = try #require(try items("sites", .sites).first)
        #expect(site.siteID == "7310000000000000011" && site.accountID == "7310000000000000001")
        #expect(try SiteFact(parsing: site.bytes).name == "Nordhafen")
        let account = try #require(try items("accounts", .accounts).first)
        #expect(account.accountID == account.id)
        #expect(try AccountFact(parsing: account.bytes).siteCount == 1)
    }

    @Test("an event tells who did what to what, whichever way its numbers are written")
    func events() throws {
        let events = try items("events", .events).map { try EventFact(parsing: $0.bytes) }
        #expect(events.map(\.type) == ["PROCESSCREATION", "TCPV4", "FILERENAME"])
        #expect(events.map(\.process.pid) == [4_212, 4_212, 4_212])
        #expect(events.map(\.isRelatedToThreat) == [true, true, nil])
        #expect(events[0].process.sha1?.digits == "0123456789abcdef0123456789abcdef01234567")
        #expect(events[0].parent.uniqueID == "C1B2C3D4E5F60718")
        #expect(events[1].connection.destinationPort == 443 && events[1].id == "7310000000000002002")
        #expect(events[2].oldPath == "C:\\Temp\\a.exe" && events[2].file.size == 184_320 && events[2].file.md5 == nil)
    }

    @Test("expired telemetry and an unknown file are facts; a console without the route is a problem")
    func facts() throws {
        let gone: Bytes = #"{"errors":[{"code":4040010,"title":"Not found","detail":null}]}"#
        for body in [gone, .empty] {
            guard case .expired = try Telemetry(answer(404, body), from: console) else {
                Issue.record("expired telemetry is a page")
                continue
            }
            #expect(try HashVerdict(answer(404, body), from: console) == .unknown)
        }
        for (status, body) in [(404, "404 page not found"), (404, htmlPage), (501, gone), (403, gone), (200, "{}")] {
            #expect(throws: ReadProblem.self) { try Telemetry(answer(status, body), from: console) }
            #expect(throws: ReadProblem.self) { try HashVerdict(answer(status, body), from: console) }
        }
        guard case .page(let page) = try Telemetry(answer(200, try fixture("events")), from: console) else {
            Issue.record("a page of events has expired")
            return
        }
        #expect(page.items.count == 3)
    }

    @Test(
        "a hash's verdict is the console's word, and no word is none",
        arguments: [
            (#"{"data":{"verdict":"Black"}}"#, HashVerdict.says("black")), (#"{"data":{"verdict":null}}"#, .unknown),
            (#"{"data":{"verdict":""}}"#, .unknown), (#"{"data":{"verdict":"undefined"}}"#, .says("undefined")),
        ])
    func verdict(body: String, expected: HashVerdict) throws {
        #expect(try HashVerdict(answer(200, Bytes(body)), from: console) == expected)
    }

    @Test("what belongs to an activity is found in any case of letters, and its ids keep every digit")
    func data() throws {
        let fact = try ActivityFact(
            parsing: #"""
                {"id":1,"activityType":3608,"data":{"alertId":null,"alertid":7310000000000000401,"RuleName":"r","ruleid":9007199254740993,
                "ok":"True","at":"1970-01-01T00:00:00Z"}}
                """#)
        #expect(fact.data.id("alertId") == "7310000000000000401")
        #expect(fact.data.text("ruleName") == "r")
        #expect(fact.data.id("ruleId") == "9007199254740993")
        #expect(fact.data.bool("OK") == true && fact.data.time("at") == nil && fact.data.text("none") == nil)
        #expect(try ActivityFact(parsing: #"{"id":1,"data":[1]}"#).data.text("x") == nil)
        #expect(try ActivityFact(parsing: #"{"id":1}"#) == ActivityFact(parsing: #"{"id":1}"#))
    }

    @Test("the console's own list of activity types is read, without what has no number")
    func types() throws {
        let body: Bytes = #"{"data":[{"id":61,"action":"Disconnect"},{"id":"62"},{"action":"x"},7]}"#
        let types = try ActivityTypes(answer(200, body), from: console)
        #expect(types.names == [61: "Disconnect", 62: ""])
        #expect(throws: ReadProblem.self) { try ActivityTypes(answer(200, #"{"data":{}}"#), from: console) }
    }

    @Test("rules, tags and notes are read, also where booleans are texts")
    func reference() throws {
        let rule = try RuleFact(parsing: try first("rules", .rules))
        #expect(rule.severity == .known(.high) && rule.isolates == false && rule.hasReachedLimit == false)
        #expect(rule.description == nil && rule.query?.contains("-enc") == true)
        let tag = try TagFact(parsing: #"{"id":"5","key":"tier","value":"1","scopePath":"Global"}"#)
        #expect(tag.key == "tier" && tag.value == "1")
        let note = try NoteFact(parsing: #"{"id":5,"text":"seen\nbefore","creator":"soc","edited":"False"}"#)
        #expect(note.text == "seen\nbefore" && note.isEdited == false && note.id == "5")
    }

    @Test("an endpoint's addresses, tags and state are read; a joined list of addresses is split")
    func agent() throws {
        let agent = try AgentState(
            parsing: #"""
                {"id":"5","groupId":7,"osName":"Linux","lastLoggedInUserName":"","isUpToDate":"True","networkInterfaces":
                [{"name":"eth0","physical":"02:00:5e:10:20:41","inet":"10.0.0.1, 10.0.0.2","inet6":["fe80::1"]},7],
                "tags":{"sentinelone":[{"id":"9","key":"tier","value":"1"},{"value":"x"},null]},"lastActiveDate":"1970-01-01T00:00:00Z"}
                """#)
        #expect(agent.interfaces.first?.addresses == ["10.0.0.1", "10.0.0.2", "fe80::1"])
        #expect(agent.tags.map(\.key) == ["tier"] && agent.tags.first?.id?.digits == "9")
        #expect(agent.groupID == "7" && agent.lastUser == nil && agent.isUpToDate == true && agent.lastActiveAt == nil)
    }

    @Test(
        "only 32, 40 or 64 hexadecimal digits are a hash",
        arguments: [
            "", "0", "../verdict", String(repeating: "g", count: 40), String(repeating: "a", count: 41),
            String(repeating: "é", count: 20), String(repeating: "a", count: 39) + "/",
        ])
    func hashes(text: String) { #expect(FileHash(text) == nil) }
}
