import CRDKafka
import Pipeline
import Ports

// An assignment is served in this order: who we are in the group, the committed offsets (which waits for transactions
// that hold some), where to begin. Only then is it told, and only then are records fetched.
extension KafkaLog {
    enum Service {
        case assigned(Assignment)
        /// Answered, and nothing to work on.
        case idle
        /// A transaction of somebody else holds the offsets, or the brokers do not answer.
        case notYet
    }

    /// When an operator is told that partitions are waited for.
    private static let quiet = Duration.seconds(10)
    /// One attempt at the committed offsets; `poll` tries again.
    private static let attempt = Duration.seconds(1)

    func serve(_ partitions: [Partition]) throws(LogFailure) -> Service {
        guard let numbers = commonNumbers(of: partitions), !numbers.isEmpty else {
            waitingSince = nil
            try answer([:])
            return .idle
        }
        let metadata = try membership()
        guard let positions = try committedOffsets(of: numbers) else {
            noteWaiting(for: numbers)
            return .notYet
        }
        waitingSince = nil
        let committed = try starts(for: positions)
        try answer(committed)
        generations += 1
        let assignment = Assignment(generation: generations, numbers: numbers, partitionCount: partitionCount)
        session = Session(
            assignment: assignment, metadata: metadata, committed: committed, expected: PartitionOffsets(committed))
        backlog.forget()
        return .assigned(assignment)
    }

    /// Who this member is in the group now; refused while it is nobody.
    func membership() throws(LogFailure) -> GroupMetadata {
        try GroupMetadata(consuming: consumer.withHandle { rd_kafka_consumer_group_metadata($0) })
    }

    /// The numbers that were given of every source; nil where the sources differ, as while an upgrade is rolled out.
    private func commonNumbers(of partitions: [Partition]) -> Set<Int32>? {
        var numbers: [String: Set<Int32>] = [:]
        for source in sources { numbers[source] = [] }
        for partition in partitions { numbers[partition.topic, default: []].insert(partition.number) }
        guard Set(numbers.values).count == 1 else {
            signals.error(
                "log.unlike_partitions",
                [
                    .errorDetail: .text(
                        "group \(group) works on nothing until its topics are shared out alike: "
                            + numbers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.sorted())" }
                            .joined(separator: ", "))
                ])
            return nil
        }
        return numbers.values.first
    }

    /// Nil where somebody's transaction still holds an offset.
    private func committedOffsets(of numbers: Set<Int32>) throws(LogFailure) -> [Partition: Offset?]? {
        let wanted = sources.flatMap { source in numbers.map { (Partition(source, $0), Int64(0)) } }
        let list = TopicPartitionList(wanted)
        let code = consumer.withHandle { handle in
            list.withList { rd_kafka_committed(handle, $0, Self.attempt.milliseconds) }
        }
        let entries = list.entries
        let failures = ([code] + entries.map(\.code)).compactMap {
            KafkaFailure($0, doing: "asking for the committed offsets of group \(group)")
        }
        if let failure = failures.first(where: { $0.remedy != .retry }) { throw stopped(failure) }
        if !failures.isEmpty { return nil }
        return Dictionary(
            uniqueKeysWithValues: entries.map { ($0.partition, $0.offset >= 0 ? Offset($0.offset) : nil) })
    }

    /// Where to read on. At the beginning only where no offset was ever committed and the journal is empty: a journal
    /// with entries says that somebody worked here, and from which record on nobody knows any more.
    private func starts(for positions: [Partition: Offset?]) throws(LogFailure) -> [Partition: Offset] {
        var starts = positions.compactMapValues(\.self)
        let fresh = positions.filter { $0.value == nil }.map(\.key)
        for partition in fresh.sorted(by: { $0.number < $1.number }) {
            guard let journal else { continue }
            // What was begun and undone leaves traces that are no entries, so its end alone would not tell.
            try replay(Partition(journal, partition.number), from: .start) { entry throws(LogFailure) in
                throw LogFailure(
                    .stop, code: "log.offset-missing",
                    detail: "group \(group) has no committed offset for \(partition), but \(entry.partition) has "
                        + "entries: the offsets expired or were deleted, or a source was added. A person must set "
                        + "the group's offsets.", exitCode: .doNotRestart)
            }
        }
        starts.merge(try view.starts(of: fresh)) { $1 }
        return starts
    }

    private func noteWaiting(for numbers: Set<Int32>) {
        let now = ContinuousClock.now
        guard let waiting = waitingSince else {
            waitingSince = (now, nil)
            return
        }
        let waited = now - waiting.start
        let text = "the committed offsets of group \(group) for \(numbers.sorted()) cannot be had: "
        if waiting.told == nil, waited >= Self.quiet {
            waitingSince?.told = .warning
            signals.warning(
                "log.offsets_held",
                [
                    .durationMilliseconds: .milliseconds(waited),
                    .errorDetail: .text(
                        text + "a transaction of the previous member is still open, or the brokers do not answer"),
                ])
        } else if waiting.told == .warning, waited >= settings.timing.transaction + settings.timing.patience {
            // Kafka 4 ends a transaction without saying so where a partition has no leader at that moment, as when the
            // only broker starts again: then nobody ever does. Whether it was committed only its log tells, so
            // this must not be guessed here.
            waitingSince?.told = .error
            signals.error(
                "log.offsets_held",
                [
                    .durationMilliseconds: .milliseconds(waited),
                    .errorDetail: .text(
                        text + "a transaction that holds them has been open for longer than any may be. If the brokers "
                            + "answer, they have lost its end: kafka-transactions find-hanging and describe-producers "
                            + "on __consumer_offsets show whose it is, and abort ends it."),
                ])
        }
    }

    /// Answers what the group said last: an assignment with the offsets to read from, perhaps of nothing; a revocation
    /// with nil.
    func answer(_ offsets: [Partition: Offset]?) throws(LogFailure) {
        let code = consumer.answerRebalance(offsets)
        if let failure = KafkaFailure(code, doing: "assigning partitions of group \(group)") { throw stopped(failure) }
    }
}
