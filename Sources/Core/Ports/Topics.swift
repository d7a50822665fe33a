/// A topic as the catalogue declares it, for whoever must create or check it.
package struct TopicDeclaration: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// Kept for a time.
        case events
        /// Kept for ever and whole: a stage's memory is its fold.
        case journal
        /// The last record of each key.
        case compacted

        /// What a topic of this kind cannot do without.
        package var demands: [TopicSetting: String] {
            switch self {
            case .events: [.cleanup: "delete"]
            case .journal: [.cleanup: "delete", .retention: "-1", .retentionBytes: "-1"]
            case .compacted: [.cleanup: "compact"]
            }
        }
    }

    package let name: String
    package let partitions: Int32
    package let kind: Kind
    /// How it is kept, what its kind demands included.
    package let settings: [TopicSetting: String]

    package init(_ name: String, partitions: Int32, kind: Kind, settings: [TopicSetting: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.kind = kind
        self.settings = settings.merging(kind.demands) { $1 }
    }
}

/// The settings of a topic that Docket knows, by their names in Kafka.
package enum TopicSetting: String, Hashable, Sendable, CaseIterable {
    case cleanup = "cleanup.policy"
    case retention = "retention.ms"
    case retentionBytes = "retention.bytes"
    case recordBytes = "max.message.bytes"
    /// How many copies must have a record before it counts as written.
    case copiesInSync = "min.insync.replicas"
    /// Whether a broker that lacks records may become the one to ask.
    case uncleanElection = "unclean.leader.election.enable"
    /// Whether a record's time is the one it was written with or that of its arrival.
    case timeIs = "message.timestamp.type"
    /// How far ahead of the broker's clock a record's time may be.
    case timeAhead = "message.timestamp.after.max.ms"
    case segmentBytes = "segment.bytes"
    case segmentAge = "segment.ms"
    /// Which share of a compacted topic may be outdated before it is compacted.
    case outdatedShare = "min.cleanable.dirty.ratio"
}

/// A topic as a cluster has it.
package struct TopicFound: Sendable, Equatable {
    package let partitions: Int32
    /// Of the partition that has the fewest.
    package let copies: Int
    package let settings: [TopicSetting: String]
    /// What is set on the topic itself, by name, whatever the cluster's own settings are.
    package let own: [String: String]
    /// Whether all of its own values are told: brokers hide those of settings that they take for secret.
    package let tellsAll: Bool

    package init(
        partitions: Int32, copies: Int, settings: [TopicSetting: String], own: [String: String], tellsAll: Bool = true
    ) {
        self.partitions = partitions
        self.copies = copies
        self.settings = settings
        self.own = own
        self.tellsAll = tellsAll
    }
}

/// Looking after the topics of a cluster. Nothing here deletes, shrinks or adds partitions.
package protocol TopicAdministering: AnyObject {
    /// Those of the topics that exist.
    func describe(_ names: [String]) throws(LogFailure) -> [String: TopicFound]

    /// Makes the topics that are missing and returns their names. What exists is left as it is, and refused where its
    /// partition count differs. Copies: as many as the brokers are set up for, where nil.
    @discardableResult
    func create(_ topics: [TopicDeclaration], copies: Int?) throws(LogFailure) -> [String]

    /// Changes settings of one topic and keeps its others. Refused where its own ones are no longer as they were found,
    /// or are not all told.
    func correct(_ name: String, found: TopicFound, to settings: [TopicSetting: String]) throws(LogFailure)
}
