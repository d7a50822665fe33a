import ActionLedger
import Investigation
import Playbook
import Ports
import Samples
import Testing

@Suite("Playbook")
struct PlaybookTests {
    private func plan(_ summary: CaseSummary, needsApproval: Bool = false) -> [ActionRequest] {
        Samples.containment(needsApproval: needsApproval).plan(for: summary, version: "3f9c", at: Samples.now)
    }

    @Test("an open malicious case with an endpoint gets its isolation, named after all that makes it")
    func plans() {
        let requests = plan(Samples.summary(), needsApproval: true)
        #expect(requests.count == 1)
        #expect(
            requests.first?.id.rawValue
                == "eu1.\(Samples.threatID)#1/contain@3f9c/isolate#1/\(Samples.endpointID)")
        #expect(requests.first?.kind == .isolate)
        #expect(requests.first?.target == Samples.target())
        #expect(requests.first?.needsApproval == true)
        #expect(
            requests.first?.origin
                == .playbook("contain@3f9c", case: Samples.caseID, generation: 1, threats: [Samples.threatID]))
    }

    @Test(
        "nothing else gets a plan",
        arguments: [
            Samples.summary(status: .closed), Samples.summary(status: .unopened), Samples.summary(verdict: .suspicious),
            Samples.summary(verdict: .benign), Samples.summary(verdict: .inconclusive), Samples.summary(verdict: nil),
            Samples.summary(endpoint: nil),
        ])
    func plansNothing(summary: CaseSummary) {
        #expect(plan(summary).isEmpty)
    }

    @Test(
        "an endpoint whose identity is not known, or is not the case's, gets no plan",
        arguments: [
            Samples.endpoint(uuid: ""), Samples.endpoint(site: ""), Samples.endpoint(id: "2190000000000000042"),
        ])
    func plansNoStranger(endpoint: EndpointFacts) {
        #expect(plan(Samples.summary(endpoint: endpoint)).isEmpty)
    }

    @Test("the playbook's text says whether an approval is needed, so its version does too")
    func textTells() {
        #expect(Samples.containment(needsApproval: true).text != Samples.containment(needsApproval: false).text)
    }
}
