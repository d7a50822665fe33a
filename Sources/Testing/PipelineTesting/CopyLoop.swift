import Glibc
package import Pipeline
package import Ports

/// The simplest stage there is: it copies records from one topic to another, each turn announced by an intent in the
/// journal. A worker process runs it until it is killed.
package struct CopyLoop: Sendable {
    /// Between the decision on a turn and its commit.
    package enum Moment: String, Sendable, CaseIterable {
        /// Of the turn that only writes.
        case intent
        /// Of the turn that consumes.
        case copy
    }

    package var group = "copiers"
    package var source = "input"
    package var target = "output"
    package var journal = "journal"
    /// Small, so that a killed process has many places to be killed at.
    package var turnSize = 4
    /// Where the process stops itself the first time it comes there, as if somebody had frozen it.
    package var freezesBefore: Moment?
    /// Where it says what it waits out.
    package var told = Signals.none

    package init() {}

    /// Copies until the process that started it is gone.
    package func run(on log: any TransactionalLog) throws {
        let parent = getppid()
        var assignment: Assignment?
        var freeze = freezesBefore
        func reached(_ moment: Moment) {
            guard freeze == moment else { return }
            freeze = nil
            raise(SIGSTOP)
        }
        while getppid() == parent {
            switch try poll(log) {
            case .nothing: continue
            case .assigned(let given): assignment = given
            case .revoked: assignment = nil
            case .records(let records):
                guard let assignment else { continue }
                reached(.intent)
                if try log.commit(intent(for: records, in: assignment)) == .aborted { continue }
                reached(.copy)
                _ = try log.commit(copy(of: records, in: assignment))
            }
        }
    }

    /// As the programs do it: what passes by itself is waited out.
    private func poll(_ log: any TransactionalLog) throws(LogFailure) -> Intake {
        do throws(LogFailure) {
            return try log.poll(atMost: turnSize, waiting: .milliseconds(500))
        } catch {
            guard error.remedy == .retry else { throw error }
            told.failure("log.failed", error)
            usleep(100_000)
            return .nothing
        }
    }

    private func intent(for records: [IncomingRecord], in assignment: Assignment) -> Turn {
        var turn = Turn(in: assignment)
        for number in Set(records.map(\.partition.number)) {
            let record = OutgoingRecord(
                topic: journal, key: nil, value: Bytes(name(of: records)), headers: Headers([worker]))
            turn.journal(record, at: number)
        }
        return turn
    }

    private func copy(of records: [IncomingRecord], in assignment: Assignment) -> Turn {
        var turn = Turn(in: assignment)
        // Whoever reads the copies can tell from each of them how many there must be.
        let headers = Headers([("turn", name(of: records)), ("turn-size", "\(records.count)"), worker])
        for record in records {
            turn.consume(record)
            turn.produce(
                OutgoingRecord(
                    topic: target, partition: record.partition.number, key: record.key, value: record.value,
                    headers: headers))
        }
        return turn
    }

    private var worker: (String, String) { ("worker", "\(getpid())") }

    private func name(of records: [IncomingRecord]) -> String {
        records.first.map { "\($0.partition)@\($0.offset)" } ?? "nothing"
    }
}
