package import Ports

extension KafkaLog {
    /// Up to the high watermark as a `read_uncommitted` client sees it. The end that a `read_committed` reader is told
    /// may lie before it: a member that wrote to the journal and froze hides all that was committed behind it until
    /// the broker ends its transaction, so until then this waits.
    @discardableResult
    package func replay(
        _ partition: Partition, from start: Offset, _ body: (IncomingRecord) throws(LogFailure) -> Void
    ) throws(LogFailure) -> Offset {
        let (first, end) = try bounds(of: partition)
        if start > end {
            throw LogFailure(
                .stop, code: "log.shorter-than-known",
                detail: "\(partition) ends at \(end), but was already read up to \(start): records are missing. "
                    + "Was the topic deleted and made again?", exitCode: .doNotRestart)
        }
        if partition.topic == journal, first > start {
            throw LogFailure(
                .stop, code: "log.journal-shortened",
                detail: "\(partition) begins at \(first), and its entries from \(start) on are gone: a journal is kept "
                    + "whole (retention.ms=-1)", exitCode: .doNotRestart)
        }
        let begin = max(start, first)
        if begin >= end { return begin }
        let reader = try makeReader()
        try reader.start(partition, at: begin)
        return try read(partition, with: reader, to: end, body)
    }

    /// One take of a replay: what is held in memory at once.
    private static let replayBatch = 10_000
    /// When an operator is told that a replay waits.
    private static let replayQuiet = Duration.seconds(10)

    private func read(
        _ partition: Partition, with reader: PartitionReader, to end: Offset,
        _ body: (IncomingRecord) throws(LogFailure) -> Void
    ) throws(LogFailure) -> Offset {
        var last = (position: reader.positions[partition] ?? .start, at: ContinuousClock.now, isTold: false)
        while reader.ends[partition].map({ $0 < end }) ?? true {
            let position = reader.positions[partition] ?? .start
            if position > last.position { last = (position, .now, last.isTold) }
            let waited = ContinuousClock.now - last.at
            // Any transaction was ended by the broker before that.
            if waited >= settings.timing.transaction + settings.timing.patience {
                throw LogFailure(
                    .retry, code: "log.replay-held",
                    detail: "\(partition) cannot be read from \(position) to \(end): a transaction has been open there "
                        + "for longer than any may be (kafka-transactions find-hanging shows whose)")
            }
            if waited >= Self.replayQuiet, !last.isTold {
                last.isTold = true
                signals.warning(
                    "log.replay_held",
                    [
                        .topic: .text(partition.topic), .partition: .number(partition.number),
                        .offset: .number(position.value),
                    ])
            }
            // A long replay must not cost the membership. What comes is kept for the next poll.
            if ContinuousClock.now - polledAt >= settings.timing.betweenPolls / 4 {
                try receive(atMost: 1, waiting: .zero)
            }
            for record in try reader.take(
                atMost: Self.replayBatch, bytes: Self.batchBytes, waiting: .milliseconds(500))
            {
                try body(record)
            }
        }
        return reader.ends[partition] ?? end
    }

    private func bounds(of partition: Partition) throws(LogFailure) -> (first: Offset, end: Offset) {
        guard (0..<(try view.partitionCount(of: partition.topic))).contains(partition.number),
            let first = try view.starts(of: [partition])[partition], let end = try view.ends(of: [partition])[partition]
        else {
            throw LogFailure(.stop, code: "log.unknown-partition", detail: "\(partition) does not exist")
        }
        return (first, end)
    }

    private func makeReader() throws(LogFailure) -> PartitionReader {
        try PartitionReader(settings, signals: signals)
    }
}
