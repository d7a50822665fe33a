import Investigation
import Ports
import Samples
import Testing

@Suite("Cases")
struct CasesTests {
    private func cases(_ threats: ThreatFacts...) -> Cases {
        var cases = Cases()
        for threat in threats {
            let id = cases.home(of: threat, console: Samples.console())
            for event in cases[id].decide(.observe(threat, endpoint: nil, event: "e", at: Samples.now)) {
                cases.apply(event, to: id)
            }
        }
        return cases
    }

    private func home(_ threat: ThreatFacts, in cases: Cases) -> String {
        cases.home(of: threat, console: Samples.console()).rawValue
    }

    @Test("a threat with nothing in common gets a case named after it")
    func ownCase() {
        let known = cases(Samples.threat(id: "1", storyline: "a"))
        #expect(home(Samples.threat(id: "2", storyline: "b"), in: known) == "eu1.2")
    }

    @Test("the same storyline joins an open case")
    func sameStoryline() {
        #expect(home(Samples.threat(id: "2"), in: cases(Samples.threat(id: "1"))) == "eu1.1")
    }

    @Test("the same file joins an open case")
    func sameFile() {
        let known = cases(Samples.threat(id: "1", storyline: "a", contentHash: "abc"))
        #expect(home(Samples.threat(id: "2", storyline: "b", contentHash: "abc"), in: known) == "eu1.1")
    }

    @Test("an empty storyline or hash relates nothing")
    func emptyRelatesNothing() {
        let known = cases(Samples.threat(id: "1", storyline: ""))
        #expect(home(Samples.threat(id: "2", storyline: ""), in: known) == "eu1.2")
    }

    @Test("a closed case takes back its own threat, and no new one")
    func closedCase() {
        let known = cases(Samples.threat(id: "1", incidentStatus: "resolved"))
        #expect(home(Samples.threat(id: "1"), in: known) == "eu1.1")
        #expect(home(Samples.threat(id: "2"), in: known) == "eu1.2")
    }

    @Test("a threat stays in the case that has it, whatever it came to share with another")
    func staysHome() {
        let known = cases(Samples.threat(id: "1", storyline: "a"), Samples.threat(id: "2", storyline: "b"))
        #expect(home(Samples.threat(id: "2", storyline: "a"), in: known) == "eu1.2")
    }

    @Test(
        "a subject's text is read back as it was written, and nothing else is",
        arguments: [
            ("eu1", true), ("eu1/agent/41", true), ("eu1/site/9", true), ("EU1", false), ("eu1/agent/", false),
            ("eu1/host/41", false), ("eu1/agent/4/1", false), ("", false),
        ])
    func subjects(text: String, isOne: Bool) {
        #expect((Subject(text)?.rawValue == text) == isOne)
    }
}
