import ActionLedger
import Crypto
import Foundation
import Investigation
import JSONView
import Operator
import Ports
import Samples
import Testing

@Suite("Reports")
struct ReportTests {
    enum Name: String, CaseIterable { case empty, waiting, confirmed, held }

    private static func scene(_ name: Name) throws -> Scene {
        switch name {
        case .empty: Scene()
        case .waiting: try .waiting()
        case .confirmed: try .confirmed()
        case .held: try .held()
        }
    }

    @Test("lists and counts look like this, in every state of a deployment", arguments: Name.allCases)
    func lists(name: Name) throws {
        let desk = try Self.scene(name).desk
        let records = ["docket.threats.observed": 3, "docket.agents.observed": 20]
        func status(json: Bool) -> String { Status(desk: desk, records: records, prefix: "docket.").text(json: json) }
        try Golden.expect(CaseReport(desk, on: Paper()).list(), is: "\(name)-cases.txt")
        try Golden.expect(ActionReport(desk, on: Paper()).list(includingEnded: false), is: "\(name)-actions.txt")
        try Golden.expect(ActionReport(desk, on: Paper()).list(includingEnded: true), is: "\(name)-actions-all.txt")
        try Golden.expect(status(json: false), is: "\(name)-status.txt")
        try Golden.expect(JSONReport(desk).cases(), is: "\(name)-cases.json")
        try Golden.expect(JSONReport(desk).actions(includingEnded: true), is: "\(name)-actions-all.json")
        try Golden.expect(status(json: true), is: "\(name)-status.json")
    }

    @Test("one case and one action look like this", arguments: [Name.waiting, .confirmed, .held])
    func one(name: Name) throws {
        let desk = try Self.scene(name).desk
        try Golden.expect(CaseReport(desk, on: Paper()).one(Samples.caseID), is: "\(name)-case.txt")
        try Golden.expect(JSONReport(desk).case(Samples.caseID), is: "\(name)-case.json")
        try Golden.expect(ActionReport(desk, on: Paper()).one(Samples.actionID()), is: "\(name)-action.txt")
        try Golden.expect(JSONReport(desk).action(Samples.actionID()), is: "\(name)-action.json")
    }

    @Test("what is about to be approved is shown whole: host, site, case, verdict, gates and the plan's hash")
    func proposal() throws {
        let desk = try Scene.waiting().desk
        let proposal = ActionReport(desk, on: Paper()).proposal("approve", Samples.actionID())
        try Golden.expect(proposal, is: "waiting-proposal.txt")
        let plan = try #require(desk.action(Samples.actionID())?.plan)
        for word in ["LAB-041", "Lab s-1", Samples.caseID.rawValue, "malicious", plan, "not asked yet"] {
            #expect(proposal?.contains(word) == true, "\(word)")
        }
    }

    @Test("of what does not exist there is no report")
    func missing() {
        let desk = Scene().desk
        #expect(CaseReport(desk, on: Paper()).one(Samples.caseID) == nil)
        #expect(ActionReport(desk, on: Paper()).one(Samples.actionID()) == nil)
        #expect(JSONReport(desk).case(Samples.caseID) == nil)
        #expect(JSONReport(desk).action(Samples.actionID()) == nil)
    }

    @Test("on a narrow terminal no line of a table is wider than it, and ids stay whole", arguments: [80, 100, 132])
    func narrow(width: Int) throws {
        let desk = try Scene.held().desk
        let text = ActionReport(desk, on: Paper(width: width)).list(includingEnded: true)
        try Golden.expect(text, is: "held-actions-\(width).txt")
        let id = Samples.actionID().rawValue
        #expect(text.contains(id))
        let table = text.prefix(while: { $0 != "\u{0}" }).components(separatedBy: "\n\n")[0]
        for line in table.split(separator: "\n") { #expect(line.count <= max(width, id.count), "\(line)") }
    }

    @Test("colours are for a terminal that wants them")
    func colours() throws {
        func paper(_ isTerminal: Bool, _ environment: [String: String] = [:]) -> Paper {
            Paper(isTerminal: isTerminal, columns: 120, environment: environment)
        }
        #expect(paper(true) == Paper(width: 120, isColoured: true))
        #expect(paper(true, ["NO_COLOR": "1"]) == Paper(width: 120))
        #expect(paper(true, ["NO_COLOR": ""]) == Paper(width: 120, isColoured: true))
        #expect(paper(true, ["TERM": "dumb", "COLUMNS": "90"]) == Paper(width: 90))
        #expect(paper(true, ["COLUMNS": "1"]) == Paper(isColoured: true))
        #expect(paper(false, ["COLUMNS": "90"]) == Paper())
        let desk = try Scene.confirmed().desk
        #expect(CaseReport(desk, on: Paper(isColoured: true)).list().contains("\u{1b}[32mconfirmed\u{1b}[0m"))
        #expect(!CaseReport(desk, on: Paper()).list().contains("\u{1b}"))
    }

    static let hostile = "\u{1b}[2J\u{202e}\r\u{7}\u{9b}31m\"evil\n'\u{2028}"

    @Test("hostile text in any field reaches a terminal only written out, and JSON only as a string")
    func hostileText() throws {
        let bad = Self.hostile
        var scene = Scene()
        let endpoint = EndpointFacts(
            id: bad, uuid: bad, name: bad, site: bad, siteName: bad, osType: bad, machineType: bad)
        var threat = ThreatFacts(
            id: bad, name: bad, classification: bad, confidence: "malicious", analystVerdict: bad, incidentStatus: bad,
            mitigationStatus: bad, hashVerdict: "black", contentHash: bad, storyline: bad, filePath: bad)
        threat.indicators = 1
        let caseID = CaseID("eu1.\(bad)")
        try scene.observe(threat, endpoint: endpoint, of: caseID)
        let id = ActionID(
            case: caseID, generation: 1, playbook: bad, step: bad, occurrence: 1, target: bad)
        let request = ActionRequest(
            id: id, kind: .isolate, console: Samples.console(), subject: Samples.subject(),
            target: ActionTarget(endpoint: bad, uuid: bad, site: bad, name: bad),
            origin: .playbook(bad, case: caseID, generation: 1, threats: [bad]), reason: bad, needsApproval: true,
            requestedAt: Samples.now)
        try scene.request(request)
        try scene.tell(
            .approved(by: bad, order: bad, until: Samples.now), .held(gate: .role, reason: bad), of: id)
        try scene.tell(.orderRefused(order: bad, by: bad, reason: bad))
        try scene.tell(Stop(id: "stop-\(bad)", console: nil, by: bad, reason: bad, at: Samples.now))
        let desk = scene.desk
        for paper in [Paper(), Paper(width: 80)] {
            let cases = CaseReport(desk, on: paper)
            let actions = ActionReport(desk, on: paper)
            let texts = [
                cases.list(), try #require(cases.one(caseID)), actions.list(includingEnded: true),
                try #require(actions.one(id)), try #require(actions.proposal("approve", id)),
                Complaint(Refusal(bad, candidates: [bad])).text(json: false),
                SettingsReport(
                    deployment: bad, log: bad, isLogExposed: true, topicPrefix: bad, partitions: 1,
                    consoles: [.init(id: bad, url: bad, reader: bad, writer: bad)], isDryRun: true,
                    needsApproval: true, approvers: [.init(name: bad, fingerprint: bad)], problems: [bad]
                ).text(on: paper),
            ]
            for text in texts {
                #expect(text.contains("evil"))
                #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isUnseen }, "\(text.debugDescription)")
            }
        }
        let json = JSONReport(desk)
        for text in [
            json.cases(), try #require(json.case(caseID)), json.actions(includingEnded: true),
            try #require(json.action(id)), Complaint(Refusal(bad, candidates: [bad])).text(json: true),
        ] {
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
            #expect(text.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 }, "one line, nothing raw in it")
        }
        let one = try JSONView(parsing: Bytes(try #require(json.action(id))))
        #expect(try one["endpointName"].text == bad)
    }
}
