import Children
import Contracts
import Foundation
import Kafka
import Operator
import Pipeline
import Ports
import Testing

/// The topics of a deployment of their own on a shared cluster.
struct OwnTopics {
    let catalogue: Catalogue
    let store: KafkaStore

    init(on bootstrap: String, security: KafkaSecurity? = nil) throws {
        catalogue = Catalogue(
            deployment: "test", prefix: "test-\(UUID().uuidString.prefix(8).lowercased()).", partitions: 3)
        store = try KafkaStore(
            try KafkaSettings(bootstrap: bootstrap, instance: "one", security: security), signals: .none)
    }

    func plan() throws -> TopicPlan {
        TopicPlan(catalogue, found: try store.describe(catalogue.declarations.map(\.name)), copies: 1)
    }

    @discardableResult
    func apply() throws -> TopicsDone { try TopicsDone(applying: try plan(), to: store) }
}

extension BrokerTests {
    @Suite("Kafka: topics as the catalogue has them", .enabled(if: TestCluster.isThere), .timeLimit(.minutes(2)))
    struct TopicsTests {
        private let own: OwnTopics

        init() throws { own = try OwnTopics(on: try TestCluster.bootstrap()) }

        @Test("apply makes every topic as it is declared, and then there is nothing more to do")
        func made() throws {
            #expect(try own.plan().exitCode == 2)
            let done = try own.apply()
            #expect(done.created == own.catalogue.declarations.map(\.name))
            let found = try own.store.describe(done.created)
            for topic in own.catalogue.declarations {
                let made = try #require(found[topic.name])
                #expect(made.partitions == topic.partitions)
                for (setting, value) in topic.settings {
                    #expect(made.settings[setting] == value, "\(setting.rawValue) of \(topic.name)")
                }
            }
            let again = try own.plan()
            #expect(again.exitCode == 0)
            #expect(try own.apply().created.isEmpty)
        }

        @Test(
            "what endangers a guarantee is set right, and what else is set on the topic stays",
            .enabled(if: TestCluster.canStart))
        func corrected() throws {
            try own.apply()
            let ledger = own.catalogue.actionsLedger.name
            try TestCluster.open().tool(
                "configs", "--alter", "--entity-type", "topics", "--entity-name", ledger, "--add-config",
                "retention.ms=604800000,cleanup.policy=[compact,delete],flush.ms=12345")
            // The controller knows it; the broker learns of it a moment later.
            while try own.store.describe([ledger])[ledger]?.own["flush.ms"] == nil {}
            let plan = try own.plan()
            #expect(plan.exitCode == 2)
            try TopicsDone(applying: plan, to: own.store).corrected.forEach { #expect($0.topic == ledger) }
            let found = try #require(try own.store.describe([ledger])[ledger])
            #expect(found.settings[.retention] == "-1" && found.settings[.cleanup] == "delete")
            #expect(found.own["flush.ms"] == "12345")
            #expect(try own.plan().exitCode == 0)
        }

        @Test("a correction that was planned before somebody else set something sets nothing")
        func outdated() throws {
            try own.apply()
            let ledger = own.catalogue.actionsLedger.name
            let found = try #require(try own.store.describe([ledger])[ledger])
            let outdated = TopicFound(
                partitions: found.partitions, copies: found.copies, settings: found.settings,
                own: found.own.merging(["flush.ms": "1"]) { $1 })
            let failure = #expect(throws: LogFailure.self) {
                try own.store.correct(ledger, found: outdated, to: [.retention: "5"])
            }
            #expect(failure?.code == "log.topic-changed")
            #expect(try own.store.describe([ledger])[ledger] == found)
        }

        @Test("beside a topic with another number of partitions none is made, and it keeps them")
        func uneven() throws {
            let runs = own.catalogue.playbookRuns.name
            try own.store.create([TopicDeclaration(runs, partitions: 5, kind: .journal)])
            #expect(try own.plan().exitCode == 1)
            #expect(try own.apply().created.isEmpty)
            let found = try own.store.describe(own.catalogue.declarations.map(\.name))
            #expect(found.mapValues(\.partitions) == [runs: 5])
        }

        @Test("a program is not let at topics whose number of partitions is not the declared one")
        func undeclared() throws {
            let runs = own.catalogue.playbookRuns.name
            try own.store.create([TopicDeclaration(runs, partitions: 5, kind: .journal)])
            let failure = #expect(throws: LogFailure.self) {
                try own.store.check(own.catalogue.declarations.filter { $0.name == runs })
            }
            #expect(failure?.code == "log.partition-counts" && failure?.exitCode == .doNotRestart)
            #expect(failure?.detail.contains("\(runs) has 5 partitions where 3 are declared") == true)
        }

        @Test("a journal takes a record of any time, and events are as old as their arrival")
        func times() throws {
            try own.apply()
            let start = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            let appender = try own.store.appender()
            let (journal, events) = (own.catalogue.investigations.name, own.catalogue.threatsObserved.name)
            let times = [start + .seconds(7_200), start + .seconds(-90 * 86_400)]
            for time in times {
                for topic in [journal, events] {
                    try appender.append([
                        OutgoingRecord(topic: topic, partition: 0, key: "k", value: "v", timestamp: time)
                    ])
                }
            }
            func read(_ topic: String) throws -> [Timestamp] {
                let tail = try own.store.tail(of: [topic], from: .start)
                var times: [Timestamp] = []
                while times.count < 2 {
                    times += try tail.next(atMost: 10, waiting: .seconds(1)).records.map(\.timestamp)
                }
                return times
            }
            #expect(try read(journal) == times)
            #expect(try read(events).allSatisfy { $0 >= start && $0 < start + .seconds(600) })
        }
    }
}
