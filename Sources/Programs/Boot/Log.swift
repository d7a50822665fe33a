import Contracts
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

    package init(_ settings: DocketSettings, as instance: String, signals: Signals) throws(LogFailure) {
        prefix = settings.catalogue.prefix
        switch settings.log {
        case .directory(let directory):
            store = .local(try LocalStore(.directory(directory), topics: settings.catalogue.declarations))
        case .kafka(let brokers):
            store = .kafka(try KafkaStore(try brokers.connection(as: instance), signals: signals))
        }
    }

    /// This process as a member of a group.
    package func member(
        of group: String, reading sources: [String], journal: String?
    ) throws(LogFailure) -> any TransactionalLog {
        switch store {
        case .local(let store): try store.member(of: group, reading: sources, journal: journal)
        case .kafka(let store): try store.member(of: prefix + group, reading: sources, journal: journal)
        }
    }

    package func appender() throws(LogFailure) -> any LogAppending {
        switch store {
        case .local(let store): try store.appender()
        case .kafka(let store): try store.appender(named: prefix + "append")
        }
    }

    /// From the first record on.
    package func tail(of topics: [String]) throws(LogFailure) -> any LogTailing {
        switch store {
        case .local(let store): try store.tail(of: topics, from: .start)
        case .kafka(let store): try store.tail(of: topics, from: .start)
        }
    }
}
