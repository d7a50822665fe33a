import Investigation
import PipelineTesting
import Ports
import Samples
import Testing

@Suite("Investigation")
struct InvestigationTests {
    private func observe(
        _ threat: ThreatFacts, endpoint: EndpointFacts? = Samples.endpoint(), event: String = "e-1"
    ) -> Investigation.Command {
        .observe(threat, endpoint: endpoint, event: event, at: Samples.now)
    }

    /// Lets one case answer commands, holding after each that the same command again yields nothing.
    private func investigated(_ commands: [Investigation.Command]) -> (Investigation, [[Investigation.Event]]) {
        var investigation = Investigation()
        let answers = commands.map { command in
            let events = investigation.decide(command)
            for event in events { investigation.apply(event) }
            #expect(investigation.decide(command).isEmpty, "the same command again: \(command)")
            return events
        }
        return (investigation, answers)
    }

    @Test("the first threat opens the case, joins the endpoint, adds evidence and reaches a verdict")
    func opens() {
        let threat = Samples.threat()
        let (investigation, answers) = investigated([observe(threat)])
        #expect(answers[0].first == .opened(generation: 1, at: Samples.now, because: "e-1"))
        #expect(answers[0].contains(.endpointJoined(Samples.endpoint())))
        #expect(investigation.status == .open)
        #expect(investigation.verdict == .malicious)
        #expect(investigation.threats == [threat.id: threat])
    }

    @Test("every command twice yields events once")
    func idempotent() {
        let (_, answers) = investigated([
            observe(Samples.threat()),
            .noteAction("a", state: "held"),
            observe(Samples.threat(analystVerdict: "false_positive")),
            observe(Samples.threat(analystVerdict: "true_positive")),
            observe(Samples.threat(incidentStatus: "resolved")),
        ])
        #expect(answers.allSatisfy { !$0.isEmpty })
    }

    @Test("an action is noted only on a case that exists")
    func notesNothingUnopened() {
        #expect(Investigation().decide(.noteAction("a", state: "done")).isEmpty)
    }

    @Test("the fold of its events is the case")
    func foldIsState() {
        let commands = [
            observe(Samples.threat()), observe(Samples.threat(id: "2", hashVerdict: "")),
            observe(Samples.threat(incidentStatus: "resolved")),
            observe(Samples.threat(id: "2", incidentStatus: "resolved")),
            observe(Samples.threat(id: "2")),
        ]
        let (investigation, answers) = investigated(commands)
        var folded = Investigation()
        for event in answers.joined() { folded.apply(event) }
        #expect(folded == investigation)
    }

    @Test("a case closes when its last threat was ended at SentinelOne", arguments: ["resolved", "false_positive"])
    func closes(how: String) {
        func ended(_ id: String) -> ThreatFacts {
            how == "resolved"
                ? Samples.threat(id: id, incidentStatus: how) : Samples.threat(id: id, analystVerdict: how)
        }
        let (half, _) = investigated([
            observe(Samples.threat(id: "1")), observe(Samples.threat(id: "2")), observe(ended("1")),
        ])
        #expect(half.status == .open)
        let (whole, _) = investigated([
            observe(Samples.threat(id: "1")), observe(Samples.threat(id: "2")), observe(ended("1")),
            observe(ended("2")),
        ])
        #expect(whole.status == .closed)
        #expect(
            whole.closedBecause
                == (how == "resolved" ? "resolved at SentinelOne" : "false positive at SentinelOne"))
    }

    @Test("a threat that comes back opens a new generation")
    func reopens() {
        let (investigation, answers) = investigated([
            observe(Samples.threat()), observe(Samples.threat(incidentStatus: "resolved")), observe(Samples.threat()),
        ])
        #expect(answers[2].first == .opened(generation: 2, at: Samples.now, because: "e-1"))
        #expect(investigation.status == .open)
        #expect(investigation.generation == 2)
        #expect(investigation.closedBecause == nil)
    }

    @Test("a closed case whose threat changes and stays ended is not opened again")
    func staysClosed() {
        let (investigation, _) = investigated([
            observe(Samples.threat(incidentStatus: "resolved")),
            observe(Samples.threat(confidence: "suspicious", incidentStatus: "resolved")),
        ])
        #expect(investigation.status == .closed)
        #expect(investigation.generation == 1)
    }

    @Test("a new generation has no verdict until its own facts are weighed")
    func staleVerdictDoesNotSpeak() {
        var (investigation, _) = investigated([
            observe(Samples.threat()), observe(Samples.threat(incidentStatus: "resolved")),
        ])
        let events = investigation.decide(observe(Samples.threat(confidence: "suspicious", hashVerdict: "")))
        for event in events {
            investigation.apply(event)
            #expect(investigation.status != .open || investigation.verdict != .malicious, "after \(event)")
        }
        #expect(investigation.verdict == .inconclusive)
    }

    @Test("a threat that was ended before we saw it never makes an open malicious case")
    func endedFromTheStart() {
        var investigation = Investigation()
        for event in investigation.decide(observe(Samples.threat(incidentStatus: "resolved"))) {
            investigation.apply(event)
            #expect(investigation.status != .open || investigation.verdict != .malicious, "after \(event)")
        }
        #expect(investigation.status == .closed)
        #expect(investigation.verdict == .malicious)
    }

    @Test("threats of one case in any order end in the same verdict and status", arguments: 0..<50 as Range<UInt64>)
    func shuffled(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let threats = [
            Samples.threat(id: "1"), Samples.threat(id: "2", analystVerdict: "false_positive"),
            Samples.threat(id: "3", hashVerdict: ""), Samples.silentThreat(id: "4"),
        ]
        let (plain, _) = investigated(threats.map { observe($0) })
        let (shuffled, _) = investigated(threats.shuffled(using: &random).map { observe($0) })
        #expect(shuffled.verdict == plain.verdict)
        #expect(shuffled.status == plain.status)
        #expect(Set(shuffled.evidence) == Set(plain.evidence))
    }
}
