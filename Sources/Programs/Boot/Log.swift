package import Contracts
import Kafka
import LocalLog
package import Pipeline
package import Ports

/// The log that the settings choose. Opened by each loop on the thread that will use it.
package struct Log {
    private enum Store {
        case local(LocalStore)
        case kafka(KafkaStore)
    }

    private let store: Store
    /// A cluster may serve several deployments: what belongs to one begins as its topics do.
    private let prefix: String
    private let declarations: [TopicDeclaration]

    package init(_ settings: DocketSettings, as instance: String, signals: Signals) throws(LogFailure) {
        prefix = settings.catalogue.prefix
        declarations = settings.catalogue.declarations
        switch settings.log {
        case .directory(let directory):
            store = .local(try LocalStore(.directory(directory), topics: declarations))
        case .kafka(let brokers):
            store = .kafka(try KafkaStore(try brokers.connection(as: instance), signals: signals))
        }
    }

    /// This process as a member of a group.
    package func member(of loop: LoopDeclaration) throws(LogFailure) -> any TransactionalLog {
        switch store {
        case .local(let store):
            return try store.member(of: loop.group, reading: loop.sources, journal: loop.journal)
        case .kafka(let store):
            let topics = Set(loop.reads + loop.writes)
            try store.check(declarations.filter { topics.contains($0.name) })
            return try store.member(of: loop.group(under: prefix), reading: loop.sources, journal: loop.journal)
        }
    }

    package func appender() throws(LogFailure) -> any LogAppending {
        switch store {
        case .local(let store): try store.appender()
        case .kafka(let store): try store.appender(named: DeskDeclaration.appender(under: prefix))
        }
    }

    /// The cluster's topics; nil for the embedded log, which makes its own.
    package var administration: (any TopicAdministering)? {
        switch store {
        case .local: nil
        case .kafka(let store): store
        }
    }

    /// This process as a member of a subscriber's group, which reads one topic and writes nothing.
    package func subscriber(_ group: String, to topic: String) throws(LogFailure) -> any TransactionalLog {
        switch store {
        case .local(let store):
            return try store.member(of: group, reading: [topic], journal: nil)
        case .kafka(let store):
            try store.check(declarations.filter { $0.name == topic })
            return try store.member(of: prefix + group, reading: [topic], journal: nil)
        }
    }

    /// How long polling must bring a subscriber nothing before there is nothing: brokers are asked, and answer later.
    package var settling: Duration {
        switch store {
        case .local: .zero
        case .kafka: .seconds(3)
        }
    }

    package func tail(of topics: [String], from start: TailStart = .start) throws(LogFailure) -> any LogTailing {
        switch store {
        case .local(let store): try store.tail(of: topics, from: start)
        case .kafka(let store): try store.tail(of: topics, from: start)
        }
    }
}
