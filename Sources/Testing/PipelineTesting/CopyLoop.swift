import Glibc
package import Pipeline
import Ports

/// The simplest stage there is: it copies records from one topic to another, each turn announced by an intent in the
/// journal. A worker process runs it until it is killed.
package struct CopyLoop: Sendable {
    package var group = "copiers"
    package var source = "input"
    package var target = "output"
    package var journal = "journal"
    /// Small, so that a killed process has many places to be killed at.
    package var turnSize = 4

    package init() {}

    /// Copies until the process that started it is gone.
    package func run(on log: any TransactionalLog) throws {
        let parent = getppid()
        var assignment: Assignment?
        while getppid() == parent {
            switch try log.poll(atMost: turnSize, waiting: .milliseconds(500)) {
            case .nothing: continue
            case .assigned(let given): assignment = given
            case .revoked: assignment = nil
            case .records(let records):
                guard let assignment else { continue }
                if try log.commit(intent(for: records, in: assignment)) == .aborted { continue }
                _ = try log.commit(copy(of: records, in: assignment))
            }
        }
    }

    private func intent(for records: [IncomingRecord], in assignment: Assignment) -> Turn {
        var turn = Turn(in: assignment)
        for number in Set(records.map(\.partition.number)) {
            turn.journal(OutgoingRecord(topic: journal, key: nil, value: Bytes(name(of: records))), at: number)
        }
        return turn
    }

    private func copy(of records: [IncomingRecord], in assignment: Assignment) -> Turn {
        var turn = Turn(in: assignment)
        // Whoever reads the copies can tell from each of them how many there must be.
        let headers = Headers([("turn", name(of: records)), ("turn-size", "\(records.count)")])
        for record in records {
            turn.consume(record)
            turn.produce(
                OutgoingRecord(
                    topic: target, partition: record.partition.number, key: record.key, value: record.value,
                    headers: headers))
        }
        return turn
    }

    private func name(of records: [IncomingRecord]) -> String {
        records.first.map { "\($0.partition)@\($0.offset)" } ?? "nothing"
    }
}
