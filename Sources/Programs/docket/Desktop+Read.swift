import Boot
import Foundation
import Operator
import Pipeline
import Ports

extension Desktop {
    /// Prints the records of a topic, to its end or until somebody has enough.
    func read(_ reading: Command.Reading) throws {
        let subscription = try Subscription(reading, catalogue)
        try Journals.requireLog(settings)
        let stop = reading.follows ? StopRequest() : nil
        // Two processes of one group need names of their own on a cluster.
        let name = "docket-\(ProcessInfo.processInfo.hostName)-\(getpid())"
        let log = try Log(settings, as: name, signals: .none)
        var printer = Printer(reading, until: stop, on: terminal.paper, isJSON: invocation.isJSON)
        do {
            if let group = subscription.group {
                try printer.consume(try log.subscriber(group, to: subscription.topic), settling: log.settling)
            } else {
                try printer.follow(try log.tail(of: [subscription.topic], from: reading.isFromEnd ? .end : .start))
            }
        } catch Outlet.Ending.closed, Outlet.Ending.asked {
            return
        } catch Outlet.Ending.failed(let reason) {
            throw Complaint(.failure, ["standard output cannot be written: \(reason)"])
        }
    }
}

/// Records on their way to standard output.
private struct Printer {
    /// Printed, and committed, together.
    private static let batch = 500
    /// From look to look at whether to stop.
    private static let patience = Duration.milliseconds(500)
    /// How long others may take to leave this process a partition: longer than the session and the transaction of one
    /// that was killed last.
    private static let joining = Duration.seconds(60)

    private let reading: Command.Reading
    private let stop: StopRequest?
    private let paper: Paper
    private let isJSON: Bool
    private let outlet: Outlet
    private let seams = Seams.crashing(environment: ProcessInfo.processInfo.environment)
    private var printed = 0

    init(_ reading: Command.Reading, until stop: StopRequest?, on paper: Paper, isJSON: Bool) {
        self.reading = reading
        self.stop = stop
        self.paper = paper
        self.isJSON = isJSON
        outlet = Outlet(until: stop)
    }

    /// How many more are wanted at once.
    private var room: Int { min(Self.batch, (reading.count ?? .max) - printed) }
    private var isDone: Bool { room == 0 || stop?.isMade == true }

    private mutating func print(_ records: [IncomingRecord]) throws(Outlet.Ending) {
        var bytes: [UInt8] = []
        for record in records {
            let line = RecordLine(record)
            bytes += isJSON ? line.json() : Array(line.text(on: paper).utf8)
        }
        try outlet.write(bytes)
        printed += records.count
    }

    mutating func follow(_ tail: any LogTailing) throws {
        var last = ContinuousClock.now
        while !isDone {
            let next = try tail.next(atMost: room, waiting: reading.follows ? Self.patience : .milliseconds(10))
            try print(next.records)
            if reading.follows { continue }
            if next.reachedEnd { return }
            if !next.records.isEmpty { last = .now }
            try Journals.requireProgress(since: last)
        }
    }

    /// The position moves behind what is written, never before.
    mutating func consume(_ log: any TransactionalLog, settling: Duration) throws {
        var assignment: Assignment?
        var last = ContinuousClock.now
        while !isDone {
            switch try log.poll(atMost: room, waiting: reading.follows ? Self.patience : .milliseconds(50)) {
            case .assigned(let given):
                assignment = given
                last = .now
            case .revoked: assignment = nil
            case .records(let records):
                guard let assignment else { continue }
                try print(records)
                var turn = Turn(in: assignment)
                for record in records { turn.consume(record) }
                seams.reached("read.commit.turn.before")
                // Where somebody else has the partition by now, it shows the records again.
                _ = try log.commit(turn)
                last = .now
            case .nothing:
                if reading.follows { continue }
                if assignment != nil, ContinuousClock.now - last >= settling { return }
                if assignment == nil, ContinuousClock.now - last >= Self.joining {
                    throw Complaint(
                        .unavailable,
                        [
                            "the others in group \(reading.group ?? "") left this process no partition within "
                                + "\(Self.joining.asWritten): as many read as there are partitions, or the brokers do not "
                                + "answer"
                        ])
                }
            }
        }
    }
}
