package import Pipeline
package import Ports

/// A log that `LogContract` puts to the test: empty, with `LogContract.topics`, and not used by anybody else.
package protocol LogUnderTest: AnyObject {
    /// How long a poll must bring nothing before "nothing" is believed.
    var settling: Duration { get }

    /// A new member of a group. It may take a while until its first poll brings the assignment.
    func member(
        of group: String, reading sources: [String], journal: String?
    ) throws(LogFailure) -> any TransactionalLog
    func appender() throws(LogFailure) -> any LogAppending
    /// A reader that has nothing to do with any member or appender: what it sees is what the world sees.
    func tail(of topics: [String], from start: TailStart) throws(LogFailure) -> any LogTailing

    /// As if every process that used the log had ended. The caller has let go of whatever it was given before.
    func restart() throws(LogFailure)

    /// As if so much time had passed, and the log had done all that it does by itself. Where that is not in anybody's
    /// hand nothing happens, and the rules hold all the same.
    func letPass(_ time: Duration) throws(LogFailure)
}

extension LogUnderTest {
    package func letPass(_ time: Duration) throws(LogFailure) {}
}

/// A log that other processes can reach.
package protocol LogWithWorkers: LogUnderTest {
    /// Starts a process that does nothing but `CopyLoop.run`.
    func startWorker(_ loop: CopyLoop) throws -> WorkerProcess
}

/// A rule of the contract that a log broke: which one, and what was seen.
package struct Breach: Error, CustomStringConvertible {
    package let rule: String
    package let seen: String

    package var description: String { "\(rule): \(seen)" }
}

/// The behaviour that Docket relies on, rule by rule, as another reader of the log sees it.
///
/// Every log passes the same rules. Each function is one rule, wants a log of its own and throws a `Breach`.
package enum LogContract {
    package static let topics: [TopicDeclaration] = [
        TopicDeclaration("input", partitions: partitions, kind: .events),
        TopicDeclaration("other", partitions: partitions, kind: .events),
        TopicDeclaration("output", partitions: partitions, kind: .events),
        TopicDeclaration("journal", partitions: partitions, kind: .journal),
        TopicDeclaration("narrow", partitions: partitions - 1, kind: .events),
        TopicDeclaration("table", partitions: partitions, kind: .compacted),
    ]

    static let partitions: Int32 = 3

    /// How long a log may take to do what it must do in the end.
    static let deadline = Duration.seconds(45)
}

// MARK: What the rules are written with

extension LogContract {
    static func require(
        _ holds: Bool, _ seen: @autoclosure () -> String, rule: String = #function
    ) throws(Breach) {
        if !holds { throw Breach(rule: rule, seen: seen()) }
    }

    /// A member with its assignment.
    struct Member {
        let log: any TransactionalLog
        let assignment: Assignment

        /// Polls until so many records have come.
        func records(_ count: Int, atMost batch: Int = 1_000, rule: String = #function) throws -> [IncomingRecord] {
            let end = ContinuousClock.now + LogContract.deadline
            var records: [IncomingRecord] = []
            while records.count < count {
                try require(
                    ContinuousClock.now < end, "only \(records.count) of \(count) records came", rule: rule)
                guard case .records(let more) = try log.poll(atMost: batch, waiting: .seconds(1)) else { continue }
                try require(more.count <= batch, "\(more.count) records came of at most \(batch)", rule: rule)
                records += more
            }
            return records
        }

        /// Whether nothing more comes.
        func isAtEnd(_ log: some LogUnderTest) throws -> Bool {
            guard case .nothing = try self.log.poll(atMost: 1, waiting: log.settling) else { return false }
            return true
        }

        func commit(_ turn: Turn, rule: String = #function) throws {
            try require(try log.commit(turn) == .committed, "a turn was aborted", rule: rule)
        }

        func turn(consuming records: some Sequence<IncomingRecord> = []) -> Turn {
            var turn = Turn(in: assignment)
            for record in records { turn.consume(record) }
            return turn
        }
    }

    static func join(
        _ log: some LogUnderTest, reading sources: [String] = ["input"], rule: String = #function
    ) throws -> Member {
        let member = try log.member(of: "copiers", reading: sources, journal: "journal")
        let end = ContinuousClock.now + deadline
        while ContinuousClock.now < end {
            switch try member.poll(atMost: 1_000, waiting: .seconds(1)) {
            case .assigned(let assignment): return Member(log: member, assignment: assignment)
            case .nothing, .revoked: continue
            case .records: throw Breach(rule: rule, seen: "records came before the assignment")
            }
        }
        throw Breach(rule: rule, seen: "nothing was assigned within \(deadline)")
    }

    /// All that an outside reader sees.
    static func everything(in topics: [String], of log: some LogUnderTest) throws -> [IncomingRecord] {
        let tail = try log.tail(of: topics, from: .start)
        return try rest(of: tail)
    }

    /// All that is left to a tail.
    static func rest(of tail: any LogTailing, rule: String = #function) throws -> [IncomingRecord] {
        let end = ContinuousClock.now + deadline
        var records: [IncomingRecord] = []
        while true {
            let batch = try tail.next(atMost: 500, waiting: .zero)
            records += batch.records
            if batch.reachedEnd { return records }
            try require(ContinuousClock.now < end, "a tail never reaches the end", rule: rule)
        }
    }

    /// Numbered records, spread over all partitions by number or by key.
    static func numbered(_ numbers: Range<Int>, to topic: String = "input", keys: Int? = nil) -> [OutgoingRecord] {
        numbers.map { number in
            OutgoingRecord(
                topic: topic, partition: keys == nil ? Int32(number) % partitions : nil,
                key: keys.map { Bytes("key-\(number % $0)") }, value: Bytes("\(number)"))
        }
    }

    static func texts(_ records: some Sequence<IncomingRecord>) -> [String] { records.map { $0.value?.text ?? "nil" } }

    static func places(_ records: some Sequence<IncomingRecord>) -> Set<String> {
        Set(records.map { "\($0.partition)@\($0.offset)" })
    }

    /// The failure that `body` must end with.
    static func refusal(
        of what: String, rule: String = #function, _ body: () throws -> Void
    ) throws -> LogFailure {
        do {
            try body()
        } catch let failure as LogFailure {
            return failure
        }
        throw Breach(rule: rule, seen: "\(what) was not refused")
    }
}
