package import Ports

/// Polling: drives one feed on one log, on the thread of whoever calls `step`.
///
/// A step starts the calls that are due for the keys this member owns and makes one `Turn` of each answer: its
/// records and the new cursor, or neither. A crash before the commit fetches the same page again; an aborted turn
/// concludes the same answer again without fetching.
package struct FeedRunner<F: Feed> {
    package struct Limits: Sendable {
        /// Calls in flight, over all keys.
        package var calls = 16
        /// Orders in one turn: they come by hand.
        package var records = 100
        package init() {}
    }

    private struct Call {
        let errand: Errand<F.Entry>
        let key: Bytes
    }

    private struct Answer {
        let call: Call
        let result: HTTPResult
        let at: Timestamp
    }

    private struct Reading {
        let readBack: ReadBack
        let key: Bytes
        let tail: any LogTailing
        var found: Set<String> = []
        /// Read to its end, and no committed turn has concluded it yet.
        var endedAt: Timestamp?
    }

    /// So many records of a topic between two looks at everything else.
    private static var readAtOnce: Int { 2_000 }
    /// While calls are in flight, the log is looked at this often.
    private static var answerPatience: Duration { .milliseconds(50) }
    /// A feed whose next moment is past and that still wants nothing is not asked more often.
    private static var shortestWait: Duration { .milliseconds(10) }

    private var feed: F
    /// The feed as it was given: what it knew of calls that nobody waits for any more would be wrong.
    private let blank: F
    private let limits: Limits
    private var wheel: Wheel<F.Entry, F.Memory>
    private var calls: CallsInFlight<Call>
    /// Answers that no committed turn has concluded yet.
    private var answers: [Answer] = []
    private var orders: [IncomingRecord] = []
    private var arriving: Assignment?
    /// What is being looked for on a topic.
    private var reading: Reading?
    private let tail: ((String) throws(LogFailure) -> any LogTailing)?
    /// Where the round of keys begins, so that the last ones get their share of the room.
    private var round = 0

    package init(
        _ feed: F, name: String, on log: any TransactionalLog, calls: any HTTPCalls, in setting: RunnerSetting,
        limits: Limits = Limits(), tail: ((String) throws(LogFailure) -> any LogTailing)? = nil
    ) {
        self.tail = tail
        self.feed = feed
        blank = feed
        self.limits = limits
        wheel = Wheel(
            name, on: log, journal: feed.journal, blank: feed.blank, recall: { feed.recall($0, into: &$1) },
            owner: { feed.owner(of: $0) }, in: setting)
        self.calls = CallsInFlight(calls)
    }

    /// What happened since the last call.
    package mutating func takeStatistics() -> StageStatistics {
        defer { wheel.statistics = StageStatistics() }
        return wheel.statistics
    }

    /// The memory of a place as the committed turns left it.
    package func memory(of place: Place) -> F.Memory { wheel.memory(of: place) }

    /// Starts what is due and commits what has arrived, waiting at most so long for something to do. A `retry` may be
    /// called again; after any other failure this runner is done.
    package mutating func step(waiting: Duration) throws(LogFailure) -> Progress {
        if let arriving { return try take(arriving) }
        if let assignment = wheel.assignment { startErrands(in: assignment) }
        if orders.isEmpty {
            switch try wheel.poll(atMost: limits.records, waiting: patience(waiting)) {
            case .nothing: break
            case .records(let records): orders = records
            case .assigned(let assignment): return try take(assignment)
            case .revoked:
                release()
                return .reassigned
            }
        }
        guard let assignment = wheel.assignment else { return .idle }
        collectAnswers(waiting: waiting)
        let progress = try turns(in: assignment)
        guard progress != .aborted else { return progress }
        return try readBack(in: assignment) ?? progress
    }
}

// Assignments.
extension FeedRunner {
    private mutating func take(_ assignment: Assignment) throws(LogFailure) -> Progress {
        release()
        arriving = assignment
        try wheel.take(assignment)
        arriving = nil
        return .reassigned
    }

    /// Whoever gets the keys asks again from the cursor. A journal of cursors is compacted, and therefore folded anew.
    private mutating func release() {
        wheel.release()
        wheel.forgetMemories()
        feed = blank
        wheel.statistics.dropped += answers.count
        calls.abandon()
        answers = []
        orders = []
        reading = nil
    }

    private func place(of key: Bytes, in assignment: Assignment) -> Place {
        Place(Partitioner.partition(of: key, among: assignment.partitionCount), key)
    }
}

// Calls.
extension FeedRunner {
    private mutating func startErrands(in assignment: Assignment) {
        let keys = feed.keys.filter(assignment.owns)
        guard !keys.isEmpty else { return }
        round = (round + 1) % keys.count
        let now = wheel.clock()
        let concluding = Set(answers.map(\.call.errand.id))
        for key in keys[round...] + keys[..<round] {
            let memory = wheel.memory(of: place(of: key, in: assignment))
            for errand in feed.errands(for: key, memory: memory, at: now) {
                precondition(errand.intent.isEmpty, "a feed only reads, and a call that reads has no intent")
                guard calls.count < limits.calls else { return }
                guard !calls.contains(errand.id), !concluding.contains(errand.id) else { continue }
                start(errand, for: key)
            }
        }
    }

    private mutating func start(_ errand: Errand<F.Entry>, for key: Bytes) {
        wheel.seams.reached("\(wheel.name).call.\(errand.label).before")
        calls.start(errand.request, as: errand.id, for: Call(errand: errand, key: key))
        wheel.seams.reached("\(wheel.name).call.\(errand.label).started")
        wheel.statistics.calls += 1
    }

    private mutating func collectAnswers(waiting: Duration) {
        let isBusy = !orders.isEmpty || !answers.isEmpty || reading != nil
        let (ended, dropped) = calls.finished(waiting: isBusy ? .zero : min(waiting, Self.answerPatience))
        let now = wheel.clock()
        for (call, result) in ended {
            wheel.seams.reached("\(wheel.name).call.\(call.errand.label).after")
            answers.append(Answer(call: call, result: result, at: now))
        }
        wheel.statistics.dropped += dropped
    }

    /// How long the log may be waited on: not at all while calls are in flight, else until something is due.
    private func patience(_ waiting: Duration) -> Duration {
        guard calls.isEmpty, answers.isEmpty, reading == nil else { return .zero }
        guard let assignment = wheel.assignment else { return waiting }
        let now = wheel.clock()
        let due = feed.keys.filter(assignment.owns).compactMap {
            feed.nextDue(for: $0, memory: wheel.memory(of: place(of: $0, in: assignment)), at: now)
        }
        return min(waiting, due.min().map { max(Self.shortestWait, $0 - now) } ?? waiting)
    }
}

// Reading back.
extension FeedRunner {
    /// A part of what is to be looked for, and a turn at its end; nil where nothing was committed.
    private mutating func readBack(in assignment: Assignment) throws(LogFailure) -> Progress? {
        if reading == nil { reading = try nextReading(in: assignment) }
        guard var reading else { return nil }
        if reading.endedAt == nil {
            let batch = try reading.tail.next(atMost: Self.readAtOnce, waiting: .zero)
            for record in batch.records {
                if let name = reading.readBack.wants(record) { reading.found.insert(name) }
            }
            if batch.reachedEnd { reading.endedAt = wheel.clock() }
            self.reading = reading
        }
        guard let endedAt = reading.endedAt else { return nil }
        var open = wheel.open(in: assignment)
        let place = place(of: reading.key, in: assignment)
        let decision = feed.conclude(
            reading.readBack, found: reading.found, for: place.key, memory: wheel.memory(of: place), at: endedAt)
        try apply(decision, at: place, following: Cause(id: reading.readBack.id.rawValue, at: endedAt), to: &open)
        guard try wheel.commit(open, as: "read-back") == .committed else { return .aborted }
        self.reading = nil
        return open.turn.isEmpty ? nil : .committed(records: 0)
    }

    private func nextReading(in assignment: Assignment) throws(LogFailure) -> Reading? {
        guard let tail else { return nil }
        for key in feed.keys where assignment.owns(key) {
            guard let readBack = feed.readBacks(for: key).first else { continue }
            return Reading(readBack: readBack, key: key, tail: try tail(readBack.topic))
        }
        return nil
    }
}

// Turns.
extension FeedRunner {
    /// The orders together, then each answer by itself. The first aborted one ends the step, and nothing is lost.
    private mutating func turns(in assignment: Assignment) throws(LogFailure) -> Progress {
        var progress = Progress.idle
        if !orders.isEmpty {
            let open = try turn(over: orders, in: assignment)
            let consumed = orders.count
            // Committed or not: if not, the log brings them again.
            orders = []
            guard try wheel.commit(open, as: "orders") == .committed else { return .aborted }
            progress = .committed(records: consumed)
        }
        while let answer = answers.first {
            let open = try turn(over: answer, in: assignment)
            guard try wheel.commit(open, as: answer.call.errand.label) == .committed else { return .aborted }
            if !open.turn.isEmpty, progress == .idle { progress = .committed(records: 0) }
            answers.removeFirst()
        }
        return progress
    }

    private mutating func turn(
        over answer: Answer, in assignment: Assignment
    ) throws(LogFailure) -> OpenTurn<F.Memory> {
        var open = wheel.open(in: assignment)
        let place = place(of: answer.call.key, in: assignment)
        let decision = feed.conclude(
            answer.call.errand, answer.result, for: place.key, memory: wheel.memory(of: place), at: answer.at)
        let cause = Cause(id: answer.call.errand.id.rawValue, at: answer.at)
        open.counts.answers = 1
        try apply(decision, at: place, following: cause, to: &open)
        return open
    }

    private mutating func turn(
        over orders: [IncomingRecord], in assignment: Assignment
    ) throws(LogFailure) -> OpenTurn<F.Memory> {
        var open = wheel.open(in: assignment)
        let now = wheel.clock()
        for record in orders {
            open.consume(record)
            let place = Place(record.partition.number, record.key ?? .empty)
            let decision: Decision<F.Entry>?
            do throws(Unreadable) {
                decision = try feed.decide(on: record, memory: wheel.memory(of: place, in: open), at: now)
            } catch {
                wheel.setAside(record, error.reason, in: &open)
                continue
            }
            if let decision, record.key != nil {
                try apply(decision, at: place, following: Cause(record), to: &open)
            } else if decision != nil {
                wheel.setAside(record, "it has no key", in: &open)
            } else {
                open.counts.notMine += 1
            }
        }
        return open
    }

    private func apply(
        _ decision: Decision<F.Entry>, at place: Place, following cause: Cause, to open: inout OpenTurn<F.Memory>
    ) throws(LogFailure) {
        precondition(decision.asks.isEmpty, "a feed asks by its errands")
        do throws(OversizedEntry) {
            try wheel.apply(decision, at: place, following: cause, keepingKeys: true, to: &open)
        } catch {
            throw error.failure
        }
    }
}
