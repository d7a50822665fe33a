import Pipeline
import PipelineTesting
import Ports

/// A member that is moved by hand, poll by poll, so that what two of them do happens in a known order.
final class Hand {
    let log: PrefixedLog
    private(set) var assignment: Assignment?
    private(set) var given: [Assignment] = []
    private(set) var polled: [IncomingRecord] = []
    private(set) var aborted = 0

    struct Late: Error, CustomStringConvertible { let description: String }

    init(_ log: PrefixedLog) { self.log = log }

    /// One poll, and what it brings is copied in one turn.
    func step(copying: Bool = true) throws {
        switch try log.poll(atMost: 20, waiting: .milliseconds(50)) {
        case .nothing: break
        case .assigned(let assignment):
            self.assignment = assignment
            given.append(assignment)
        case .revoked: assignment = nil
        case .records(let records):
            polled += records
            guard copying, let assignment else { return }
            var turn = Turn(in: assignment)
            for record in records {
                turn.consume(record)
                turn.journal(
                    OutgoingRecord(topic: "journal", key: record.key, value: record.value), at: record.partition.number)
                turn.produce(
                    OutgoingRecord(
                        topic: "output", partition: record.partition.number, key: record.key, value: record.value))
            }
            if try log.commit(turn) == .aborted { aborted += 1 }
        }
    }

    /// A turn that consumes nothing: one entry for the journal.
    func intent(_ text: String, at number: Int32) throws -> Turn {
        guard let assignment else { throw Late(description: "there is no assignment to act in") }
        var turn = Turn(in: assignment)
        turn.journal(OutgoingRecord(topic: "journal", key: nil, value: Bytes(text)), at: number)
        return turn
    }

    func replay(_ number: Int32, from start: Offset) throws -> (texts: [String], end: Offset) {
        var texts: [String] = []
        let end = try log.replay(Partition("journal", number), from: start) { texts.append($0.value?.text ?? "nil") }
        return (texts, end)
    }

    /// Moves them in turn until it is so.
    static func move(
        _ hands: [Hand], copying: Bool = true, until isSo: () throws -> Bool, _ what: String
    ) throws {
        let end = ContinuousClock.now + .seconds(40)
        while try !isSo() {
            if ContinuousClock.now > end { throw Late(description: "not within 40 s: \(what)") }
            for hand in hands { try hand.step(copying: copying) }
        }
    }
}

extension KafkaUnderTest {
    func hand(_ instance: String, reading sources: [String] = ["input"]) throws -> Hand {
        Hand(try member(of: "copiers", reading: sources, journal: "journal", as: instance))
    }

    /// A member that has its first assignment.
    func settledHand(_ instance: String) throws -> Hand {
        let hand = try hand(instance)
        try Hand.move([hand], copying: false, until: { hand.assignment != nil }, "the first assignment")
        return hand
    }

    func feed(_ numbers: Range<Int>) throws {
        let appender = try appender()
        // One append is one transaction, and must end within its time.
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 3_000) {
            try appender.append(
                (start..<min(start + 3_000, numbers.upperBound)).map {
                    OutgoingRecord(topic: "input", partition: Int32($0 % 3), key: nil, value: Bytes("\($0)"))
                })
        }
    }

    /// What the world sees of a topic.
    func seen(in topic: String) throws -> [IncomingRecord] {
        let tail = try tail(of: [topic], from: .start)
        let end = ContinuousClock.now + .seconds(40)
        var records: [IncomingRecord] = []
        while ContinuousClock.now < end {
            let batch = try tail.next(atMost: 1_000, waiting: .milliseconds(100))
            records += batch.records
            if batch.reachedEnd { return records }
        }
        throw Hand.Late(description: "the end of \(topic) was not reached")
    }
}
