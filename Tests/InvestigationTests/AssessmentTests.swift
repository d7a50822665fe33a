import Investigation
import Ports
import Samples
import Testing

@Suite("Assessment")
struct AssessmentTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let threat: ThreatFacts
        let verdict: Verdict
        let kinds: Set<String>

        init(_ why: String, _ verdict: Verdict, _ kinds: Set<String>, _ change: (inout ThreatFacts) -> Void) {
            var threat = ThreatFacts(id: "1")
            change(&threat)
            testDescription = why
            self.threat = threat
            self.verdict = verdict
            self.kinds = kinds
        }
    }

    static let eicar = "3395856ce81f2b7382dee72602f798b642f14140"
    static let rules = [
        Row("missing context is inconclusive", .inconclusive, []) { _ in },
        Row("engine severity alone never makes malicious", .suspicious, ["engine-malicious"]) {
            $0.confidence = "malicious"
        },
        Row("an engine's suspicion alone is inconclusive", .inconclusive, ["engine-suspicious"]) {
            $0.confidence = "suspicious"
        },
        Row("a known bad hash alone is suspicious", .suspicious, ["hash-known-bad"]) { $0.hashVerdict = "black" },
        Row("behaviour alone is suspicious", .suspicious, ["behaviour"]) { $0.indicators = 40 },
        Row("engine and hash make malicious", .malicious, ["engine-malicious", "hash-known-bad"]) {
            $0.confidence = "malicious"
            $0.hashVerdict = "black"
        },
        Row("engine and behaviour make malicious", .malicious, ["engine-malicious", "behaviour"]) {
            $0.confidence = "malicious"
            $0.indicators = 1
        },
        Row("a signature speaks against the engine", .inconclusive, ["engine-malicious", "valid-signature"]) {
            $0.confidence = "malicious"
            $0.signed = true
        },
        Row(
            "an analyst's false positive is not overwritten by an engine", .benign,
            ["analyst-false-positive", "engine-malicious", "hash-known-bad", "behaviour"]
        ) {
            $0.analystVerdict = "false_positive"
            $0.confidence = "malicious"
            $0.hashVerdict = "black"
            $0.indicators = 9
        },
        Row("an analyst's true positive decides alone", .malicious, ["analyst-true-positive", "valid-signature"]) {
            $0.analystVerdict = "true_positive"
            $0.signed = true
        },
        Row("EICAR is a benign test", .benign, ["known-test", "engine-malicious", "hash-known-bad"]) {
            $0.contentHash = eicar
            $0.confidence = "malicious"
            $0.hashVerdict = "black"
        },
        Row("a file named EICAR is no test", .suspicious, ["engine-malicious"]) {
            $0.name = "EICAR-Test-File"
            $0.confidence = "malicious"
        },
        Row("values of tomorrow say nothing", .inconclusive, []) {
            $0.analystVerdict = "certainly"
            $0.confidence = "n/a"
            $0.hashVerdict = "grey"
        },
    ]

    @Test("each rule finds its evidence and the verdict that follows", arguments: rules)
    func rule(row: Row) {
        let evidence = Assessment.evidence(in: row.threat, event: "e-1")
        #expect(Set(evidence.map(\.kind)) == row.kinds)
        #expect(Assessment.verdict(on: evidence, of: ["1"]).verdict == row.verdict)
        #expect(evidence.allSatisfy { $0.provenance.event == "e-1" && $0.threat == "1" })
    }

    @Test("a known test is told by its content, and says so")
    func provenanceOfKnownTest() {
        let evidence = Assessment.evidence(in: ThreatFacts(id: "1", contentHash: Self.eicar), event: "e")
        #expect(evidence.first?.provenance.field == "threatInfo.sha1")
    }

    @Test("clearing one threat does not hide another")
    func clearingHidesNothing() {
        let cleared = Samples.threat(id: "1", analystVerdict: "false_positive")
        let bad = Samples.threat(id: "2")
        let evidence = [cleared, bad].flatMap { Assessment.evidence(in: $0, event: "e") }
        #expect(Assessment.verdict(on: evidence, of: ["1", "2"]).verdict == .malicious)
    }

    @Test("clearing one threat does not clear another that nothing is known of")
    func silenceIsNotBenign() {
        var investigation = Investigation()
        for threat in [Samples.threat(id: "1", analystVerdict: "false_positive"), Samples.silentThreat(id: "2")] {
            for event in investigation.decide(.observe(threat, endpoint: nil, event: "e", at: Samples.now)) {
                investigation.apply(event)
            }
        }
        #expect(investigation.verdict == .inconclusive)
    }

    @Test("contradicting evidence comes first")
    func contradictionFirst() {
        let threat = ThreatFacts(id: "1", confidence: "malicious", hashVerdict: "black", signed: true)
        let because = Assessment.verdict(on: Assessment.evidence(in: threat, event: "e")).because
        #expect(because.map(\.kind) == ["valid-signature", "engine-malicious", "hash-known-bad"])
    }

    @Test("evidence that a newer version no longer gives is withdrawn, with the verdict")
    func withdrawn() {
        var investigation = Investigation()
        func observe(_ threat: ThreatFacts) -> [Investigation.Event] {
            let events = investigation.decide(.observe(threat, endpoint: nil, event: "e", at: Samples.now))
            for event in events { investigation.apply(event) }
            return events
        }
        _ = observe(Samples.threat())
        let events = observe(Samples.threat(hashVerdict: ""))
        #expect(events.contains(.evidenceWithdrawn(kind: "hash-known-bad", threat: Samples.threatID)))
        #expect(investigation.verdict == .suspicious)
    }
}
