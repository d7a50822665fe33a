import Contracts
import Foundation
import Operator
import Testing

@Suite("Command lines")
struct CommandLineTests {
    private static func parsed(_ line: String, _ environment: [String: String] = [:]) throws -> Invocation {
        try Invocation(line.split(separator: " ").map(String.init), environment: environment)
    }

    private static let signing = Command.Signing(keyFile: "k", name: nil)

    static let table: [(line: String, command: Command)] = [
        ("", .help(nil)), ("cases", .cases), ("case eu1.1", .showCase("eu1.1")), ("actions", .actions(all: false)),
        ("actions --all", .actions(all: true)), ("action a", .showAction("a")),
        ("approve a --key k", .approve("a", signing, hours: 1)),
        ("approve a --key=k --hours=72 --yes --no-wait", .approve("a", signing, hours: 72)),
        ("approve a --key k --as ada", .approve("a", Command.Signing(keyFile: "k", name: "ada"), hours: 1)),
        ("reject a --key k --reason no", .reject("a", signing, reason: "no")),
        ("undo --reason no --key k a", .undo("a", signing, reason: "no")),
        ("stop --reason now", .stop(console: nil, reason: "now")),
        ("stop --console eu1 --reason=--x", .stop(console: "eu1", reason: "--x")),
        ("resume s --key k --reason over", .resume("s", signing, reason: "over")),
        ("key create f", .createKey(file: "f")), ("key show f", .showKey(file: "f")), ("check --json", .check),
        ("check --connect", .connect(.init(console: nil, isStrict: false))),
        ("check --connect eu1 --strict", .connect(.init(console: "eu1", isStrict: true))),
        ("topics list", .topics(.list)), ("topics plan", .topics(.plan(copies: nil))),
        ("topics apply --replication-factor 3", .topics(.apply(copies: 3))),
        ("topics acls", .topics(.acls(asCommands: false, principals: [:]))),
        (
            "topics acls --commands --principal ingest=User:CN=a,O=b --principal docket=User:op",
            .topics(.acls(asCommands: true, principals: [.ingest: "User:CN=a,O=b", .docket: "User:op"]))
        ), ("read threats", .read(Command.Reading("threats"))),
        ("read threats --from start", .read(Command.Reading("threats"))),
        ("read threats --follow --from end", .read(Command.Reading("threats", follows: true, isFromEnd: true))),
        ("read --group siem threats --count 7", .read(Command.Reading("threats", group: "siem", count: 7))),
        ("status", .status), ("help", .help(nil)), ("help json", .help("json")),
        ("approve --help", .help("approve")),
        ("-h", .help(nil)), ("--version", .version),
    ]

    @Test("each verb is read", arguments: table)
    func verb(line: String, command: Command) throws {
        #expect(try Self.parsed(line).command == command)
    }

    static let misuses: [(line: String, sentence: String)] = [
        ("aprove a --key k", "unknown command \"aprove\"; did you mean approve?"),
        ("frobnicate", "unknown command \"frobnicate\"; docket --help lists what there is"),
        ("cases --jsn", "unknown option --jsn; did you mean --json?"),
        ("cases -x", "unknown option -x; docket --help lists what there is"),
        ("cases more", "docket cases takes no further word, found \"more\""),
        ("cases --all", "docket cases takes no --all; see docket cases --help"),
        ("cases --key k", "docket cases takes no --key; see docket cases --help"),
        ("stop --reason r --hours 2", "docket stop takes no --hours; see docket stop --help"),
        ("check eu1", "docket check takes no further word, found \"eu1\""),
        ("check --strict", "--strict goes with --connect; see docket check --help"),
        ("check --connect a b", "docket check --connect takes one console at most, found \"b\""),
        ("case", "docket case takes one case id; see docket case --help"),
        ("case a b", "docket case takes one case id; see docket case --help"),
        ("approve a", "docket approve needs --key FILE (or DOCKET_KEY): orders are signed"),
        ("approve --key k", "docket approve takes one action id; see docket approve --help"),
        ("approve a --key", "--key needs a value"), ("approve a --key --yes", "--key needs a value"),
        ("approve a --key= --yes", "--key needs a value"),
        ("approve a --key k --key l", "--key stands there twice"),
        ("approve a --key k --hours 0", "--hours takes a whole number from 1 to 72, found \"0\""),
        ("approve a --key k --hours 73", "--hours takes a whole number from 1 to 72, found \"73\""),
        ("approve a --key k --hours soon", "--hours takes a whole number from 1 to 72, found \"soon\""),
        ("approve a --key k --yes=no", "--yes takes no value"),
        ("reject a --key k", "docket reject needs --reason TEXT: it stands in the record"),
        ("undo a --key k", "docket undo needs --reason TEXT: it stands in the record"),
        ("stop", "docket stop needs --reason TEXT: it stands in the record"),
        ("resume s --reason r", "docket resume needs --key FILE (or DOCKET_KEY): orders are signed"),
        ("key", "docket key takes create FILE or show FILE"),
        ("key delete f", "docket key takes create FILE or show FILE, found \"delete\""),
        ("topics", "docket topics takes one of list, plan, apply, acls; see docket topics --help"),
        ("topics delete", "docket topics takes one of list, plan, apply, acls; see docket topics --help"),
        ("topics list --commands", "docket topics list takes no --commands; see docket topics --help"),
        ("topics plan --principal a=User:b", "docket topics plan takes no --principal; see docket topics --help"),
        (
            "topics acls --replication-factor 3",
            "docket topics acls takes no --replication-factor; see docket topics --help"
        ),
        ("topics acls --json --commands", "--commands and --json exclude each other"),
        (
            "topics apply --replication-factor 0",
            "--replication-factor takes a whole number from 1 to 9, found \"0\""
        ),
        (
            "topics acls --principal console=User:x",
            "--principal takes PROGRAM=TYPE:NAME, PROGRAM one of ingest, enrich, playbook, docket, found "
                + "\"console=User:x\""
        ),
        (
            "topics acls --principal ingest=x",
            "--principal takes PROGRAM=TYPE:NAME, as in ingest=User:docket-ingest, found \"ingest=x\""
        ),
        ("topics acls --principal ingest=User:x --principal ingest=User:y", "--principal names ingest twice"),
        ("read", "docket read takes one topic; see docket read --help"),
        ("read a b", "docket read takes one topic; see docket read --help"),
        ("read a --from middle", "--from takes start or end, found \"middle\""),
        ("read a --from end", "--from end needs --follow: nothing lies behind the end yet"),
        (
            "read a --group g --from start",
            "--from and --group exclude each other: a group goes on where it has come to"
        ),
        ("read a --count 0", "--count takes a whole number from 1 on, found \"0\""),
        ("cases --group g", "docket cases takes no --group; see docket cases --help"),
        ("help aprove", "no help on \"aprove\"; did you mean approve?"),
    ]

    @Test("each misuse has its sentence, and the word that was probably meant", arguments: misuses)
    func misuse(line: String, sentence: String) {
        #expect(throws: Invocation.Misuse(sentence: sentence)) { try Self.parsed(line) }
    }

    @Test("the environment names settings and key, and options go before it")
    func environment() throws {
        let environment = ["DOCKET_SETTINGS": "e.yaml", "DOCKET_KEY": "e.key"]
        #expect(try Self.parsed("cases").settings == "docket.yaml")
        #expect(try Self.parsed("cases", ["DOCKET_SETTINGS": ""]).settings == "docket.yaml")
        #expect(try Self.parsed("cases", environment).settings == "e.yaml")
        #expect(try Self.parsed("cases --settings o.yaml", environment).settings == "o.yaml")
        let approval = try Self.parsed("approve a", environment).command
        #expect(approval == .approve("a", Command.Signing(keyFile: "e.key", name: nil), hours: 1))
    }

    @Test("a reason may be long, and no novel")
    func longReason() {
        func invocation(_ count: Int) throws -> Invocation {
            try Invocation(["stop", "--reason", String(repeating: "r", count: count)])
        }
        #expect(throws: Never.self) { try invocation(1_000) }
        #expect(throws: Invocation.Misuse.self) { try invocation(1_001) }
    }

    @Test(
        "help has a page on everything it names",
        arguments: [
            "cases", "case", "actions", "action", "approve", "reject", "undo", "stop", "resume", "key", "topics",
            "read", "status", "sync", "reconcile", "check", "json", "exit-codes",
        ])
    func pages(topic: String) throws {
        try Golden.expect(Manual.page(on: topic), is: "help-\(topic).txt")
        #expect(Manual.page(on: topic) != Manual.page(on: nil))
    }

    @Test("the exit codes in the manual are the ones there are", arguments: Complaint.Kind.allCases)
    func exitCodes(kind: Complaint.Kind) {
        #expect(Manual.page(on: "exit-codes").contains("\n\(kind.rawValue) "))
        #expect(Manual.page(on: "json").contains(kind.word))
    }

    @Test("an error is lines for a person and one object for a script")
    func complaints() throws {
        let complaint = Complaint(Refusal("9041 stands for 2 actions", candidates: ["a1", "a2"]))
        #expect(complaint.text(json: false) == "docket: 9041 stands for 2 actions\n  a1\n  a2\n")
        let expected =
            #"{"error":{"code":"refused","exit":1,"sentences":["9041 stands for 2 actions"],"candidates":["a1","a2"]}}"#
        #expect(complaint.text(json: true) == expected + "\n")
        #expect(Invocation.wantsJSON(["frobnicate", "--json"]))
    }
}
