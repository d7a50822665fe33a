import Contracts
import Foundation
import Operator
import Ports
import Testing

@Suite("Topics of a cluster, planned")
struct TopicTests {
    static let catalogue = Catalogue(deployment: "production")

    /// As `apply` would have made it on so many brokers.
    static func made(_ topic: TopicDeclaration, copies: Int = 3) -> TopicFound {
        let settings = topic.settings.merging([.copiesInSync: copies >= 3 ? "2" : "1"]) { $1 }
        return TopicFound(
            partitions: topic.partitions, copies: copies, settings: settings,
            own: Dictionary(uniqueKeysWithValues: settings.map { ($0.key.rawValue, $0.value) }))
    }

    static func found(copies: Int = 3) -> [String: TopicFound] {
        Dictionary(uniqueKeysWithValues: catalogue.declarations.map { ($0.name, made($0, copies: copies)) })
    }

    /// The topic `name`, changed.
    static func found(
        _ name: String, _ settings: [TopicSetting: String] = [:], partitions: Int32? = nil, copies: Int = 3,
        tellsAll: Bool = true
    ) -> [String: TopicFound] {
        var all = found()
        guard let was = all["docket." + name] else { return all }
        all["docket." + name] = TopicFound(
            partitions: partitions ?? was.partitions, copies: copies, settings: was.settings.merging(settings) { $1 },
            own: was.own, tellsAll: tellsAll)
        return all
    }

    static func plan(_ found: [String: TopicFound], copies: Int? = nil) -> TopicPlan {
        TopicPlan(catalogue, found: found, copies: copies)
    }

    @Test("a cluster as apply makes it needs nothing more")
    func nothing() {
        let plan = Self.plan(Self.found())
        #expect(plan.exitCode == 0)
        #expect(plan.findings.isEmpty && plan.creations.isEmpty && plan.corrections.isEmpty)
        #expect(plan.lines.allSatisfy { $0.state == .present })
    }

    @Test("what is missing is made as the catalogue has it, and what is written is on two of three copies")
    func missing() {
        let plan = Self.plan([:], copies: 3)
        #expect(plan.exitCode == 2)
        #expect(plan.creations.map(\.name) == Self.catalogue.declarations.map(\.name))
        #expect(plan.creations.allSatisfy { $0.settings[.copiesInSync] == "2" })
        #expect(Self.plan([:], copies: 1).creations.allSatisfy { $0.settings[.copiesInSync] == "1" })
        #expect(Self.plan([:]).creations == Self.catalogue.declarations)
        #expect(plan.lines.allSatisfy { $0.state == .missing })
    }

    static let dangers: [(topic: String, setting: TopicSetting, found: String, wanted: String)] = [
        ("actions.ledger", .retention, "604800000", "-1"), ("investigations", .retentionBytes, "1000000", "-1"),
        ("playbook.runs", .cleanup, "compact", "delete"), ("feeds.cursors", .cleanup, "compact,delete", "compact"),
        ("controls", .cleanup, "delete", "compact"), ("agents.observed", .cleanup, "compact,delete", "compact"),
        ("orders.consoles", .cleanup, "compact", "delete"),
        ("threats.observed", .timeIs, "CreateTime", "LogAppendTime"),
        ("investigations", .timeAhead, "3600000", String(Int64.max)),
        ("threats.enriched", .recordBytes, "1048588", "2097152"),
        ("actions.ledger", .uncleanElection, "true", "false"), ("actions.ledger", .copiesInSync, "1", "2"),
    ]

    @Test("a setting that endangers a guarantee is set right, and nothing else is touched", arguments: dangers)
    func danger(topic: String, setting: TopicSetting, found: String, wanted: String) {
        let plan = Self.plan(Self.found(topic, [setting: found]))
        #expect(plan.exitCode == 2)
        #expect(plan.corrections.map(\.topic) == ["docket." + topic])
        #expect(plan.corrections.first?.settings == [setting: wanted])
        #expect(plan.creations.isEmpty && plan.refusals.isEmpty)
        #expect(plan.lines.filter { $0.state == .differs }.map(\.declaration.name) == ["docket." + topic])
    }

    @Test("what cannot be set without resetting what brokers hide is left to a person", arguments: dangers)
    func hidden(topic: String, setting: TopicSetting, found: String, wanted: String) throws {
        let plan = Self.plan(Self.found(topic, [setting: found], tellsAll: false))
        #expect(plan.exitCode == 1)
        #expect(plan.corrections.isEmpty)
        let text = TopicReport(on: Paper()).plan(plan)
        #expect(text.contains("--entity-name docket.\(topic) --add-config \(setting.rawValue)=\(wanted)\n"))
    }

    static let generous: [(topic: String, setting: TopicSetting, found: String)] = [
        ("threats.observed", .retention, "-1"), ("threats.observed", .retention, "9999999999"),
        ("threats.enriched", .recordBytes, "9999999"), ("controls", .retention, "1000"),
        ("actions.ledger", .segmentBytes, "1000"),
    ]

    @Test("what promises more than is planned, or nothing, is left alone", arguments: generous)
    func harmless(topic: String, setting: TopicSetting, found: String) {
        let plan = Self.plan(Self.found(topic, [setting: found]))
        #expect(plan.findings.isEmpty && plan.exitCode == 0)
    }

    static let notable: [(topic: String, setting: TopicSetting, found: String, words: String)] = [
        ("threats.observed", .retention, "3600000", "keeps records for 1h"),
        ("orders.consoles", .retentionBytes, "5000", "keeps 5000 bytes a partition"),
        ("actions.ledger", .timeIs, "LogAppendTime", "dates records by their arrival"),
        ("controls", .segmentAge, "604800000", "only a start takes longer"),
        ("controls", .copiesInSync, "3", "one broker that is away stops it"),
    ]

    @Test("what is a person's choice is told, and changed by nobody", arguments: notable)
    func note(topic: String, setting: TopicSetting, found: String, words: String) {
        let plan = Self.plan(Self.found(topic, [setting: found]))
        #expect(plan.exitCode == 0)
        #expect(plan.findings.map(\.kind) == [.note])
        #expect(plan.findings.first?.sentence.contains(words) == true)
    }

    @Test("a topic that nobody could write is refused, with the command")
    func unwritable() {
        let plan = Self.plan(Self.found("controls", [.copiesInSync: "2"], copies: 1))
        #expect(plan.exitCode == 1)
        #expect(plan.refusals.map(\.topics) == [["docket.controls"]])
        #expect(TopicReport(on: Paper()).plan(plan).contains("--add-config min.insync.replicas=1"))
    }

    @Test("while topics with one key differ in partitions, nothing at all is done")
    func uneven() {
        var found = Self.found("investigations", partitions: 6)
        found["docket.threats.observed"] = nil
        found["docket.actions.ledger"] = Self.found("actions.ledger", [.retention: "1"])["docket.actions.ledger"]
        let plan = Self.plan(found)
        #expect(plan.exitCode == 1)
        #expect(plan.creations.isEmpty && plan.corrections.isEmpty)
        #expect(plan.refusals.map(\.topics) == [["docket.investigations"]])
        #expect(plan.refusals.first?.sentence.contains("; 6 on docket.investigations") == true)
    }

    @Test("controls with a second partition is refused: a resume could be read before its stop")
    func controls() {
        let plan = Self.plan(Self.found("controls", partitions: 2))
        #expect(plan.exitCode == 1 && plan.corrections.isEmpty)
    }

    @Test("apply does what is planned, in order, and nothing beside it")
    func applied() throws {
        final class Cluster: TopicAdministering {
            var calls: [String] = []
            func describe(_ names: [String]) throws(LogFailure) -> [String: TopicFound] { [:] }
            func create(_ topics: [TopicDeclaration], copies: Int?) throws(LogFailure) -> [String] {
                calls.append("create \(topics.map(\.name)) \(copies ?? 0)")
                return topics.map(\.name)
            }
            func correct(
                _ name: String, found: TopicFound, to settings: [TopicSetting: String]
            ) throws(LogFailure) {
                calls.append("correct \(name) \(settings.map { "\($0.key.rawValue)=\($0.value)" })")
            }
        }
        var found = Self.found("actions.ledger", [.retention: "1"])
        found["docket.controls"] = nil
        let cluster = Cluster()
        let done = try TopicsDone(applying: Self.plan(found, copies: 3), to: cluster)
        #expect(
            cluster.calls == [
                #"create ["docket.controls"] 3"#, #"correct docket.actions.ledger ["retention.ms=-1"]"#,
            ])
        #expect(done.created == ["docket.controls"])
    }

    @Test("what is planned and done is told like this")
    func told() throws {
        let report = TopicReport(on: Paper())
        var found = Self.found("actions.ledger", [.retention: "604800000", .cleanup: "compact"])
        found["docket.controls"] = nil
        found["docket.threats.observed"] =
            Self.found("threats.observed", [.retention: "3600000"])["docket.threats.observed"]
        found["docket.feeds.cursors"] = Self.found("feeds.cursors", [.copiesInSync: "4"])["docket.feeds.cursors"]
        let mixed = Self.plan(found, copies: 3)
        let uneven = Self.plan(Self.found("investigations", partitions: 6))
        for (name, plan) in [
            ("missing", Self.plan([:], copies: 3)), ("mixed", mixed), ("uneven", uneven),
            ("alone", Self.plan(Self.found(copies: 1))),
        ] {
            try Golden.expect(report.list(plan), is: "topics-list-\(name).txt")
            try Golden.expect(report.plan(plan), is: "topics-plan-\(name).txt")
        }
        try Golden.expect(TopicJSON.list(Self.catalogue, mixed), is: "topics-list.json")
        try Golden.expect(TopicJSON.plan(mixed, done: nil), is: "topics-plan.json")
        final class Willing: TopicAdministering {
            func describe(_ names: [String]) throws(LogFailure) -> [String: TopicFound] { [:] }
            func create(_ topics: [TopicDeclaration], copies: Int?) throws(LogFailure) -> [String] {
                topics.map(\.name)
            }
            func correct(_ name: String, found: TopicFound, to settings: [TopicSetting: String]) throws(LogFailure) {}
        }
        let done = try TopicsDone(applying: mixed, to: Willing())
        let left = Self.plan(Self.found("feeds.cursors", [.copiesInSync: "4"]), copies: 3)
        try Golden.expect(report.applied(done, now: left), is: "topics-applied.txt")
        try Golden.expect(TopicJSON.plan(left, done: done), is: "topics-applied.json")
        let log = "directory /var/lib/docket"
        try Golden.expect(report.list(embeddedIn: log, Self.catalogue), is: "topics-list-embedded.txt")
        try Golden.expect(report.embedded(log, json: false), is: "topics-plan-embedded.txt")
        try Golden.expect(report.embedded(log, json: true), is: "topics-plan-embedded.json")
        for text in [
            TopicJSON.list(Self.catalogue, nil), TopicJSON.list(Self.catalogue, mixed),
            TopicJSON.plan(left, done: done),
        ] {
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        }
    }
}

@Suite("Access lists")
struct AccessListTests {
    private static let list = AccessList(TopicTests.catalogue)

    private static func may(_ operation: AccessList.Operation, _ topic: String) -> [Program] {
        list.rules.filter {
            $0.resource == .topic && $0.name == "docket." + topic && $0.operations.contains(operation)
        }.map(\.program)
    }

    @Test("only playbook may write the ledger, and only docket orders and stops")
    func writers() {
        #expect(Self.may(.write, "actions.ledger") == [.playbook])
        #expect(Self.may(.write, "orders.consoles") == [.docket])
        #expect(Self.may(.write, "controls") == [.docket])
        #expect(Self.may(.read, "feeds.cursors") == [.ingest, .docket])
    }

    @Test("docket writes nothing else, and whoever reads or writes may also describe")
    func docket() {
        let written = Self.list.rules.filter { $0.program == .docket && $0.resource == .topic }
            .filter { $0.operations.contains(.write) }
        #expect(Set(written.map(\.name)) == ["docket.orders.consoles", "docket.controls"])
        #expect(!Self.list.rules.contains { $0.program == .docket && $0.resource == .group })
        #expect(Self.list.rules.filter { $0.resource == .topic }.allSatisfy { $0.operations.first == .describe })
    }

    @Test("groups and transactional ids are those of the program's own loops", arguments: Program.allCases)
    func own(program: Program) {
        let rules = Self.list.rules.filter { $0.program == program && $0.resource != .topic }
        let loops = TopicTests.catalogue.loops.all.filter { $0.program == program }
        #expect(rules.filter { $0.resource == .group }.map(\.name) == loops.map { "docket.\($0.group)" })
        #expect(rules.filter(\.isPrefix).allSatisfy { $0.resource == .transactionalID && $0.name.hasSuffix("-") })
    }

    @Test("access lists are printed like this")
    func printed() throws {
        try Golden.expect(Self.list.text(on: Paper()), is: "topics-acls.txt")
        try Golden.expect(Self.list.json(), is: "topics-acls.json")
        let named = AccessList(TopicTests.catalogue, principals: [.playbook: "User:CN=o'hara, O=x"])
        try Golden.expect(named.commands(), is: "topics-acls-commands.txt")
    }
}
