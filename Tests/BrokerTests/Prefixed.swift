import Pipeline
import Ports

// The contract's topics have fixed names; on a shared broker each test's have a prefix, which these put on and take off.

private func bare(_ record: IncomingRecord, _ prefix: String) -> IncomingRecord {
    IncomingRecord(
        partition: Partition(String(record.partition.topic.dropFirst(prefix.count)), record.partition.number),
        offset: record.offset, key: record.key, value: record.value, headers: record.headers,
        timestamp: record.timestamp)
}

private func named(_ record: OutgoingRecord, _ prefix: String) -> OutgoingRecord {
    var record = record
    record.topic = prefix + record.topic
    return record
}

private func named(_ partition: Partition, _ prefix: String) -> Partition {
    Partition(prefix + partition.topic, partition.number)
}

final class PrefixedLog: TransactionalLog {
    let log: any TransactionalLog
    private let prefix: String
    private let journal: String?

    init(_ log: any TransactionalLog, prefix: String, journal: String?) {
        self.log = log
        self.prefix = prefix
        self.journal = journal
    }

    var recordLimit: Int { log.recordLimit }

    func poll(atMost count: Int, waiting: Duration) throws(LogFailure) -> Intake {
        let intake = try log.poll(atMost: count, waiting: waiting)
        guard case .records(let records) = intake else { return intake }
        return .records(records.map { bare($0, prefix) })
    }

    func commit(_ turn: Turn) throws(LogFailure) -> TurnOutcome {
        var same = Turn(in: turn.assignment)
        for (partition, offset) in turn.consumed {
            same.consume(
                IncomingRecord(
                    partition: named(partition, prefix), offset: Offset(offset.value - 1), key: nil, value: nil,
                    timestamp: .zero))
        }
        for record in turn.produced {
            if record.topic == journal, let number = record.partition, turn.actsFor.contains(number) {
                same.journal(named(record, prefix), at: number)
            } else {
                same.produce(named(record, prefix))
            }
        }
        return try log.commit(same)
    }

    func rewind() throws(LogFailure) { try log.rewind() }

    func replay(
        _ partition: Partition, from start: Offset, _ body: (IncomingRecord) throws(LogFailure) -> Void
    ) throws(LogFailure) -> Offset {
        try log.replay(named(partition, prefix), from: start) { record throws(LogFailure) in
            try body(bare(record, prefix))
        }
    }
}

final class PrefixedAppender: LogAppending {
    private let appender: any LogAppending
    private let prefix: String

    init(_ appender: any LogAppending, prefix: String) {
        self.appender = appender
        self.prefix = prefix
    }

    func append(_ records: [OutgoingRecord]) throws(LogFailure) -> [(Partition, Offset)] {
        try appender.append(records.map { named($0, prefix) }).map {
            (Partition(String($0.0.topic.dropFirst(prefix.count)), $0.0.number), $0.1)
        }
    }
}

final class PrefixedTail: LogTailing {
    private let tail: any LogTailing
    private let prefix: String

    init(_ tail: any LogTailing, prefix: String) {
        self.tail = tail
        self.prefix = prefix
    }

    func next(atMost count: Int, waiting: Duration) throws(LogFailure) -> TailBatch {
        let batch = try tail.next(atMost: count, waiting: waiting)
        return TailBatch(records: batch.records.map { bare($0, prefix) }, reachedEnd: batch.reachedEnd)
    }
}
