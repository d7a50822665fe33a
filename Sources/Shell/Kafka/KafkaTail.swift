package import Ports

/// Reading Kafka outside any group. Made by `KafkaStore.tail`.
///
/// Where a transaction is open, what was committed behind it cannot be read yet, and the end is not reached.
package final class KafkaTail: LogTailing {
    private let reader: PartitionReader
    private let view: ClusterView
    private let partitions: [Partition]

    /// From the end: behind what was committed, except that of a transaction that is open all is read that lies behind
    /// its beginning.
    init(
        of topics: [String], from start: TailStart, settings: KafkaSettings, view: ClusterView, signals: Signals
    ) throws(LogFailure) {
        self.view = view
        partitions = try view.partitions(of: topics)
        reader = try PartitionReader(settings, signals: signals)
        let positions =
            switch start {
            case .start: try view.starts(of: partitions)
            case .end: try reader.stableEnds(of: partitions, waiting: settings.timing.patience)
            }
        for (partition, offset) in positions { try reader.start(partition, at: offset) }
    }

    package func next(atMost count: Int, waiting: Duration) throws(LogFailure) -> TailBatch {
        // A partition that was added is one that nobody reads here: a stop could lie in it.
        try view.watch()
        let end = ContinuousClock.now + waiting
        var records: [IncomingRecord] = []
        // The end of a partition is a message too, and no reason to stop waiting.
        repeat {
            records = try reader.take(atMost: count, bytes: KafkaLog.batchBytes, waiting: end - .now)
        } while records.isEmpty && ContinuousClock.now < end
        // A full batch says that there is more; otherwise the brokers are asked what there is.
        return TailBatch(records: records, reachedEnd: records.count < count ? try hasReachedEnd() : false)
    }

    /// How long the brokers are asked where the end is: whoever reads has other work too.
    private static let glance = Duration.seconds(1)

    private func hasReachedEnd() throws(LogFailure) -> Bool {
        do throws(LogFailure) {
            return try view.ends(of: partitions, waiting: Self.glance).allSatisfy { partition, end in
                reader.positions[partition].map { $0 >= end } ?? false
            }
        } catch {
            // Nobody says where the end is, so nobody can say that it was reached. What was taken is handed out all the
            // same: it will not come again.
            guard error.remedy == .retry else { throw error }
            return false
        }
    }
}
