import Ports

/// What of a topic may be let go of, and when, as its declaration says.
enum Keeping: Equatable {
    /// Nothing, ever.
    case whole
    /// From the beginning on, what is older than this, and what the partition has beyond so many bytes.
    case newest(age: Duration?, bytes: Int64?)
    /// What a later record of the same key has replaced.
    case lastOfEachKey

    init(_ topic: TopicDeclaration) {
        func limit(_ setting: TopicSetting) -> Int64? {
            topic.settings[setting].flatMap { Int64($0) }.flatMap { $0 < 0 ? nil : $0 }
        }
        self =
            switch topic.kind {
            case .journal: .whole
            case .compacted: .lastOfEachKey
            case .events: .newest(age: limit(.retention).map { .milliseconds($0) }, bytes: limit(.retentionBytes))
            }
    }
}

extension TopicDeclaration {
    /// Whether a record's time is that of its arrival, whatever it was written with.
    var isTimedByArrival: Bool { settings[.timeIs] == "LogAppendTime" }
}

/// What one step of housekeeping may still do: whoever waits for it waits no longer than this.
struct StepBudget {
    private var records: Int
    private(set) var bytes: Int64
    private let end: ContinuousClock.Instant

    init(records: Int, bytes: Int, time: Duration) {
        self.records = records
        self.bytes = Int64(bytes)
        end = .now + time
    }

    /// How many more may be looked at in one go.
    var room: Int { max(0, min(records, 250)) }
    var isSpent: Bool { records <= 0 || bytes <= 0 || ContinuousClock.now >= end }

    mutating func spend(records count: Int, bytes size: Int64) {
        records -= count
        bytes -= size
    }
}
