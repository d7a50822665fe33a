import CRDKafka
package import Pipeline
package import Ports

extension KafkaLog {
    /// Whatever it answers but `.committed`, and whatever it throws, the log has rewound: who goes on polls the same
    /// records again.
    package func commit(_ turn: Turn) throws(LogFailure) -> TurnOutcome {
        do throws(LogFailure) {
            let session = try checked(turn)
            if turn.isEmpty { return .committed }
            let numbers = try addresses(of: turn)
            let offsets = fence(of: turn, in: session)
            let records = zip(turn.produced, numbers).lazy.map { AddressedRecord($0, to: $1) }
            switch try transact(records, offsets, session.metadata) {
            case .committed:
                self.session?.committed.merge(offsets) { $1 }
                backlog.drop(through: turn.consumed)
                return .committed
            case .aborted(let cause):
                signals.failure("transaction.aborted", cause)
                backlog.rewind()
                return .aborted
            }
        } catch {
            backlog.rewind()
            throw error
        }
    }

    /// An offset of every source for each number that the turn acts for: what it consumed, or what was committed
    /// before. Never where the consumer happens to read, which is past records that were merely polled.
    private func fence(of turn: Turn, in session: Session) -> [Partition: Offset] {
        var offsets: [Partition: Offset] = [:]
        // A turn that acts for none in particular is fenced by all that this member has.
        for number in turn.actsFor.isEmpty ? session.assignment.numbers : turn.actsFor {
            for source in sources {
                let partition = Partition(source, number)
                offsets[partition] = turn.consumed[partition] ?? session.committed[partition]
            }
        }
        return offsets
    }

    private func transact(
        _ records: some Sequence<AddressedRecord>, _ offsets: [Partition: Offset], _ metadata: GroupMetadata
    ) throws(LogFailure) -> TransactionalProducer.Ending {
        let list = TopicPartitionList(offsets)
        return try producer.transact(
            records,
            sending: { handle in
                metadata.withHandle { metadata in
                    list.withList {
                        rd_kafka_send_offsets_to_transaction(handle, $0, metadata, TransactionalProducer.slice)
                    }
                }
            })
    }

    private func checked(_ turn: Turn) throws(LogFailure) -> Session {
        guard let session, turn.assignment == session.assignment,
            turn.actsFor.isSubset(of: session.assignment.numbers)
        else {
            throw LogFailure(
                .stop, code: "log.turn-outside-assignment",
                detail: "a turn of group \(group) in generation \(turn.assignment.generation) for partitions "
                    + "\(turn.actsFor.sorted()) does not belong to "
                    + (session.map { "generation \($0.assignment.generation) with \($0.assignment.numbers.sorted())" }
                        ?? "any assignment"))
        }
        let handedOut = backlog.handedOut
        for (partition, offset) in turn.consumed {
            guard let from = session.committed[partition],
                (from...max(from, handedOut[partition] ?? from)).contains(offset)
            else {
                throw LogFailure(
                    .stop, code: "log.turn-out-of-step",
                    detail: "a turn of group \(group) consumes \(partition) up to \(offset), which was not polled "
                        + "since the last rewind")
            }
        }
        return session
    }

    /// The partition of each record, or nil for any. Known of all of them before the first one is sent.
    private func addresses(of turn: Turn) throws(LogFailure) -> [Int32?] {
        var book = AddressBook(view, limit: recordLimit)
        let produced = turn.produced
        var numbers: [Int32?] = []
        numbers.reserveCapacity(produced.count)
        for index in produced.indices {
            let number = try book.number(for: produced[index])
            if produced[index].topic == journal, !(number.map(turn.actsFor.contains) ?? false) {
                throw LogFailure(
                    .stop, code: "log.turn-outside-assignment",
                    detail: "a turn of group \(group) writes to \(produced[index].topic)/"
                        + "\(number.map { "\($0)" } ?? "any"), which it does not act for")
            }
            numbers.append(number)
        }
        return numbers
    }
}
