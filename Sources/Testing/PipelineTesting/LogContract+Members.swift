import Pipeline
import Ports

// Several members of one group, each polled in turn by one thread.
extension LogContract {
    /// One member, then three, then two of them: at rest the partitions are shared out evenly, at no moment does one
    /// of them belong to two, and each record is processed once.
    package static func membersShareThePartitions(_ log: some LogUnderTest) throws {
        let appender = try log.appender()
        let crew = try Crew(log)
        var written = 0
        for size in [1, 3, 2] {
            while crew.size > size { crew.dismissFirst() }
            while crew.size < size { try crew.hire() }
            try appender.append(numbered(written..<(written + 90)))
            written += 90
            try crew.work(until: written)
        }
        try requireSame(try everything(in: ["output"], of: log), as: try everything(in: ["input"], of: log))
        try require(crew.areGenerationsGrowing, "a member's generation did not grow with each assignment")
    }

    /// More members than partitions: the others stand by with nothing, and one of them takes over from who leaves.
    package static func standByTakesOver(_ log: some LogUnderTest) throws {
        let appender = try log.appender()
        let crew = try Crew(log)
        for _ in 0..<(partitions + 2) { try crew.hire() }
        try appender.append(numbered(0..<30))
        try crew.work(until: 30)
        crew.dismissFirst()
        crew.dismissFirst()
        try appender.append(numbered(30..<60))
        try crew.work(until: 60)
        try requireSame(try everything(in: ["output"], of: log), as: try everything(in: ["input"], of: log))
    }
}

/// Members that copy records from "input" to "output", one turn each at a time.
private final class Crew<Log: LogUnderTest> {
    private final class Hand {
        let log: any TransactionalLog
        /// Until it is given up, and that is by the poll after `revoked`.
        var assignment: Assignment?
        var isLeaving = false
        var generations: [Int] = []

        init(_ log: any TransactionalLog) { self.log = log }
    }

    private let log: Log
    private let outside: any LogTailing
    private var hands: [Hand] = []
    private var copies = 0
    private(set) var areGenerationsGrowing = true

    init(_ log: Log) throws {
        self.log = log
        outside = try log.tail(of: ["output"], from: .end)
    }

    var size: Int { hands.count }

    func hire() throws { hands.append(Hand(try log.member(of: "copiers", reading: ["input"], journal: "journal"))) }

    func dismissFirst() { hands.removeFirst() }

    /// Until so many copies are seen and the partitions are shared out.
    func work(until goal: Int, rule: String = #function) throws {
        let end = ContinuousClock.now + LogContract.deadline
        while copies < goal || !isEven {
            for hand in hands { try step(hand, rule: rule) }
            copies += try LogContract.rest(of: outside).count
            let shares = hands.map { "\($0.assignment?.numbers.sorted() ?? [])" }.joined(separator: " ")
            try LogContract.require(
                ContinuousClock.now < end, "after a while there are \(copies) of \(goal) copies, by \(shares)",
                rule: rule)
        }
    }

    private var isEven: Bool {
        let shares = hands.map { $0.assignment?.numbers ?? [] }
        let sizes = shares.map(\.count)
        return sizes.reduce(0, +) == LogContract.partitions && (sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1
            && hands.allSatisfy { !$0.isLeaving }
    }

    private func step(_ hand: Hand, rule: String) throws {
        if hand.isLeaving {
            hand.isLeaving = false
            hand.assignment = nil
        }
        switch try hand.log.poll(atMost: 7, waiting: log.settling) {
        case .nothing: return
        case .revoked: hand.isLeaving = true
        case .assigned(let assignment):
            for other in hands where other !== hand {
                let common = assignment.numbers.intersection(other.assignment?.numbers ?? [])
                try LogContract.require(common.isEmpty, "\(common.sorted()) belong to two", rule: rule)
            }
            areGenerationsGrowing = areGenerationsGrowing && assignment.generation > hand.generations.last ?? 0
            hand.generations.append(assignment.generation)
            hand.assignment = assignment
        case .records(let records):
            guard let assignment = hand.assignment else {
                throw Breach(rule: rule, seen: "records came without an assignment")
            }
            var turn = Turn(in: assignment)
            for record in records {
                turn.consume(record)
                turn.produce(
                    OutgoingRecord(
                        topic: "output", partition: record.partition.number, key: record.key, value: record.value))
            }
            _ = try hand.log.commit(turn)
        }
    }
}
