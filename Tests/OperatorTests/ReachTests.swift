import Contracts
import Operator
import Samples
import Testing

@Suite("What is to be read or compared")
struct ReachTests {
    private static let (one, two) = (Samples.console("eu1"), Samples.console("eu2"))
    private static let signing = Command.Signing(keyFile: "k", name: nil)

    private static func reach(_ words: String...) throws -> Reach {
        try Reach(words, for: .sync, consoles: [one, two], reading: ObservedStream.allCases)
    }

    static let lines: [(line: String, order: Command.FeedOrder)] = [
        ("sync --key k", .init(.sync, signing: signing, patience: .seconds(60))),
        ("sync eu1 --key k --wait 7", .init(.sync, ["eu1"], signing: signing, patience: .seconds(7))),
        ("sync eu1 threats --last", .init(.sync, ["eu1", "threats"], signing: nil)),
        ("reconcile threats --key k --no-wait", .init(.reconcile, ["threats"], signing: signing)),
        ("reconcile --key k", .init(.reconcile, signing: signing, patience: .seconds(300))),
    ]

    @Test("a command line says what is ordered, of what, and how long it is waited for", arguments: lines)
    func commandLine(line: String, order: Command.FeedOrder) throws {
        #expect(try Invocation(line.split(separator: " ").map(String.init)).command == .feed(order))
    }

    static let misuses: [(line: String, sentence: String)] = [
        ("sync", "docket sync needs --key FILE (or DOCKET_KEY): orders are signed"),
        ("sync a b c --key k", "docket sync takes a console and a stream at most, found \"c\""),
        ("sync --last --key k", "--last orders nothing, and takes no --key"),
        ("reconcile --last --no-wait", "--last orders nothing, and takes no --no-wait"),
        ("sync --key k --wait 0", "--wait takes a whole number of seconds from 1 to 3600, found \"0\""),
        ("sync --key k --wait 5 --no-wait", "--wait and --no-wait exclude each other"),
        ("sync --key k --yes", "docket sync takes no --yes; see docket sync --help"),
        ("cases --wait 5", "docket cases takes no --wait; see docket cases --help"),
    ]

    @Test("each misuse has its sentence", arguments: misuses)
    func misuse(line: String, sentence: String) {
        #expect(throws: Invocation.Misuse(sentence: sentence)) {
            try Invocation(line.split(separator: " ").map(String.init))
        }
    }

    @Test("words name a console, a stream of all consoles, or one of one; nothing is all that is read")
    func reaches() throws {
        #expect(try Self.reach().consoles == [Self.one, Self.two] && Self.reach().stream == nil)
        #expect(try Self.reach("eu2").consoles == [Self.two])
        #expect(try Self.reach("alerts").consoles.count == 2 && Self.reach("alerts").stream == .alerts)
        let both = try Self.reach("eu1", "agents")
        #expect(both.consoles == [Self.one] && both.stream == .agents)
    }

    static let unknown: [(words: [String], wish: FeedWish, sentence: String, candidates: [String])] = [
        (["eu3", "threats"], .sync, "no console eu3 in the settings", ["eu1", "eu2"]),
        (["threat"], .sync, "threat is neither a console of the settings nor a stream", ["threats"]),
        (
            ["eu1", "rumours"], .sync, "no stream rumours",
            ["threats", "alerts", "activities", "agents", "groups"]
        ),
        (["groups"], .sync, "groups are not read: ingest.streams.groups.on is false in the settings", []),
        (
            ["eu1", "agents"], .reconcile,
            "agents have no comparison: the console does not count them by time of creation; docket sync has them read "
                + "whole", ["threats", "alerts", "activities"]
        ),
    ]

    @Test("what the settings do not have is refused before anything is signed, with what they have", arguments: unknown)
    func refusals(words: [String], wish: FeedWish, sentence: String, candidates: [String]) {
        #expect(throws: Refusal(sentence, candidates: candidates)) {
            try Reach(
                words, for: wish, consoles: [Self.one, Self.two], reading: [.threats, .alerts, .activities, .agents])
        }
    }
}
