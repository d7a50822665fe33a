import ActionLedger
import Contracts
import Investigation
import Pipeline
import PipelineTesting
import Ports
import SimulatedConsole
import Testing

private let isolate = "agents/actions/disconnect"

@Suite("Safety of a call")
struct SafetyTests {
    private static func replacing(_ old: String, with new: String, on path: String, in bench: Bench) {
        bench.rewrite = { request, answer in
            guard request.path.hasSuffix(path), let text = answer.body.text else { return answer }
            return HTTPAnswer(
                status: answer.status, headers: answer.headers, body: Bytes(text.replacing(old, with: new)))
        }
    }

    @Test("an endpoint that a person isolated first needs no call")
    func alreadySo() throws {
        var all = try Deployment()
        let endpoint = try all.action().request.target.endpoint
        try all.bench.control("POST", "/people", #"{"do":"isolate","agentId":"\#(endpoint)"}"#)
        try all.pass(5)
        try all.approve()
        #expect(try all.action().state == .alreadySo)
        #expect(try all.bench.writes() == 0)
    }

    @Test("an isolation that a person has released since is not undone again")
    func foreignRelease() throws {
        var all = try Deployment()
        try all.approve()
        let done = try all.action()
        #expect(done.state == .confirmed)
        try all.pass(70)
        for deed in ["release", "isolate"] {
            try all.bench.control("POST", "/people", #"{"do":"\#(deed)","agentId":"\#(done.request.target.endpoint)"}"#)
            try all.pass(3)
        }
        try all.bench.order(.undo(done.request.id, reason: "drill"))
        try all.pass(10)
        let undo = try #require(try all.bench.ledger().entries.values.first { $0.request.kind == .release })
        #expect(undo.state == .superseded, "\(undo.note)")
        #expect(try all.bench.writes() == 1)
    }

    @Test("an undo releases what we isolated, also while a stop is in force")
    func undo() throws {
        var all = try Deployment()
        try all.approve()
        try all.bench.stop()
        try all.bench.order(.undo(all.action().request.id, reason: "drill"))
        try all.pass(10)
        #expect(try all.bench.changes().map(\.action) == ["disconnect", "connect"])
        let undo = try #require(try all.bench.ledger().entries.values.first { $0.request.kind == .release })
        #expect(undo.state == .confirmed)
    }

    @Test("an endpoint that is not the planned one any more is left alone", arguments: ["gone", "uuid", "site"])
    func target(change: String) throws {
        var all = try Deployment()
        let target = try all.action().request.target
        switch change {
        case "gone": try all.bench.control("POST", "/people", #"{"do":"decommission","agentId":"\#(target.endpoint)"}"#)
        case "uuid": Self.replacing(target.uuid, with: "another", on: "/agents", in: all.bench)
        default: Self.replacing(#""siteId":"\#(target.site)""#, with: #""siteId":"77""#, on: "/agents", in: all.bench)
        }
        try all.approve(thenPass: 30)
        let entry = try all.action()
        #expect(entry.state == .held && entry.holding?.gate == .target, "\(entry.note)")
        let word = change == "gone" ? "decommissioned" : change == "uuid" ? "uuid" : "moved to site"
        #expect(entry.note.contains(word), "\(entry.note)")
        #expect(try all.bench.writes() == 0)
    }

    @Test("what holds an action is looked at less and less often")
    func held() throws {
        var all = try Deployment()
        let target = try all.action().request.target
        Self.replacing(target.uuid, with: "another", on: "/agents", in: all.bench)
        try all.approve(thenPass: 60)
        var looks = 0
        all.bench.redirect = { request in looks += request.query.contains { $0.name == "ids" } ? 1 : 0 }
        try all.pass(1_800)
        #expect((2..<80).contains(looks), "\(looks) looks in half an hour")
        #expect(all.bench.told.count("action.moved") < 10)
        all.bench.rewrite = nil
        try all.pass(400)
        #expect(try all.action().state == .confirmed, "what opens again is noticed")
    }

    @Test("a verdict that was turned between approval and attempt is respected", arguments: ["verdict", "status"])
    func flipped(deed: String) throws {
        var all = try Deployment()
        let threat = try #require(try all.bench.cases().values.first?.threats.first)
        let change =
            deed == "verdict" ? #""analystVerdict":"false_positive""# : #""incidentStatus":"resolved""#
        try all.bench.control("POST", "/people", #"{"do":"\#(deed)","threatId":"\#(threat)",\#(change)}"#)
        // ingest is away: only the look just before the call can tell.
        try all.bench.approve(all.action())
        try all.perform(40)
        #expect(try all.action().holding?.gate == .wanted, "\(all.note)")
        try all.pass(10)
        #expect(try all.action().state == .withdrawn, "and then the case was closed")
        #expect(try all.bench.writes() == 0)
    }

    @Test("a verdict is understood however the console spells it")
    func spelled() throws {
        var all = try Deployment()
        Self.replacing(
            #""analystVerdict":"undefined""#, with: #""analystVerdict":"False positive""#, on: "/threats", in: all.bench
        )
        try all.bench.approve(all.action())
        try all.perform(40)
        #expect(try all.action().holding?.gate == .wanted, "\(all.note)")
        #expect(try all.bench.writes() == 0)
    }

    @Test("a stop that arrives while the intent is being committed keeps the call from being made")
    func stopped() throws {
        var all = try Deployment()
        try all.bench.approve(all.action())
        // Between the intent's commit and its call.
        var isCalled = false
        try all.restart { [bench = all.bench] seam in
            guard seam == "perform.commit.intent.after", !isCalled else { return }
            isCalled = true
            try? bench.stop()
        }
        try all.pass(10)
        let entry = try all.action()
        #expect(entry.holding?.gate == .killSwitch || entry.state == .notStarted, "\(entry.note)")
        #expect(try all.bench.writes() == 0)
        try all.bench.call(.resume(all.bench.sign(.resume(stop: "stop-1", reason: "over"))))
        try all.pass(60)
        #expect(try all.action().state == .confirmed)
        #expect(try all.bench.writes() == 1)
    }

    @Test(
        "an intent that grew old on its way, or whose look did, is not followed by a call",
        arguments: [
            "intent", "look",
        ])
    func oldIntent(which: String) throws {
        var all = try Deployment { bench in
            if which == "intent" { (bench.limits.lookAge, bench.limits.caseAge) = (.seconds(60), .seconds(60)) }
            if which == "look" { bench.limits.intentAge = .seconds(60) }
        }
        try all.bench.approve(all.action())
        var waited = false
        try all.restart { [clock = all.bench.clock] seam in
            if seam == "perform.commit.intent.after", !waited {
                waited = true
                clock.advance(by: .seconds(6))
            }
        }
        try all.perform(6)
        #expect(try all.bench.writes() == 0)
        #expect(try all.action().state == .notStarted)
        try all.pass(30)
        #expect(try all.bench.writes() == 1)
    }

    @Test("an approval that expires while the action is held has to be given again")
    func approvalExpires() throws {
        var all = try Deployment()
        try all.bench.stop()
        try all.approve(for: .seconds(20), thenPass: 30)
        #expect(try all.action().state == .awaitingApproval)
        try all.bench.call(.resume(all.bench.sign(.resume(stop: "stop-1", reason: "over"))))
        try all.pass(30)
        #expect(try all.bench.writes() == 0)
        try all.approve()
        #expect(try all.action().state == .confirmed)
    }

    @Test("without a role nothing is done, and when it is back the action goes on", arguments: [401, 403])
    func role(status: Int) throws {
        var all = try Deployment()
        for route in ["user", "rbac/role"] {
            try all.bench.fault("status", on: route, times: 100_000, more: #","status":\#(status)"#)
        }
        try all.restart()
        try all.approve(thenPass: 60)
        #expect(try all.action().holding?.gate == .role)
        #expect(all.bench.told.count("role.unknown") < 10, "a failure is told, and not each second")
        #expect(try all.bench.writes() == 0)
        try all.bench.control("DELETE", "/faults")
        try all.pass(330)
        #expect(try all.action().state == .confirmed)
    }

    @Test("a token of another user, rotated in before the answer is known, does not hide the acceptance")
    func rotatedAfter() throws {
        var all = try Deployment { try $0.fault("lose-reply", on: isolate) }
        try all.approve(thenPass: 3)
        #expect(try all.bench.changes().count == 1)
        all.bench.writer.secret = all.bench.console.successorToken
        try all.pass(300)
        #expect(try all.action().state == .confirmed)
        #expect(try all.bench.writes() == 1)
    }

    @Test("a token of another user, rotated in before the call, is the user who is looked for afterwards")
    func rotatedBefore() throws {
        var all = try Deployment { try $0.fault("lose-reply", on: isolate) }
        try all.pass(2)
        all.bench.writer.secret = all.bench.console.successorToken
        try all.approve(thenPass: 300)
        #expect(try all.action().state == .confirmed)
        #expect(try all.bench.writes() == 1, "the acceptance of the token that made the call is found")
    }

    @Test("a person's own order is not taken for ours")
    func acceptanceOfAnother() throws {
        var all = try Deployment { try $0.fault("lose-request", on: isolate) }
        try all.approve(thenPass: 3)
        let entry = try all.action()
        #expect(entry.state == .unknown && entry.attempt?.number == 1)
        try all.bench.control("POST", "/people", #"{"do":"isolate","agentId":"\#(entry.request.target.endpoint)"}"#)
        try all.pass(300)
        #expect(try all.action().state == .alreadySo, "\(all.note)")
        #expect(try all.bench.changes().isEmpty)
    }

    @Test("a clock that is wrong stops everything before a call", arguments: [-120, 120])
    func clock(offset: Int) throws {
        var all = try Deployment()
        all.bench.consoleAhead = .seconds(offset)
        // A simulated clock never runs backwards: it stands until it is two minutes behind.
        try all.pass(130)
        try all.approve(thenPass: 30)
        #expect(try all.action().holding?.gate == .clock, "\(all.note)")
        #expect(try all.bench.writes() == 0)
    }

    @Test("no absence is proven by a clock that is wrong, and none by one that was put right meanwhile")
    func absenceNeedsAClock() throws {
        var all = try Deployment { bench in
            // Ours is 40 s ahead, as far as it may be and more.
            bench.consoleAhead = .seconds(-40)
            try bench.fault("lose-reply", on: isolate)
        }
        try all.pass(60)
        try all.approve(thenPass: 3)
        #expect(try all.bench.changes().count == 1)
        // The console's clock catches up with ours: what it recorded lies before our intent.
        all.bench.consoleAhead = .zero
        try all.pass(400)
        #expect(try all.bench.writes() == 1)
        #expect(try all.action().state == .unknown, "a person has to say: \(all.note)")
    }

    @Test("a clock that leaps a day ahead proves no absence")
    func leap() throws {
        var all = try Deployment { try $0.fault("lose-reply", on: isolate) }
        all.bench.rewrite = { request, answer in
            guard request.path.hasSuffix("/activities") else { return answer }
            return HTTPAnswer(
                status: 200, headers: answer.headers, body: Bytes(#"{"data":[],"pagination":{"nextCursor":null}}"#))
        }
        try all.approve(thenPass: 3)
        all.bench.clock.advance(by: .seconds(86_400))
        all.bench.consoleAhead = .seconds(-86_400)
        try all.pass(300)
        #expect(try all.action().state == .unknown, "\(all.note)")
        #expect(try all.bench.writes() == 1)
    }

    @Test("the wish of another console, and a target that is no id, are set aside")
    func wishes() throws {
        // Known to this deployment, and not the one under whose key it comes.
        let stranger = try #require(ConsoleID("us1"))
        var all = try Deployment { $0.otherConsoles = [stranger] }
        let request = try all.action().request
        let foreign = ActionRequest(
            id: ActionID("x"), kind: .isolate, console: stranger, subject: request.subject, target: request.target,
            origin: request.origin, reason: "r", needsApproval: true, requestedAt: all.bench.now)
        let odd = ActionTarget(endpoint: "host-7", uuid: "u", site: "5", name: "n")
        try all.bench.wish(
            .requested(
                ActionRequest(
                    id: ActionID("y"), kind: .isolate, console: all.bench.consoleID,
                    subject: Subject(console: all.bench.consoleID, .agent, "host-7"), target: odd,
                    origin: request.origin, reason: "r", needsApproval: true, requestedAt: all.bench.now)))
        var misplaced = all.bench.catalogue.actionsRequested.record(
            .requested(foreign), following: Cause(id: "misplaced", at: all.bench.now))
        misplaced.key = Bytes("eu1")
        try all.bench.append(misplaced)
        try all.pass(2)
        #expect(try all.bench.ledger().order == [request.id])
        #expect(try all.bench.records(all.bench.catalogue.deadLetters).count == 2)
    }

    @Test("an action for very many threats is looked at too: one that calls for it is enough")
    func many() throws {
        var all = try Deployment()
        let request = try all.action().request
        guard case .playbook(let playbook, let id, let generation, let threats) = request.origin else { return }
        let more = threats + (0..<230).map { "19000000000000\(10_000 + $0)" }
        let wish = ActionRequest(
            id: ActionID("many"), kind: .isolate, console: request.console, subject: request.subject,
            target: request.target, origin: .playbook(playbook, case: id, generation: generation, threats: more),
            reason: "r", needsApproval: true, requestedAt: all.bench.now)
        try all.bench.wish(.requested(wish))
        try all.pass(2)
        try all.bench.approve(all.entry(wish.id))
        try all.pass(10)
        #expect(try all.entry(wish.id).state == .confirmed)
    }

    @Test("a grant whose role is not named may be any: nothing is done with such a token")
    func namelessRole() throws {
        var all = try Deployment()
        Self.replacing(
            #""scopeRoles":["#, with: #""scopeRoles":[{"id":"5","roleName":"Guest"},"#, on: "/user", in: all.bench)
        try all.restart()
        try all.approve(thenPass: 20)
        #expect(try all.action().holding?.gate == .role, "\(all.note)")
        #expect(try all.bench.writes() == 0)
    }

    @Test("a dry run rehearses and calls nothing")
    func dryRun() throws {
        var all = try Deployment { $0.isDryRun = true }
        try all.pass(5)
        #expect(try all.action().state == .rehearsed)
        #expect(try all.bench.writes() == 0)
    }

    @Test("where the settings name no writer-token an action is held, says so, and asks the console nothing")
    func readOnly() throws {
        var all = try Deployment { $0.isReadOnly = true }
        try all.approve()
        try all.pass(5)
        #expect(try all.action().holding?.reason == "the settings name no writer-token for eu1", "\(all.note)")
        #expect(try all.bench.writes() == 0)
        #expect(try all.bench.records(all.bench.catalogue.deadLetters).isEmpty)
    }

    @Test("while the token cannot be read nothing is asked, and afterwards all goes on")
    func tokenAway() throws {
        var all = try Deployment()
        let token = all.bench.writer.secret
        all.bench.writer.secret = nil
        try all.approve()
        #expect(try all.bench.writes() == 0)
        all.bench.writer.secret = token
        try all.pass(20)
        #expect(try all.action().state == .confirmed)
    }
}
