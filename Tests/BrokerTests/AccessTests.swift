import Children
import Contracts
import Foundation
import Operator
import Pipeline
import Ports
import Testing

@testable import Kafka

/// A deployment on the brokers that know every program by name, where each may do what the access lists say.
private struct Permitted: Sendable {
    let catalogue: Catalogue
    var prefix: String { catalogue.prefix }

    static let shared = Result { try Permitted() }

    private init() throws {
        let cluster = try TestCluster.secure()
        let own = try OwnTopics(on: cluster.bootstrap, security: try Self.login("admin"))
        try own.apply()
        catalogue = own.catalogue
        try cluster.permit(AccessList(own.catalogue, principals: [.docket: "User:operator"]).commands())
    }

    private static func login(_ user: String) throws -> KafkaSecurity {
        var security = KafkaSecurity()
        security.authorityFile = try TestCluster.authority()
        security.login = .init(.plain, user: user, password: Secret("\(user)-secret"))
        return security
    }

    func store(_ user: String) throws -> KafkaStore {
        var settings = try KafkaSettings(
            bootstrap: try TestCluster.secure().bootstrap, instance: "one-\(UUID().uuidString.prefix(8))",
            security: try Self.login(user))
        settings.timing.session = .seconds(3)
        settings.timing.transaction = .seconds(3)
        return try KafkaStore(settings, signals: .none)
    }

    /// A member of a loop's group, under somebody's name.
    func member(of loop: LoopDeclaration, as user: String) throws -> (log: KafkaLog, assignment: Assignment) {
        let log = try store(user).member(
            of: loop.group(under: prefix), reading: loop.sources, journal: loop.journal)
        let end = ContinuousClock.now + .seconds(40)
        while ContinuousClock.now < end {
            if case .assigned(let assignment) = try log.poll(atMost: 1, waiting: .seconds(1)) {
                return (log, assignment)
            }
        }
        throw Cluster.Failure(description: "\(user) was assigned nothing in \(loop.group)")
    }
}

extension KafkaStore {
    fileprivate func readWhole(_ topics: [String]) throws {
        let tail = try tail(of: topics, from: .start)
        let end = ContinuousClock.now + .seconds(40)
        while try !tail.next(atMost: 1_000, waiting: .milliseconds(100)).reachedEnd {
            if ContinuousClock.now > end { throw Cluster.Failure(description: "the end of \(topics) was not reached") }
        }
    }
}

extension BrokerTests {
    @Suite(
        "Kafka: each program may do what it has to, and nothing else", .serialized,
        .enabled(if: TestCluster.canStart, "set DOCKET_KAFKA_HOME"), .timeLimit(.minutes(3)))
    struct AccessTests {
        private let permitted: Permitted

        init() throws { permitted = try Permitted.shared.get() }

        static let loops = Catalogue(deployment: "test").loops.all.map(\.name)

        @Test("a loop reads, journals, replays, tails and writes all that it declares", arguments: loops)
        func permitted(loop name: String) throws {
            let loop = try #require(permitted.catalogue.loops.all.first { $0.name == name })
            let (log, assignment) = try permitted.member(of: loop, as: loop.program.rawValue)
            var turn = Turn(in: assignment)
            if let journal = loop.journal {
                turn.journal(OutgoingRecord(topic: journal, key: "k", value: "v"), at: 0)
            }
            for output in loop.outputs {
                turn.produce(OutgoingRecord(topic: output, partition: 0, key: "k", value: "v"))
            }
            #expect(try log.commit(turn) == .committed)
            for topic in loop.tables.sorted() + (loop.journal.map { [$0] } ?? []) {
                try log.replay(Partition(topic, 0), from: .start) { _ in }
            }
            if !loop.tails.isEmpty { try permitted.store(loop.program.rawValue).readWhole(loop.tails) }
        }

        @Test("the operator reads all that is shown, stops without a transaction and signs orders in one")
        func desk() throws {
            let store = try permitted.store("operator")
            let desk = permitted.catalogue.desk
            try store.readWhole(desk.reads)
            let appender = try store.appender(named: DeskDeclaration.appender(under: permitted.prefix))
            for topic in desk.writes {
                let record = OutgoingRecord(topic: topic, key: "k", value: "v")
                #expect(try appender.append([record]).count == 1)
                #expect(try appender.append([record, record]).count == 2)
            }
        }

        /// Somebody, what he tries, what he is refused for, and the name that must be told.
        struct Trespass: Sendable, CustomTestStringConvertible {
            let user: String
            let what: String
            let refusal: String
            let naming: String
            let attempt: @Sendable (Deed) throws -> Void
            var testDescription: String { "\(user): \(what)" }
        }

        /// What a trespasser has at hand.
        struct Deed {
            let user: String
            fileprivate let permitted: Permitted
            var catalogue: Catalogue { permitted.catalogue }

            func describe(_ topic: String) throws { _ = try permitted.store(user).describe([topic]) }

            func tail(_ topic: String) throws { try permitted.store(user).readWhole([topic]) }

            /// So large that the brokers answer before thousands of them are handed over.
            private func record(_ topic: String) -> OutgoingRecord {
                OutgoingRecord(topic: topic, partition: 0, key: "k", value: Bytes(String(repeating: "v", count: 5_000)))
            }

            func append(_ topic: String, count: Int, named name: String = "append") throws {
                try permitted.store(user).appender(named: permitted.prefix + name)
                    .append(Array(repeating: record(topic), count: count))
            }

            /// A turn of one of its own loops, to a topic of somebody else.
            func produce(_ topic: String, count: Int = 1, in loop: LoopDeclaration) throws {
                let (log, assignment) = try permitted.member(of: loop, as: user)
                var turn = Turn(in: assignment)
                let record = record(topic)
                for _ in 0..<count { turn.produce(record) }
                _ = try log.commit(turn)
            }

            func join(_ group: String, reading topic: String) throws {
                let log = try permitted.store(user).member(
                    of: permitted.prefix + group, reading: [topic], journal: nil)
                for _ in 0..<40 { _ = try log.poll(atMost: 1, waiting: .seconds(1)) }
            }
        }

        static let topic = "kafka.TOPIC_AUTHORIZATION_FAILED"
        static let trespasses: [Trespass] = [
            Trespass(user: "enrich", what: "writes the ledger", refusal: topic, naming: "actions.ledger") {
                try $0.produce($0.catalogue.actionsLedger.name, in: $0.catalogue.loops.enrich)
            },
            Trespass(user: "enrich", what: "writes what it only reads", refusal: topic, naming: "threats.observed") {
                try $0.produce($0.catalogue.threatsObserved.name, in: $0.catalogue.loops.enrich)
            },
            // Refused while it still hands them over.
            Trespass(user: "enrich", what: "writes 9,000 of those", refusal: topic, naming: "threats.observed") {
                try $0.produce($0.catalogue.threatsObserved.name, count: 9_000, in: $0.catalogue.loops.investigate)
            },
            Trespass(user: "operator", what: "writes 9,000 cases", refusal: topic, naming: "investigations") {
                try $0.append($0.catalogue.investigations.name, count: 9_000)
            },
            Trespass(user: "playbook", what: "writes a case", refusal: topic, naming: "investigations") {
                try $0.produce($0.catalogue.investigations.name, in: $0.catalogue.loops.perform)
            },
            Trespass(user: "playbook", what: "lifts a stop", refusal: topic, naming: "controls") {
                try $0.append($0.catalogue.controls.name, count: 1)
            },
            Trespass(user: "operator", what: "writes the ledger", refusal: topic, naming: "actions.ledger") {
                try $0.append($0.catalogue.actionsLedger.name, count: 1)
            },
            Trespass(user: "operator", what: "writes two cases", refusal: topic, naming: "investigations") {
                try $0.append($0.catalogue.investigations.name, count: 2)
            },
            Trespass(user: "ingest", what: "reads cases", refusal: topic, naming: "investigations") {
                try $0.tail($0.catalogue.investigations.name)
            },
            Trespass(user: "stranger", what: "reads threats", refusal: topic, naming: "threats.observed") {
                try $0.tail($0.catalogue.threatsObserved.name)
            },
            Trespass(user: "operator", what: "looks at settings", refusal: topic, naming: "controls") {
                try $0.describe($0.catalogue.controls.name)
            },
            Trespass(
                user: "ingest", what: "poses as perform", refusal: "kafka.TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
                naming: "playbook.perform"
            ) { try $0.join("playbook.perform", reading: $0.catalogue.ordersConsoles.name) },
            Trespass(
                user: "ingest", what: "joins another group", refusal: "kafka.GROUP_AUTHORIZATION_FAILED",
                naming: "ingest.observe-more"
            ) { try $0.join("ingest.observe-more", reading: $0.catalogue.ordersConsoles.name) },
            Trespass(
                user: "enrich", what: "appends as docket", refusal: "kafka.TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
                naming: "append-"
            ) { try $0.append($0.catalogue.deadLetters, count: 2) },
        ]

        @Test("whoever tries something else is stopped, and told what and where to look", arguments: trespasses)
        func refused(_ trespass: Trespass) throws {
            let failure = #expect(throws: LogFailure.self) {
                try trespass.attempt(Deed(user: trespass.user, permitted: permitted))
            }
            #expect(failure?.remedy == .stop)
            #expect(failure?.code == trespass.refusal)
            #expect(failure?.detail.contains(permitted.prefix + trespass.naming) == true, "\(failure?.detail ?? "")")
            #expect(failure?.detail.contains("docket topics acls") == true, "\(failure?.detail ?? "")")
        }
    }
}
