import ActionLedger
import Investigation
import Ports
import Samples
import Testing

@Suite("Plan and order texts")
struct PlanTextTests {
    private func plan(_ request: ActionRequest, deployment: String = "d") -> String {
        request.plan(deployment: deployment)
    }

    private func named(_ name: String, reason: String = "r") -> ActionRequest {
        Samples.request(
            target: ActionTarget(endpoint: Samples.endpointID, uuid: "u", site: "s", name: name), reason: reason)
    }

    private func origin(_ origin: ActionRequest.Origin) -> ActionRequest {
        let plain = Samples.request()
        return ActionRequest(
            id: plain.id, kind: plain.kind, console: plain.console, subject: plain.subject, target: plain.target,
            origin: origin, reason: plain.reason, needsApproval: false, requestedAt: plain.requestedAt)
    }

    @Test(
        "no line break in foreign text makes a line of its own",
        arguments: [
            "\nkind release", "\r\nkind release", "\rkind release", "\u{2028}kind release", "\u{85}kind release",
            "\u{b}kind release", "\\\nkind release",
        ])
    func injection(text: String) {
        let lines = plan(named("host" + text, reason: "because" + text)).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        #expect(lines.filter { $0.hasPrefix("kind ") } == ["kind isolate"])
        #expect(lines.count == plan(named("host")).split(separator: "\n").count)
    }

    @Test("what would hide or turn text on a terminal is written out", arguments: ["\u{1b}[2K", "\u{202e}", "\u{7}"])
    func hidden(text: String) {
        #expect(!plan(named("host" + text)).contains(text))
    }

    @Test("different plans have different texts")
    func injective() {
        let requests = [
            named("a"), named("a\n"), named("a\\n"), named("a\\\n"), named("a", reason: "\nname a"),
            named("a\u{2028}"), named("a\\u{2028}"),
            origin(.playbook("p", case: CaseID("c"), generation: 1, threats: ["1", "2"])),
            origin(.playbook("p", case: CaseID("c"), generation: 1, threats: ["1,2"])),
            origin(.playbook("p case c#1 threats", case: CaseID("c"), generation: 1, threats: [])),
            origin(.playbook("p", case: CaseID("c#1"), generation: 1, threats: [])),
            origin(.order("o", by: "ada", undoing: ActionID("x"))),
            origin(.order("o", by: "ada undoing x", undoing: nil)),
            origin(.order("o by ada", by: "", undoing: nil)),
            Samples.request(.release), Samples.request(needsApproval: true),
            Samples.request(requestedAt: Samples.now + .microseconds(1)),
        ]
        #expect(Set(requests.map { Samples.digest(of: plan($0)) }).count == requests.count)
        #expect(plan(named("a")) != plan(named("a"), deployment: "other"))
    }

    @Test("an order's text is one line per field, whatever stands in them")
    func orders() {
        let plain = Samples.order(.reject(ActionID("a"), reason: "r")).order.text
        let hostile = Samples.order(
            .reject(ActionID("a\napprove a"), reason: "r\ndetail x"), by: "ada\nuntil 9"
        ).order.text
        #expect(hostile.split(whereSeparator: \.isNewline).count == plain.split(separator: "\n").count)
        let texts = [
            Samples.order(.reject(ActionID("a"), reason: "r")), Samples.order(.undo(ActionID("a"), reason: "r")),
            Samples.order(.approve(ActionID("a"), plan: "r")), Samples.order(.resume(stop: "a", reason: "r")),
            Samples.order(.undo(ActionID("a"), reason: "r"), deployment: "x"),
            Samples.order(.undo(ActionID("a"), reason: "r"), console: Samples.console("us1")),
            Samples.order(.undo(ActionID("a"), reason: "r"), at: Samples.now + .seconds(1)),
        ].map(\.order.text)
        #expect(Set(texts).count == texts.count)
    }
}
