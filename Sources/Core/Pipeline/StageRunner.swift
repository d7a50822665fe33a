package import Ports

/// Consume, decide, produce: drives one stage on one log, on the thread of whoever calls `step`.
///
/// A step polls, lets the stage decide on each input, and commits all of it as one `Turn`. Memories change in an
/// overlay that becomes true with the commit and is dropped without it; then the log brings the same records again.
/// Look-ups are asked after the turn that wanted them, stay in flight across turns, and their answers are inputs of a
/// later one; an answer whose turn was undone is heard again. There is no next poll before the commit, so
/// back-pressure needs no code.
///
/// What cannot be read goes to the dead letters and the partition moves on. What cannot be read in the *journal* stops
/// the process.
package struct StageRunner<S: Stage> {
    /// What one turn may hold and how much may be asked at once.
    package struct Limits: Sendable {
        /// A transaction costs the same whatever its size, so a turn takes what has piled up.
        package var records = 10_000
        /// Of keys, values and headers, in and out: what one transaction may keep in memory.
        package var bytes = 16 << 20
        package var ticks = 10_000
        package var callsInFlight = 64
        /// Questions that wait for room in flight; what finds no room here either is asked from the journal later.
        package var questionsQueued = 10_000
        package init() {}
    }

    /// No turn waits longer for the answer to a look-up, so that one dead console delays nobody else.
    static var answerPatience: Duration { .milliseconds(50) }

    private let stage: S
    /// Asked for once: whatever is asked of a stage for each record is paid for a million times.
    private let tables: Set<String>
    private let limits: Limits
    private var wheel: Wheel<S.Entry, S.Memory>
    private var rows = TableRows<S.Row>()
    private var questions: Questions
    private var alarms = Alarms()
    /// Polled and not yet part of a turn.
    private var backlog: ArraySlice<IncomingRecord> = []
    /// Assigned, and its journals not yet read to their end.
    private var arriving: Assignment?

    package init(
        _ stage: S, name: String, on log: any TransactionalLog, calls: (any HTTPCalls)? = nil,
        in setting: RunnerSetting, limits: Limits = Limits()
    ) {
        self.stage = stage
        tables = stage.tables
        self.limits = limits
        wheel = Wheel(
            name, on: log, journal: stage.journal, blank: stage.blank,
            recall: { stage.recall($0, into: &$1) }, in: setting)
        questions = Questions(calls, inFlight: limits.callsInFlight, queued: limits.questionsQueued)
    }

    /// What happened since the last call.
    package mutating func takeStatistics() -> StageStatistics {
        defer { wheel.statistics = StageStatistics() }
        return wheel.statistics
    }

    /// The memory of a place as the committed turns left it.
    package func memory(of place: Place) -> S.Memory { wheel.memory(of: place) }

    /// One turn at most, waiting at most so long for something to decide on. A `retry` may be called again; after any
    /// other failure this runner is done.
    package mutating func step(waiting: Duration) throws(LogFailure) -> Progress {
        if let arriving { return try take(arriving) }
        if backlog.isEmpty {
            let patience = questions.isBusy ? .zero : min(waiting, alarms.patience(at: wheel.clock()))
            switch try wheel.poll(atMost: limits.records, waiting: patience) {
            case .nothing: break
            case .records(let records): backlog = records[...]
            case .assigned(let assignment): return try take(assignment)
            case .revoked:
                release()
                return .reassigned
            }
        }
        guard let assignment = wheel.assignment else { return .idle }
        collectAnswers(waiting: waiting)
        return try turn(in: assignment)
    }
}

// Assignments.
extension StageRunner {
    private mutating func take(_ assignment: Assignment) throws(LogFailure) -> Progress {
        release()
        arriving = assignment
        try wheel.take(assignment)
        for table in tables.sorted() {
            for number in assignment.numbers.sorted() { try replayTable(Partition(table, number)) }
        }
        arriving = nil
        for number in assignment.numbers.sorted() {
            for place in wheel.memories.places(in: number) {
                alarms.set(place, to: stage.wakes(wheel.memory(of: place)))
                askAgain(at: place)
            }
        }
        return .reassigned
    }

    private mutating func replayTable(_ partition: Partition) throws(LogFailure) {
        let stage = stage
        try rows.replay(partition, from: wheel.log) { record in
            do throws(Unreadable) {
                return Self.change(try stage.read(record), from: record)
            } catch {
                // It is set aside when it is polled, or was when somebody polled it.
                return nil
            }
        }
    }

    private static func change(
        _ reading: Reading<S.Message, S.Row>, from record: IncomingRecord
    ) -> TableRows<S.Row>.Change? {
        switch reading {
        case .row(let row?): return .set(row)
        case .row(nil): return .deleted
        case .notMine: return nil
        case .message: preconditionFailure("\(record.partition.topic) is a table, and a table is not decided on")
        }
    }

    private mutating func askAgain(at place: Place) {
        for ask in stage.unanswered(in: wheel.memory(of: place)) {
            questions.ask(Questions.Question(place: place, ask: ask, trace: nil))
        }
    }

    /// What was polled and asked belongs to whoever comes next. Memories stay.
    private mutating func release() {
        wheel.release()
        wheel.statistics.dropped += questions.forget()
        alarms.forget()
        rows.forget()
        backlog = []
    }
}

/// A turn in the making, with what only a stage's turn has.
private struct StageTurn<S: Stage> {
    var open: OpenTurn<S.Memory>
    var rows: [Place: TableRows<S.Row>.Change] = [:]
    var questions: [Questions.Question] = []
}

// Turns.
extension StageRunner {
    private mutating func collectAnswers(waiting: Duration) {
        for place in questions.takePostponed() { askAgain(at: place) }
        let patience = backlog.isEmpty && questions.answers.isEmpty ? min(waiting, Self.answerPatience) : .zero
        let collected = questions.collect(
            waiting: min(patience, alarms.patience(at: wheel.clock())), at: wheel.clock)
        wheel.statistics.calls += collected.started
        wheel.statistics.dropped += collected.dropped
    }

    private mutating func turn(in assignment: Assignment) throws(LogFailure) -> Progress {
        var turn = StageTurn<S>(open: wheel.open(in: assignment))
        let polled = backlog
        var taken = polled.startIndex
        turn.open.reserve(polled.count)
        while taken < polled.endIndex, turn.open.bytes < limits.bytes {
            take(polled[taken], into: &turn)
            taken += 1
        }
        backlog = taken < polled.endIndex ? polled[taken...] : []
        var heard = 0
        for answer in questions.answers {
            guard turn.open.bytes < limits.bytes else { break }
            let input = StageInput<S.Message>.answer(to: answer.question.ask.id, answer.result, at: answer.at)
            try decide(on: input, at: answer.question.place, following: answer.cause, in: &turn)
            heard += 1
        }
        turn.open.counts.answers = heard
        let now = wheel.clock()
        for (place, moment) in alarms.due(at: now, limit: limits.ticks) {
            let cause = Cause(id: "\(wheel.name).tick/\(place)@\(moment)", at: moment)
            try decide(on: .tick(at: now), at: place, following: cause, in: &turn)
            turn.open.counts.ticks += 1
        }
        switch try wheel.commit(turn.open, as: "turn") {
        case .committed:
            settle(turn, heard: heard)
            return turn.open.turn.isEmpty ? .idle : .committed(records: turn.open.counts.records)
        case .aborted:
            backlog = []
            alarms.lookAgain()
            return .aborted
        }
    }

    /// What is true now that the turn was committed, or needed no commit.
    private mutating func settle(_ turn: StageTurn<S>, heard: Int) {
        rows.merge(turn.rows)
        for place in turn.open.changed.keys { alarms.set(place, to: stage.wakes(wheel.memory(of: place))) }
        questions.settle(heard)
        for question in turn.questions { questions.ask(question) }
        wheel.statistics.asks += turn.questions.count
        wheel.statistics.calls += questions.start(at: wheel.clock)
    }

    /// One record: consumed whatever it is; decided on, joined, set aside, or somebody else's.
    @inline(__always)
    private mutating func take(_ record: IncomingRecord, into turn: inout StageTurn<S>) {
        turn.open.consume(record)
        let reading: Reading<S.Message, S.Row>
        do throws(Unreadable) {
            reading = try stage.read(record)
        } catch {
            return wheel.setAside(record, error.reason, in: &turn.open)
        }
        if case .notMine = reading {
            turn.open.counts.notMine += 1
            return
        }
        guard let key = record.key else { return wheel.setAside(record, "it has no key", in: &turn.open) }
        let place = Place(record.partition.number, key)
        if !tables.isEmpty, tables.contains(record.partition.topic) {
            if !rows.includes(record) { turn.rows[place] = Self.change(reading, from: record) }
        } else if case .message(let message) = consume reading {
            let cause = Cause(record)
            do throws(OversizedEntry) {
                try react(to: .message(message, at: cause.at), at: place, following: cause, in: &turn)
            } catch {
                wheel.setAside(record, error.reason, in: &turn.open)
            }
        } else {
            preconditionFailure("\(record.partition.topic) has rows and is not declared as a table")
        }
    }

    private mutating func decide(
        on input: StageInput<S.Message>, at place: Place, following cause: Cause, in turn: inout StageTurn<S>
    ) throws(LogFailure) {
        do throws(OversizedEntry) {
            try react(to: input, at: place, following: cause, in: &turn)
        } catch {
            // There is no record here that could be set aside instead.
            throw error.failure
        }
    }

    @inline(__always)
    private mutating func react(
        to input: StageInput<S.Message>, at place: Place, following cause: Cause, in turn: inout StageTurn<S>
    ) throws(OversizedEntry) {
        let decision = stage.decide(
            input, memory: wheel.memory(of: place, in: turn.open), row: row(at: place, in: turn))
        try wheel.apply(decision, at: place, following: cause, to: &turn.open)
        for ask in decision.asks {
            turn.questions.append(Questions.Question(place: place, ask: ask, trace: cause.trace))
        }
    }

    @inline(__always)
    private func row(at place: Place, in turn: StageTurn<S>) -> S.Row? {
        if tables.isEmpty { return nil }
        return switch turn.rows[place] {
        case .set(let row)?: row
        case .deleted?: nil
        case nil: rows[place]
        }
    }
}
