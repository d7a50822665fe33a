import JSONView
import Ports
import SentinelOne
import SimulatedConsole
import Testing

@Suite("The client meets a console that lies")
struct LiedToTests {
    /// Lies about one field of a row, and the fields that each is told about.
    private static let aboutRows =
        [
            "field-null", "field-missing", "field-retyped", "time-1970", "time-far-future", "invalid-utf8",
            "lone-surrogate", "nul", "long-text", "deep-nesting", "duplicate-key", "unknown-value",
        ].flatMap { kind in ["threatName", "updatedAt", "id"].map { (kind, $0) } } + [("time-backwards", "updatedAt")]

    private func encounter() -> Encounter {
        var encounter = Encounter {
            $0.agents = 30
            $0.history = 60
        }
        encounter.pass(.seconds(60))
        return encounter
    }

    @Test(
        "a lie about some rows never costs the others, whatever it is about", arguments: aboutRows)
    func rows(kind: String, field: String) throws {
        var honest = encounter()
        let all = try honest.walk(Query<Threats>()).pages.flatMap(\.items)
        var encounter = encounter()
        try encounter.fault(
            #"{"route":"threats","kind":"\#(kind)","rows":30\#(Self.takesField(kind, field))}"#)
        let page = try Page(
            encounter.ask(encounter.console.list(Query<Threats>())), of: .threats, from: encounter.console)
        #expect(page.rowCount == all.count)
        let honestBytes = Dictionary(all.map { ($0.index, $0) }) { first, _ in first }
        var untouched = 0
        for item in page.items where item.bytes == honestBytes[item.index]?.bytes {
            untouched += 1
            #expect(item.id == honestBytes[item.index]?.id)
        }
        #expect(untouched > 0 && untouched < all.count, "\(untouched) of \(all.count) are as they were")
        for item in page.items { _ = try? ThreatFact(parsing: item.bytes) }
    }

    private static func takesField(_ kind: String, _ field: String) -> String {
        let size = ["long-text": #","bytes":1000000"#, "deep-nesting": #","depth":10000"#][kind] ?? ""
        return #","field":"\#(field)""# + size
    }

    @Test(
        "ids as numbers, flags as text and fields from nowhere are read as what they mean",
        arguments: ["numeric-ids", "text-flags", "field-extra"])
    func otherwise(kind: String) throws {
        var honest = encounter()
        let (expected, _) = try honest.walk(Query<Agents>())
        var encounter = encounter()
        try encounter.fault(#"{"route":"agents","kind":"\#(kind)","times":100}"#)
        let (told, end) = try encounter.walk(Query<Agents>())
        #expect(end == .end)
        #expect(told.flatMap(\.unreadable).isEmpty)
        #expect(told.flatMap(\.items).map(\.id) == expected.flatMap(\.items).map(\.id))
        for (told, expected) in zip(told.flatMap(\.items), expected.flatMap(\.items)) {
            #expect(try AgentState(parsing: told.bytes) == AgentState(parsing: expected.bytes))
        }
    }

    @Test("addresses in one text are several addresses")
    func addresses() throws {
        var honest = encounter()
        let expected = try honest.walk(Query<Threats>()).pages.flatMap(\.items)
        var encounter = encounter()
        try encounter.fault(#"{"route":"threats","kind":"joined-addresses","times":100}"#)
        for (told, expected) in zip(try encounter.walk(Query<Threats>()).pages.flatMap(\.items), expected) {
            #expect(told.bytes != expected.bytes)
            let (joined, single) = (
                try ThreatFact(parsing: told.bytes).now.addresses,
                try ThreatFact(parsing: expected.bytes).now.addresses
            )
            #expect(joined.allSatisfy { !$0.contains(",") } && Set(joined).isSuperset(of: single))
        }
    }

    @Test(
        "a walk that is led round or cut short ends with what to do, and never goes on for ever",
        arguments: [
            ("cursor-loop", Walk.Step.beginAgain(.cursorRepeated)), ("expired-cursor", .beginAgain(.cursorExpired)),
            ("cursor-null", .end), ("cursor-empty", .end), ("cursor-null-text", .end), ("no-pagination", .end),
        ])
    func walks(kind: String, expected: Walk.Step) throws {
        var encounter = encounter()
        try encounter.fault(#"{"route":"threats","kind":"\#(kind)","times":1000}"#)
        let (pages, end) = try encounter.walk(Query<Threats>(limit: 10))
        #expect(end == expected || expected == .beginAgain(.cursorRepeated) && end == .beginAgain(.rowsRepeated))
        #expect(pages.count <= 4)
    }

    @Test("rows that change while they are walked over are seen, the others once")
    func shifting() throws {
        var encounter = encounter()
        let before = try encounter.walk(Query<Threats>()).pages.flatMap(\.items)
        try encounter.fault(#"{"route":"threats","kind":"page-shift","times":5}"#)
        let (pages, end) = try encounter.walk(Query<Threats>(when: .since(.updatedAt, .zero), limit: 10))
        #expect(end == .end)
        #expect(Set(pages.flatMap(\.items).map(\.id)).isSuperset(of: before.map(\.id)))
    }

    @Test(
        "whatever is answered in the place of a page is a problem with its remedy",
        arguments: [
            (#""kind":"rate-limited","body":"html""#, ReadProblem.Kind.throttled),
            (#""kind":"status","status":500"#, .console), (#""kind":"status","status":502,"body":"html""#, .console),
            (#""kind":"status","status":200,"body":"login""#, .unintelligible),
            (#""kind":"errors-beside""#, .console), (#""kind":"status","status":401"#, .unauthenticated),
            (#""kind":"forbidden","reason":"permission""#, .permission),
            (#""kind":"forbidden","reason":"scope""#, .scope), (#""kind":"forbidden","reason":"licence""#, .licence),
            (#""kind":"status","status":404"#, .absent), (#""kind":"redirect""#, .console),
            (#""kind":"empty-body""#, .unintelligible), (#""kind":"cut-body""#, .unreachable),
            (#""kind":"lose-reply""#, .unreachable), (#""kind":"garbage""#, .unreachable),
            (#""kind":"wrong-length""#, .unreachable),
        ])
    func problems(fault: String, kind: ReadProblem.Kind) throws {
        var encounter = encounter()
        try encounter.fault(#"{"route":"threats",\#(fault)}"#)
        let request = encounter.console.list(Query<Threats>())
        #expect {
            try Page(encounter.ask(request), of: .threats, from: encounter.console)
        } throws: { error in
            guard let problem = error as? ReadProblem else { return false }
            #expect(problem.kind == kind, "\(problem)")
            #expect(!"\(problem)".contains(encounter.console.token.reveal()))
            return true
        }
    }
}
