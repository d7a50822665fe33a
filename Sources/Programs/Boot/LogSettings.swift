import Kafka
package import Ports

/// Where the log is: a directory for the embedded one, or the brokers of a cluster.
package enum LogSettings: Sendable {
    case directory(String)
    case kafka(BrokerSettings)

    package init(_ section: inout SettingsSection) {
        let directory = section.optional("directory") { $0.path($1) }
        let brokers = section.optional("kafka") { $0.section($1, BrokerSettings.init) }
        switch (directory, brokers) {
        case (let directory?, nil): self = .directory(directory)
        case (nil, let brokers?): self = .kafka(brokers)
        case (nil, nil):
            section.refuse("expected directory: with a path for the embedded log, or kafka: with its brokers")
            self = .directory("/")
        case (_?, _?):
            section.refuse("expected directory: or kafka:, not both", at: "kafka")
            self = .directory("/")
        }
    }
}

extension LogSettings {
    /// For people, without a secret.
    package var summary: String {
        switch self {
        case .directory(let directory): "directory \(directory)"
        case .kafka(let brokers): brokers.summary
        }
    }

    /// Whether what travels between programs can be read and changed on the way to another machine.
    package var isExposed: Bool {
        switch self {
        case .directory: false
        case .kafka(let brokers): brokers.isExposed
        }
    }

    /// The largest record that may be written.
    var recordLimit: Int {
        switch self {
        case .directory: KafkaSettings.standardRecordLimit
        case .kafka(let brokers): brokers.recordLimit
        }
    }

    /// The files whose content is needed to get at the log.
    package var secretFiles: [SecretFile] {
        switch self {
        case .directory: []
        case .kafka(let brokers): brokers.secretFiles
        }
    }

    /// The same, for keys with lines of their own.
    package var keyFiles: [SecretFile] {
        switch self {
        case .directory: []
        case .kafka(let brokers): brokers.keyFiles
        }
    }
}
